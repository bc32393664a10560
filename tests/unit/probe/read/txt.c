/* TXT records at _mta-sts and _smtp._tls: each kind of fault, and the value that is left. */
#include "probe/read/txt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STRINGS_MAX = 8, RULES_MAX = 64 };

typedef void read_fn(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt);

static void read_txt(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    probe_txt_read(strings, count, PROBE_FIRST_NOTHING, txt);
}

/* In RECORDS "|" begins a record, and "+" the next string of the same record. */
static const struct txt_case {
    read_fn *read;
    const char *records, *kinds, *value;
} cases[] = {
    { read_txt, "|v=STSv1; id=20260101;", "", "20260101" },
    { read_txt, "|v=STSv1;id=a", "", "a" },
    { read_txt, "|v=STSv1\t; \tid=a ;\t", "txt-space-semicolon", "a" },
    { read_txt, "|v=ST+Sv1; i+d=20+26;", "", "2026" },
    { read_txt, "|v=STSv1;+ id=1+|v=spf1 -all", "txt-other", "1" },
    { read_txt, "", "txt-absent", "" },
    { read_txt, "|", "txt-foreign", "" },
    /* What a wildcard gives is to stay as it is: put behind "v=STSv1;", it is no SPF record any more. */
    { read_txt, "|v=spf1 -all", "txt-foreign", "" },
    { read_txt, "|v=spf1 -all|google-site-verification=abc", "txt-foreign,txt-foreign", "" },
    { read_txt, "|v=S+Tsv2; id=1", "txt-version", "" },
    { read_txt, "| ID=1", "txt-version", "" },
    { probe_tlsrpt_read, "|v=spf1 -all", "tlsrpt-foreign", "" },
    { probe_tlsrpt_read, "|rua=mailto:a@b.example", "tlsrpt-version", "" },
    { read_txt, "|v=STSv1", "txt-version", "" },
    { read_txt, "| v=STSv1; id=1", "txt-version", "" },
    { read_txt, "|\"v=STSv1; id=1\"", "txt-quotes", "" },
    { read_txt, "|\\\"v=STSv1; id=1\\\"", "txt-quotes", "" },
    { read_txt, "|\xe2\x80\x9cv=STSv1; id=1\xe2\x80\x9d", "txt-quotes", "" },
    { read_txt, "|v=STSv1; id=1|\"v=STSv1; id=1\"", "txt-other", "1" },
    { read_txt, "|\"v=spf1\"", "txt-foreign", "" },
    { read_txt, "|v=STSv1; id=\"1\"", "txt-id-quotes", "" },
    { probe_tlsrpt_read, "|\"v=TLSRPTv1; rua=mailto:a@b.example\"", "tlsrpt-quotes", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=\"mailto:a@b.example\"", "tlsrpt-rua-quotes", "" },
    { read_txt, "|v=spf1 -all|v=stsv1; id=1", "txt-other,txt-version", "" },
    { read_txt, "|v=STSv1; id=1|v=STSv1; id=2", "txt-several,txt-several", "" },
    { read_txt, "|v=STSv1; id=1|v=STSv1; id=1|x", "txt-several,txt-several,txt-other", "" },
    { read_txt, "|v=STSv1 ; id=1|v=STSv1; id=2", "txt-other", "2" },
    { read_txt, "|v=STSv1; id=1 ", "txt-space-trailing", "1" },
    { read_txt, "|v=STSv1; id=1; ", "", "1" },
    { read_txt, "|v=STSv1; id =1", "txt-space-equals", "1" },
    { read_txt, "|v=STSv1; id = 1", "txt-space-equals", "1" },
    { read_txt, "|v=STSv1; id= 1", "txt-id", "" },
    { read_txt, "|v=STSv1;; id=1;;", "txt-empty", "1" },
    { read_txt, "|v=STSv1; id=1; x", "txt-no-equals", "1" },
    { read_txt, "|v=STSv1; Id=1", "txt-case", "1" },
    { read_txt, "|v=STSv1; id=1; id=#", "txt-repeated", "1" },
    { read_txt, "|v=STSv1; id=#; id=1", "txt-id,txt-repeated", "" },
    { read_txt, "|v=STSv1;", "txt-missing", "" },
    { read_txt, "|v=STSv1; v=STSv1; id=1", "txt-version-repeated", "1" },
    { read_txt, "|v=STSv1; a-1_.=!<>~; id=1", "txt-unknown", "1" },
    { read_txt, "|v=STSv1; a=b=c; id=1; -a=1; b=; c=d e", "txt-unknown-bad,txt-unknown-bad,txt-unknown-bad,txt-unknown-bad",
      "1" },
    { read_txt, "|v=STSv1; id=\x1b[31m", "txt-id", "" },
    { read_txt, "|v=STSv1; id=", "txt-id-empty", "" },
    { read_txt, "|v=STSv1; id=12345678901234567890123456789012", "", "12345678901234567890123456789012" },
    { read_txt, "|v=STSv1; id=123456789012345678901234567890123", "txt-id-long", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=mailto:a@b.example", "", "mailto:a@b.example" },
    { probe_tlsrpt_read, "|v=TLSRPTv1;rua=mailto:a@b.example , https://c.example/d;", "",
      "mailto:a@b.example , https://c.example/d" },
    { probe_tlsrpt_read, "", "tlsrpt-absent", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1 rua=mailto:a@b.example", "tlsrpt-version", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a|v=TLSRPTv1; rua=https://b", "tlsrpt-several,tlsrpt-several", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a|b", "tlsrpt-other", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1 ; rua=https://a", "tlsrpt-space-semicolon", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a ", "tlsrpt-space-trailing", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua =https://a", "tlsrpt-space-equals", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1;; rua=https://a", "tlsrpt-empty", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a; x", "tlsrpt-no-equals", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; RUA=https://a", "tlsrpt-case", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a; rua=https://b", "tlsrpt-repeated", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; ruf=https", "tlsrpt-unknown,tlsrpt-missing", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a; v=1", "tlsrpt-version-repeated", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a; b= ;", "tlsrpt-unknown-bad", "https://a" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=", "tlsrpt-rua-empty", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=a@b.example", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua= https://a", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://a,", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=https://", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=http://a", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=mailto:", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=mailto:@b", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=mailto:a@b!10m", "tlsrpt-rua", "" },
    { probe_tlsrpt_read, "|v=TLSRPTv1; rua=mailto:a@b https://c", "tlsrpt-rua", "" },
};

static const struct probe_rule *provoked[RULES_MAX];
static size_t provoked_count;

/* TEXT as strings, in memory of exactly their size. */
static size_t split(char *text, struct probe_txt_string *strings)
{
    size_t count = 0;

    for (size_t n; *text != '\0'; text += n) {
        bool begins = *text++ == '|';
        n = strcspn(text, "|+");
        assert_true(count < STRINGS_MAX);
        strings[count++] = (struct probe_txt_string) { text, n, begins };
    }
    return count;
}

static void print_kinds(const struct probe_findings *findings, struct buf *out)
{
    buf_add(out, "", 0);
    for (size_t i = 0; i < findings->count; i++) {
        buf_print(out, "%s%s", i > 0 ? "," : "", findings->list[i].rule->kind);
        assert_true(provoked_count < RULES_MAX);
        bool known = false;
        for (size_t k = 0; k < provoked_count; k++)
            known |= provoked[k] == findings->list[i].rule;
        if (!known)
            provoked[provoked_count++] = findings->list[i].rule;
    }
}

static void one_case(void **state)
{
    const struct txt_case *c = *state;
    char *text = strdup(c->records);
    struct probe_txt_string strings[STRINGS_MAX];
    struct buf kinds = { 0 };
    struct probe_txt txt;

    assert_non_null(text);
    c->read(strings, split(text, strings), &txt);
    free(text);
    print_kinds(&txt.findings, &kinds);
    assert_string_equal(kinds.text, c->kinds);
    assert_string_equal(txt.value.text != NULL ? txt.value.text : "", c->value);
    assert_false(txt.findings.failed);
    buf_free(&kinds);
    probe_txt_free(&txt);
}

/* A NUL is a byte like any other, and ends nothing. */
static void nul(void **state)
{
    const struct probe_txt_string strings[] = { { "v=STSv1; id=1\0;", 15, true } };
    struct probe_txt txt;

    (void)state;
    read_txt(strings, 1, &txt);
    assert_int_equal(txt.findings.count, 1);
    assert_string_equal(
        probe_finding_text(&txt.findings, &txt.findings.list[0]),
        "\"id=1\\x00\" is not a valid id; write letters and digits only (RFC 8461 3.1; 8 to 9 of 16 sender implementations "
        "refuse it)");
    assert_int_equal(txt.value.len, 0);
    probe_txt_free(&txt);
}

/* Messages about TLSRPT have no figures: there are none. */
static void tlsrpt_phrase(void **state)
{
    const struct probe_txt_string strings[] = { { "v=TLSRPTv1;", 11, true } };
    struct probe_txt txt;

    (void)state;
    probe_tlsrpt_read(strings, 1, &txt);
    assert_string_equal(probe_finding_text(&txt.findings, &txt.findings.list[0]),
                        "\"v=TLSRPTv1;\" has no rua; write rua=mailto:name@domain (RFC 8460 3)");
    assert_int_equal(txt.findings.verdict, PROBE_FAIL);
    probe_txt_free(&txt);
}

/* Two rua, and three: one that has all of them is what to write. */
static void several_rua(void **state)
{
    const char *record = "v=TLSRPTv1; rua=mailto:a@b.example; rua=https://c.example/d; rua=mailto:e@f.example";
    const struct probe_txt_string strings[] = { { record, strlen(record), true } };
    struct probe_txt txt;

    (void)state;
    probe_tlsrpt_read(strings, 1, &txt);
    assert_int_equal(txt.findings.count, 1);
    assert_non_null(strstr(probe_finding_text(&txt.findings, &txt.findings.list[0]),
                           "write all addresses in one, with commas between: "
                           "rua=mailto:a@b.example,https://c.example/d,mailto:e@f.example (RFC 8460 3)"));
    probe_txt_free(&txt);
}

/* Where something comes first, each advice says so, and none names an id. */
static void check_first(const struct txt_case *c, enum probe_first first)
{
    char *text = strdup(c->records);
    struct probe_txt_string strings[STRINGS_MAX];
    struct buf kinds = { 0 };
    struct probe_txt txt;

    assert_non_null(text);
    probe_txt_read(strings, split(text, strings), first, &txt);
    free(text);
    print_kinds(&txt.findings, &kinds);
    assert_string_equal(kinds.text, c->kinds);
    for (size_t i = 0; i < txt.findings.count; i++) {
        const char *says = probe_finding_text(&txt.findings, &txt.findings.list[i]);
        bool due = first != PROBE_FIRST_SERVE || txt.findings.list[i].severity == PROBE_FAIL;
        if ((strstr(says, probe_first_text(first)) != NULL) != due || strstr(says, "id=...") != NULL)
            fail_msg("%s", says);
    }
    buf_free(&kinds);
    probe_txt_free(&txt);
}

static void what_comes_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int first = PROBE_FIRST_SERVE; first <= PROBE_FIRST_MEND_AND_SERVE && cases[i].read == read_txt; first++)
            check_first(&cases[i], (enum probe_first)first);
}

static void absent_phrases(void **state)
{
    static const char *const texts[] = {
        [PROBE_FIRST_NOTHING] =
            "there is no TXT record; publish \"v=STSv1; id=...;\" (\"mta-sts dns\" prints it) (RFC 8461 3.1; ",
        [PROBE_FIRST_SERVE] =
            "there is no TXT record; first let the policy be served, and publish the record after that (RFC 8461 3.1; ",
        [PROBE_FIRST_MEND] =
            ("there is no TXT record; first mend what fails in mx and smtp, or serve mode testing, and publish the "
             "record after that (RFC 8461 3.1; "),
    };

    (void)state;
    for (int first = PROBE_FIRST_NOTHING; first <= PROBE_FIRST_MEND; first++) {
        struct probe_txt txt;
        probe_txt_read(NULL, 0, (enum probe_first)first, &txt);
        assert_memory_equal(probe_finding_text(&txt.findings, &txt.findings.list[0]), texts[first], strlen(texts[first]));
        probe_txt_free(&txt);
    }
}

/* The cases above break every rule. */
static void every_rule(void **state)
{
    (void)state;
    assert_int_equal(provoked_count, probe_txt_rules.count + probe_tlsrpt_rules.count);
}

int main(void)
{
    enum { CASES = sizeof cases / sizeof cases[0] };
    static struct CMUnitTest tests[CASES];
    const struct CMUnitTest others[] = { cmocka_unit_test(nul),
                                         cmocka_unit_test(tlsrpt_phrase),
                                         cmocka_unit_test(what_comes_first),
                                         cmocka_unit_test(absent_phrases),
                                         cmocka_unit_test(several_rua),
                                         cmocka_unit_test(every_rule) };

    for (size_t i = 0; i < CASES; i++)
        tests[i] = (struct CMUnitTest) { cases[i].records, one_case, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    return _cmocka_run_group_tests("probe_txt", tests, CASES, NULL, NULL) +
           cmocka_run_group_tests_name("probe_txt as a whole", others, NULL, NULL);
}
