/* mx patterns and MX hosts: the pattern that matches, the finding if none does, and the patterns that match no host. */
#include "read/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LABEL63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG LABEL63 "." LABEL63 "." LABEL63 "." LABEL63 "." LABEL63

/* COUNT patterns, with a NUL between them, and the number of the one that matches, or COUNT. */
static const struct match_case {
    const char *mx;
    size_t count;
    const char *host, *kinds;
    size_t matches;
} cases[] = {
    { "a.example", 1, "a.example", "", 0 },
    { "a.example\0*.b.example", 2, "c.b.example", "", 1 },
    { "*.b.example\0c.b.example", 2, "c.b.example", "", 0 },
    { "*.b.example\0xn--c.b.example", 2, "xn--c.b.example", "", 1 },
    { "A.example\0a.example", 2, "a.example", "", 1 },
    { "*.b.example", 1, "xn--c.b.example", "match-a-label", 0 },
    { "A.example", 1, "a.example", "match-case", 0 },
    { "a.example", 1, "a.EXAMPLE.", "match-final-dot,match-case", 0 },
    { "a.example", 1, "a.example.", "match-final-dot", 0 },
    { "*.b.example", 1, "d.c.b.example", "match-deep", 1 },
    { "*.b.example", 1, "b.example", "match-high", 1 },
    { "a.example\0b.example.", 2, "b.example", "match-dot", 2 },
    { "*.example.", 1, "b.example", "match-dot", 1 },
    { "a.example", 1, "b.example", "match-none", 1 },
    { "*.b.example", 1, "xb.example", "match-none", 1 },
    { "*.b.example", 1, "c.b.example.net", "match-none", 1 },
    { "*\0*.\0.\0a..b\0" LONG ".", 5, "a.example", "match-none", 5 },
    { "", 0, "a.example", "match-none", 0 },
    { "*.example", 1, "", "mx-host", 1 },
    { "*.example", 1, ".", "mx-host", 1 },
    { "*.example", 1, "a_b.example", "mx-host", 1 },
    { "192.0.2.1", 1, "192.0.2.1", "mx-host", 1 },
    { "*.example", 1, "\x1b[31m.example", "mx-host", 1 },
    { "*.example", 1, LONG, "mx-host", 1 },
};

static void print_kinds(const struct probe_findings *findings, struct buf *out)
{
    buf_add(out, "", 0);
    for (size_t i = 0; i < findings->count; i++)
        buf_print(out, "%s%s", i > 0 ? "," : "", findings->list[i].rule->kind);
}

static void one_case(void **state)
{
    const struct match_case *c = *state;
    struct probe_findings findings = { 0 };
    struct buf kinds = { 0 };
    size_t matches = probe_match_host(c->mx, c->count, c->host, &findings);

    print_kinds(&findings, &kinds);
    assert_string_equal(kinds.text, c->kinds);
    assert_int_equal(matches, c->matches);
    assert_true((findings.verdict == PROBE_FAIL) == (matches == c->count));
    buf_free(&kinds);
    probe_findings_free(&findings);
}

static void unused(void **state)
{
    static const char mx[] = "a.example\0*.b.example\0c.example\0d.example.\0E.example";
    static const char *const hosts[] = { "x.b.example.", "C.example", "e.example" };
    struct probe_findings findings = { 0 };

    (void)state;
    probe_match_unused(mx, 5, hosts, 3, &findings);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.verdict, PROBE_WARN);
    assert_string_equal(probe_finding_text(&findings, &findings.list[0]),
                        "\"a.example\" is a pattern that matches none of the MX records; remove it, unless such an MX record is "
                        "to come (RFC 8461 4.1)");
    probe_findings_free(&findings);
}

/* The findings of one host follow those of another. */
static void several_hosts(void **state)
{
    struct probe_findings findings = { 0 };

    (void)state;
    assert_int_equal(probe_match_host("a.example", 1, "b.example", &findings), 1);
    assert_int_equal(probe_match_host("a.example", 1, "a.example", &findings), 0);
    assert_int_equal(probe_match_host("a.example", 1, "A.example", &findings), 0);
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.verdict, PROBE_FAIL);
    assert_string_equal(probe_finding_text(&findings, &findings.list[1]),
                        "\"A.example\" or its pattern has capitals; write both in lower case (RFC 8461 4.1; 4 to 5 of 15 "
                        "sender implementations refuse it)");
    probe_findings_free(&findings);
}

/* How many senders take a host that is not a host name, by what it is matched against. */
static void odd_hosts(void **state)
{
    static const struct {
        const char *mx, *host;
        bool is_none;
    } shares[] = {
        { "mail.example", "192.0.2.1", true }, { "192.0.2.1", "192.0.2.1", false },     { "*.example", "a_b.example", false },
        { "*.example", "a_b.other", true },    { "a_b.example", "A_b.example", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        struct probe_share share = probe_match_share(shares[i].mx, 1, shares[i].host);
        assert_true(share.is_known);
        assert_int_equal(probe_share_is_none(share), shares[i].is_none);
    }
}

int main(void)
{
    enum { CASES = sizeof cases / sizeof cases[0] };
    static struct CMUnitTest tests[CASES];
    const struct CMUnitTest others[] = { cmocka_unit_test(unused), cmocka_unit_test(several_hosts), cmocka_unit_test(odd_hosts) };

    for (size_t i = 0; i < CASES; i++)
        tests[i] = (struct CMUnitTest) { cases[i].host, one_case, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    return _cmocka_run_group_tests("probe_match", tests, CASES, NULL, NULL) +
           cmocka_run_group_tests_name("probe_match as a whole", others, NULL, NULL);
}
