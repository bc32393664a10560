/* A policy as served: each kind of fault, on its line, and the values that a sender would use nevertheless. */
#include "read/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) literal, sizeof(literal) - 1
#define AFTER_MX "max_age: 604800\r\n"
#define WITH_MX(mx) "version: STSv1\r\nmode: enforce\r\nmx:" mx "\r\n" AFTER_MX
#define GOOD_UP_TO_AGE "version: STSv1\r\nmode: enforce\r\nmx: a.example\r\n"
#define WITH_AGE(age) GOOD_UP_TO_AGE "max_age:" age "\r\n"
#define GOOD WITH_AGE(" 604800")
#define REFUSE " of 17 sender implementations refuse it)"
#define LABEL63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct policy_case {
    const char *name, *body;
    size_t len;           /* 0: up to the NUL */
    const char *findings; /* "line kind" of each, with commas */
    const char *works;    /* mode, max_age and patterns; - if unknown */
} cases[] = {
    { "as mta-sts serves it", GOOD, 0, "", "enforce 604800 a.example" },
    { "no end of the last line", GOOD_UP_TO_AGE "max_age: 604800", 0, "", "enforce 604800 a.example" },
    { "several patterns", WITH_MX(" *.b.example\r\nmx: C.example"), 0, "", "enforce 604800 *.b.example C.example" },
    { "testing", "version: STSv1\r\nmode: testing\r\nmx: a\r\nmax_age: 86400\r\n", 0, "", "testing 86400 a" },
    { "LF",
      "version: STSv1\nmode: enforce\nmx: a.example\n"
      "max_age: 604800\n",
      0, "1 line-end-lf", "enforce 604800 a.example" },
    { "one LF", "version: STSv1\r\nmode: enforce\nmx: a.example\n" AFTER_MX, 0, "2 line-end-mixed", "enforce 604800 a.example" },
    { "CR", "version: STSv1\rmode: enforce\rmx: a.example\rmax_age: 604800\r", 0, "1 line-end-cr", "enforce 604800 a.example" },
    { "BOM", "\xef\xbb\xbf" GOOD, 0, "1 bom", "enforce 604800 a.example" },
    { "empty lines", "\r\n" GOOD "\r\n", 0, "1 line-empty,6 line-empty", "enforce 604800 a.example" },
    { "white line", GOOD " \t", 0, "5 line-white", "enforce 604800 a.example" },
    { "indented", " " GOOD, 0, "1 space-leading", "enforce 604800 a.example" },
    { "white space before colons", "version: STSv1\r\nmode \t: enforce\r\nmx: a.example\r\n" AFTER_MX, 0, "2 space-before-colon",
      "enforce 604800 a.example" },
    { "no space behind a colon", WITH_MX("a.example"), 0, "3 space-missing", "enforce 604800 a.example" },
    { "white space at an end", WITH_MX(" a.example\t "), 0, "3 space-trailing", "enforce 604800 a.example" },
    { "no colon", "version: STSv1\r\nmode=enforce\r\nmx: a.example\r\n" AFTER_MX, 0, "2 no-colon,0 missing",
      "- 604800 a.example" },
    { "a comment", "# mine\r\n" GOOD, 0, "1 no-colon", "enforce 604800 a.example" },
    { "capitals", "Version: STSv1\r\nmode: enforce\r\nMX: a.example\r\n" AFTER_MX, 0, "1 key-case,3 key-case",
      "enforce 604800 a.example" },
    { "the first counts", GOOD "mode: none\r\nmax_age: 1\r\nversion: STSv2\r\n", 0, "5 repeated,6 repeated,7 repeated-badly",
      "enforce 604800 a.example" },
    { "the first counts, whatever it is", "version: STSv1\r\nmode: no\r\nmode: enforce\r\nmx: a.example\r\n" AFTER_MX, 0,
      "2 mode,3 repeated", "- 604800 a.example" },
    { "nothing but a version", "version: STSv1\r\n", 0, "0 missing,0 missing,0 mx-missing", "- -" },
    { "unknown", GOOD "a-b_c.d: e\r\n", 0, "5 unknown", "enforce 604800 a.example" },
    { "unknown, UTF-8", GOOD "a: \xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\x9f\r\n", 0, "5 unknown-not-ascii",
      "enforce 604800 a.example" },
    { "unknown, half of UTF-8", GOOD "a: \xe2\x82\r\n", 0, "5 unknown-control", "enforce 604800 a.example" },
    { "unknown, UTF-8 too long", GOOD "a: \xc0\xaf\r\n", 0, "5 unknown-control", "enforce 604800 a.example" },
    { "unknown, a surrogate", GOOD "a: \xed\xa0\x80\r\n", 0, "5 unknown-control", "enforce 604800 a.example" },
    { "unknown, NUL", BYTES(GOOD "a: b\0c\r\n"), "5 unknown-control", "enforce 604800 a.example" },
    { "unknown, escape", GOOD "a: \x1b[31m\r\n", 0, "5 unknown-control", "enforce 604800 a.example" },
    { "unknown, tab", GOOD "a: b\tc\r\n", 0, "5 unknown-control", "enforce 604800 a.example" },
    { "unknown, colon", GOOD "a: b:c\r\n", 0, "5 unknown-colon", "enforce 604800 a.example" },
    { "unknown, empty", GOOD "a:\r\n", 0, "5 unknown-empty", "enforce 604800 a.example" },
    { "unknown, name", GOOD "a b: c\r\n", 0, "5 unknown-name", "enforce 604800 a.example" },
    { "unknown, name of 33", GOOD "a12345678901234567890123456789012: c\r\n", 0, "5 unknown-name", "enforce 604800 a.example" },
    { "unknown, name of 32", GOOD "a1234567890123456789012345678901: c\r\n", 0, "5 unknown", "enforce 604800 a.example" },
    { "unknown, NUL in the name", BYTES(GOOD "mx\0: c\r\n"), "5 unknown-name", "enforce 604800 a.example" },
    { "version 2", "version: STSv2\r\nmode: enforce\r\nmx: a.example\r\n" AFTER_MX, 0, "1 version", "enforce 604800 a.example" },
    { "version late", "mode: enforce\r\nmx: a.example\r\n" AFTER_MX "version: STSv1\r\n", 0, "1 version-late",
      "enforce 604800 a.example" },
    { "no mode", "version: STSv1\r\nmode: enforced\r\nmx: a.example\r\n" AFTER_MX, 0, "2 mode", "- 604800 a.example" },
    { "NUL in the mode", BYTES("version: STSv1\r\nmode: none\0\r\nmx: a.example\r\n" AFTER_MX), "2 mode", "- 604800 a.example" },
    { "mode in capitals", "version: STSv1\r\nmode: Enforce\r\nmx: a.example\r\n" AFTER_MX, 0, "2 mode-case",
      "enforce 604800 a.example" },
    { "none", "version: STSv1\r\nmode: none\r\nmx: a.example\r\nmax_age: 86400\r\n", 0, "2 mode-none", "none 86400 a.example" },
    { "none alone", "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n", 0, "2 mode-none-without-mx", "none 86400" },
    { "unit", WITH_AGE(" 1w"), 0, "4 max-age", "enforce - a.example" },
    { "nothing", WITH_AGE(""), 0, "4 max-age", "enforce - a.example" },
    { "NUL in max_age", BYTES(GOOD_UP_TO_AGE "max_age: 604800\0\r\n"), "4 max-age", "enforce - a.example" },
    { "the longest", WITH_AGE(" 31557600"), 0, "", "enforce 31557600 a.example" },
    { "too long", WITH_AGE(" 31557601"), 0, "4 max-age-large", "enforce - a.example" },
    { "beyond 64 bits", WITH_AGE(" 18446744073709551617"), 0, "4 max-age-large", "enforce - a.example" },
    { "ten digits", WITH_AGE(" 0000604800"), 0, "", "enforce 604800 a.example" },
    { "eleven digits", WITH_AGE(" 00000604800"), 0, "4 max-age-digits", "enforce - a.example" },
    { "zero", WITH_AGE(" 0"), 0, "4 max-age-zero", "enforce 0 a.example" },
    { "under a day", WITH_AGE(" 86399"), 0, "4 max-age-short", "enforce 86399 a.example" },
    { "a day", WITH_AGE(" 86400"), 0, "4 max-age-week", "enforce 86400 a.example" },
    { "under a week", WITH_AGE(" 604799"), 0, "4 max-age-week", "enforce 604799 a.example" },
    { "no mx", "version: STSv1\r\nmode: testing\r\n" AFTER_MX, 0, "0 mx-missing", "testing 604800" },
    { "mx: empty", WITH_MX(" "), 0, "3 mx-empty", "enforce 604800" },
    { "mx: dot", WITH_MX(" a.example."), 0, "3 mx-dot", "enforce 604800 a.example." },
    { "mx: U-label",
      WITH_MX(" b\xc3\xbc"
              "cher.example"),
      0, "3 mx-not-ascii",
      "enforce 604800 b\xc3\xbc"
      "cher.example" },
    { "mx: address", WITH_MX(" 192.0.2.1"), 0, "3 mx-address", "enforce 604800 192.0.2.1" },
    { "mx: preference", WITH_MX(" 10"), 0, "3 mx-number", "enforce 604800 10" },
    { "mx: underscore", WITH_MX(" a_b.example"), 0, "3 mx-underscore", "enforce 604800 a_b.example" },
    { "mx: two", WITH_MX(" a.example,b.example"), 0, "3 mx-character", "enforce 604800 a.example,b.example" },
    { "mx: hyphen", WITH_MX(" -a.example"), 0, "3 mx-hyphen", "enforce 604800 -a.example" },
    { "mx: empty label", WITH_MX(" a..example"), 0, "3 mx-label-empty", "enforce 604800 a..example" },
    { "mx: long label", WITH_MX(" a" LABEL63 ".example"), 0, "3 mx-label-long", "enforce 604800 a" LABEL63 ".example" },
    { "mx: long", WITH_MX(" " LABEL63 "." LABEL63 "." LABEL63 "." LABEL63), 0, "3 mx-long",
      "enforce 604800 " LABEL63 "." LABEL63 "." LABEL63 "." LABEL63 },
    { "mx: wildcard", WITH_MX(" *.*.example"), 0, "3 mx-wildcard", "enforce 604800 *.*.example" },
    { "mx: NUL", BYTES(WITH_MX(" a\0b")), "3 mx-character", "enforce 604800" },
    { "nothing", "", 0, "0 empty", "- -" },
    { "white space", " \r\n\t\n", 0, "0 empty", "- -" },
    { "NUL", BYTES("\0"), "1 not-a-policy", "- -" },
    { "a page", "<html>\r\n<p>mx: none</p>\r\n", 0, "1 not-a-policy", "- -" },
    { "several in one line",
      "version:STSv1\r\nmode :Enforce \r\nmx:a_b.example.\r\n"
      "max_age:1d",
      0,
      "1 space-missing,2 space-trailing,2 space-before-colon,2 space-missing,2 mode-case,3 space-missing,3 mx-underscore,"
      "4 space-missing,4 max-age",
      "enforce - a_b.example." },
};

static bool provoked[128];

static void note_provoked(const struct probe_findings *findings)
{
    assert_true(probe_policy_rules.count < sizeof provoked);
    for (size_t i = 0; i < findings->count; i++)
        provoked[findings->list[i].rule - probe_policy_rules.list] = true;
}

static void print_findings(const struct probe_findings *findings, struct buf *out)
{
    buf_add(out, "", 0);
    for (size_t i = 0; i < findings->count; i++)
        buf_print(out, "%s%u %s", i > 0 ? "," : "", findings->list[i].line, findings->list[i].rule->kind);
}

static void print_works(const struct probe_policy *policy, struct buf *out)
{
    static const char *const modes[] = { "testing", "enforce", "none" };
    const char *mx = policy->mx.text;

    buf_print(out, "%s ", policy->has_mode ? modes[policy->mode] : "-");
    if (policy->has_max_age)
        buf_print(out, "%u", (unsigned)policy->max_age);
    else
        buf_print(out, "-");
    for (size_t i = 0; i < policy->mx_count; i++, mx += strlen(mx) + 1)
        buf_print(out, " %s", mx);
}

/* The body is at the end of its memory, so that the sanitizer finds each byte read beyond it. */
static void read_bytes(const char *body, size_t len, struct probe_policy *policy)
{
    char *copy = malloc(len > 0 ? len : 1);

    assert_non_null(copy);
    memcpy(copy, body, len);
    probe_policy_read(copy, len, policy);
    free(copy);
}

static void one_case(void **state)
{
    const struct policy_case *c = *state;
    struct buf findings = { 0 }, works = { 0 };
    struct probe_policy policy;

    read_bytes(c->body, c->len > 0 ? c->len : strlen(c->body), &policy);
    print_findings(&policy.findings, &findings);
    print_works(&policy, &works);
    assert_string_equal(findings.text, c->findings);
    assert_string_equal(works.text, c->works);
    assert_false(policy.findings.failed);
    note_provoked(&policy.findings);
    buf_free(&findings);
    buf_free(&works);
    probe_policy_free(&policy);
}

/* A good policy of LEN bytes, with patterns as filling. The last pattern has the length that is missing. */
static char *filled(size_t len)
{
    static const char line[] = "mx: abcdef.example\r\n";
    const size_t line_len = sizeof line - 1;
    char *body = malloc(len);
    size_t used = sizeof GOOD - 1;

    assert_non_null(body);
    memcpy(body, GOOD, used);
    for (; len - used >= 2 * line_len; used += line_len)
        memcpy(body + used, line, line_len);
    memset(body + used, 'a', len - used);
    memcpy(body + used, line, 4);
    memcpy(body + len - 2, "\r\n", 2);
    return body;
}

static void sizes(void **state)
{
    static const struct {
        size_t len;
        const char *findings;
    } lens[] = { { 10240, "" }, { 10241, "0 size-truncated" }, { 65536, "0 size-truncated" }, { 65537, "0 size" } };

    (void)state;
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        struct buf findings = { 0 };
        struct probe_policy policy;
        char *body = filled(lens[i].len);
        read_bytes(body, lens[i].len, &policy);
        print_findings(&policy.findings, &findings);
        assert_string_equal(findings.text, lens[i].findings);
        note_provoked(&policy.findings);
        buf_free(&findings);
        probe_policy_free(&policy);
        free(body);
    }
}

/* One rule has so many findings and no more. The findings of other rules and the verdict do not suffer. */
static void many(void **state)
{
    enum { LINES = 1000 };
    struct buf body = { 0 };
    struct probe_policy policy;

    (void)state;
    buf_add(&body, GOOD, sizeof GOOD - 1);
    for (size_t i = 0; i < LINES; i++)
        buf_print(&body, "x: y\r\n");
    buf_print(&body, "mx: a.\r\n");
    read_bytes(body.text, body.len, &policy);
    assert_int_equal(policy.findings.count, PROBE_FINDINGS_OF_RULE + 1);
    assert_int_equal(policy.findings.left_out, LINES - PROBE_FINDINGS_OF_RULE);
    assert_int_equal(policy.findings.verdict, PROBE_FAIL);
    assert_int_equal(policy.findings.list[PROBE_FINDINGS_OF_RULE].line, LINES + 5);
    probe_policy_free(&policy);
    buf_free(&body);
}

static void phrases(void **state)
{
    static const char *const expected[] = {
        "\"a.example.\" ends in a dot; write it without (RFC 8461 3.2, RFC 5321 4.1.2; 5" REFUSE,
        "\"\\x1b[31m\" has no colon after a field's name; write \"name: value\", and no comments (RFC 8461 3.2; 7" REFUSE,
        "\"max_age\" is missing; add a line for it (RFC 8461 3.2; 13" REFUSE,
    };
    struct probe_policy policy;

    (void)state;
    read_bytes(BYTES("version: STSv1\r\nmode: enforce\r\nmx: a.example.\r\n\x1b[31m\r\n"), &policy);
    assert_int_equal(policy.findings.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(probe_finding_text(&policy.findings, &policy.findings.list[i]), expected[i]);
    probe_policy_free(&policy);
}

/* A text of any length is shown up to the length of a line, and none of its control characters as it is. */
static void shown(void **state)
{
    char body[5000];
    struct probe_policy policy;

    (void)state;
    memset(body, '\x1b', sizeof body);
    memcpy(body, "mx: ", 4);
    read_bytes(body, sizeof body, &policy);
    for (size_t i = 0; i < policy.findings.count; i++) {
        const char *text = probe_finding_text(&policy.findings, &policy.findings.list[i]);
        assert_true(strlen(text) < 600);
        assert_null(strchr(text, '\x1b'));
    }
    probe_policy_free(&policy);
}

static void no_bytes_at_all(void **state)
{
    struct probe_policy policy;

    (void)state;
    probe_policy_read(NULL, 0, &policy);
    assert_int_equal(policy.findings.verdict, PROBE_FAIL);
    probe_policy_free(&policy);
    assert_int_equal(policy.findings.count, 0);
}

/* The cases above break every rule, and each rule has a text. */
static void every_rule(void **state)
{
    const struct probe_rule *rules = probe_policy_rules.list;

    (void)state;
    for (size_t i = 0; i < probe_policy_rules.count; i++) {
        if (!provoked[i])
            print_message("# never broken: %s\n", rules[i].kind);
        assert_true(provoked[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rules[i].kind, rules[k].kind);
        assert_non_null(strstr(rules[i].rfc, "RFC "));
    }
}

int main(void)
{
    enum { CASES = sizeof cases / sizeof cases[0] };
    static struct CMUnitTest tests[CASES];
    const struct CMUnitTest others[] = { cmocka_unit_test(sizes),           cmocka_unit_test(many),
                                         cmocka_unit_test(phrases),         cmocka_unit_test(shown),
                                         cmocka_unit_test(no_bytes_at_all), cmocka_unit_test(every_rule) };

    for (size_t i = 0; i < CASES; i++)
        tests[i] = (struct CMUnitTest) { cases[i].name, one_case, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    return _cmocka_run_group_tests("probe_policy", tests, CASES, NULL, NULL) +
           cmocka_run_group_tests_name("probe_policy as a whole", others, NULL, NULL);
}
