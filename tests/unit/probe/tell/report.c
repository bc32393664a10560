/* Reports, compared with the files in tests/fixtures/report/, byte for byte. With UPDATE in the environment the files are written
 * again. */
#include "probe/tell/report.h"
#include "cases.h"
#include "probe/judge/compare.h"
#include "probe/judge/servers.h"
#include "probe/tell/json.h"
#include "program/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void set(struct probe_result *result, enum probe_check_name name, enum probe_state state, const char *summary)
{
    result->checks[name].state = state;
    buf_print(&result->checks[name].summary, "%s", summary);
}

static struct probe_result healthy(void)
{
    struct probe_result result = { .domain = "example.org", .has_mode = true, .mode = POLICY_ENFORCE, .ms = 123 };

    set(&result, PROBE_CHECK_TXT, PROBE_DONE, "id 20261121");
    set(&result, PROBE_CHECK_HOST, PROBE_DONE, "192.0.2.1, 2001:db8::1, by way of policies.example.net");
    set(&result, PROBE_CHECK_HTTPS, PROBE_DONE, "expires on 2027-01-02, in 42 days");
    set(&result, PROBE_CHECK_ANSWER, PROBE_DONE, "200, text/plain, 123 bytes, 45 ms");
    set(&result, PROBE_CHECK_POLICY, PROBE_DONE, "enforce, max_age 28 days, 2 mx");
    set(&result, PROBE_CHECK_MX, PROBE_DONE, "2 MX hosts, all matched");
    set(&result, PROBE_CHECK_SMTP, PROBE_DONE, "2 of 2 MX hosts with STARTTLS and a valid certificate");
    set(&result, PROBE_CHECK_TLSRPT, PROBE_DONE, "mailto:tls-reports@example.net");
    set(&result, PROBE_CHECK_INI, PROBE_SKIPPED, "not looked at without -f");
    set(&result, PROBE_CHECK_DANE, PROBE_DONE, "mx1.example.org: no TLSA record; mx2.example.org: no TLSA record");
    return result;
}

/* All that a report can contain, with text from hostile servers. */
static struct probe_result broken(void)
{
    const struct probe_fetched no_starttls = { .outcome = PROBE_FETCH_NO_STARTTLS,
                                               .why = "502 \x1b]0;title\x07 \x9b"
                                                      "31m caf\xc3\xa9" };
    const struct probe_fetched later = { .outcome = PROBE_FETCH_LATER, .why = "451 4.7.1 greylisted" };
    static const struct probe_rule rule = { "policy-test", PROBE_WARN, 0, 0, 0, "is a test of a line", "RFC 8461 3.2" };
    const struct span subject = { "a \"quoted\" \\ thing", 18 };
    struct probe_result result = healthy();
    struct probe_findings own = { 0 };

    probe_findings_add(&result.checks[PROBE_CHECK_POLICY].findings, &rule, 3, subject);
    for (int i = 0; i < PROBE_FINDINGS_OF_RULE; i++)
        probe_findings_add(&result.checks[PROBE_CHECK_TLSRPT].findings, &rule, 3, subject);
    probe_findings_add(&result.checks[PROBE_CHECK_TLSRPT].findings, &rule, 3, subject);
    buf_free(&result.checks[PROBE_CHECK_SMTP].summary);
    (void)probe_judge_smtp("mx2.example.org", &no_starttls, &result.checks[PROBE_CHECK_SMTP].findings);
    (void)probe_judge_smtp("mx1.example.org", &later, &own);
    probe_findings_add_at("192.0.2.1 2001:db8::1", &own, 0, PROBE_WARN, &result.checks[PROBE_CHECK_SMTP].findings);
    probe_findings_free(&own);
    result.checks[PROBE_CHECK_MX].state = PROBE_UNKNOWN;
    buf_free(&result.checks[PROBE_CHECK_MX].summary);
    buf_print(&result.checks[PROBE_CHECK_MX].summary, "the name server failed (SERVFAIL)");
    result.checks[PROBE_CHECK_INI].state = PROBE_DONE;
    buf_free(&result.checks[PROBE_CHECK_INI].summary);
    probe_compare_mistake("policies.ini:12: [example.org] mx: \"mail.example.org.\" ends in a dot; write \"mail.example.org\"",
                          &result.checks[PROBE_CHECK_INI].findings);
    buf_print(&result.publish, "_mta-sts.example.org. 300 IN TXT \"v=STSv1; id=0123456789abcdef;\"");
    result.checks[PROBE_CHECK_HOST].state = PROBE_SKIPPED;
    buf_print(&result.effect, "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5); it goes to "
                              "mx1.example.org instead, as long as that takes it.");
    return result;
}

/* A domain that is fine here, and for whose reports the same is not true. */
static struct probe_result reported(void)
{
    struct probe_result result = healthy();

    buf_print(&result.reports,
              "not yet: 3 of 412 sessions failed at mx2.example.org: certificate expired (Google, a \"name\" \\x1b)");
    return result;
}

static void assert_file(const char *name, const struct buf *out)
{
    char path[200], file[100];
    size_t len;

    (void)snprintf(path, sizeof path, "tests/fixtures/report/%s", name);
    if (getenv("UPDATE") != NULL) {
        FILE *to = fopen(path, "wb");
        assert_non_null(to);
        assert_int_equal(fwrite(out->text, 1, out->len, to), out->len);
        assert_int_equal(fclose(to), 0);
    }
    (void)snprintf(file, sizeof file, "report/%s", name);
    char *expected = cases_read(file, &len);
    assert_string_equal(out->text, expected);
    assert_int_equal(out->len, len);
    free(expected);
}

static const struct report_case {
    const char *file;
    struct probe_result (*make)(void);
    bool json;
    struct probe_report_options options;
} cases[] = {
    { "healthy.txt", healthy, false, { false, false, false } },
    { "healthy-colour.txt", healthy, false, { true, false, false } },
    { "healthy-brief.txt", healthy, false, { false, true, true } },
    { "healthy.json", healthy, true, { false, false, false } },
    { "reported.txt", reported, false, { false, true, false } },
    { "reported-brief.txt", reported, false, { false, true, true } },
    { "reported.json", reported, true, { false, false, false } },
    { "broken.txt", broken, false, { false, false, false } },
    { "broken-colour.txt", broken, false, { true, false, false } },
    { "broken-brief.txt", broken, false, { false, true, true } },
    { "broken.json", broken, true, { false, false, false } },
};

static void one_case(void **state)
{
    const struct report_case *c = *state;
    struct probe_result result = c->make();
    struct buf out = { 0 };

    if (c->json)
        probe_json(&result, &out);
    else
        probe_report(&result, &c->options, &out);
    assert_false(out.failed);
    assert_file(c->file, &out);
    buf_free(&out);
    probe_result_free(&result);
}

/* No control character for a terminal is printed. No line has more than 80 columns, except for records and words. */
static void fit_to_be_shown(void **state)
{
    const struct probe_report_options options = { false, false, false };
    struct probe_result result = broken();
    struct buf out = { 0 };
    size_t column = 0;

    (void)state;
    probe_report(&result, &options, &out);
    for (size_t i = 0; i < out.len; i++) {
        assert_true(out.text[i] == '\n' || (out.text[i] >= ' ' && out.text[i] <= '~'));
        column = out.text[i] == '\n' ? 0 : column + 1;
        assert_true(column <= 80);
    }
    buf_free(&out);
    probe_result_free(&result);
}

static void statuses(void **state)
{
    static const int worse[][3] = { { 0, 0, 0 }, { 0, 1, 1 }, { 1, 3, 3 }, { 3, 1, 3 }, { 3, 2, 2 }, { 2, 3, 2 }, { 2, 1, 2 } };
    struct probe_result result = healthy();

    (void)state;
    for (size_t i = 0; i < sizeof worse / sizeof worse[0]; i++)
        assert_int_equal(status_worse(worse[i][0], worse[i][1]), worse[i][2]);
    assert_int_equal(probe_status(&result), 0);
    result.checks[PROBE_CHECK_MX].findings.verdict = PROBE_WARN;
    assert_int_equal(probe_status(&result), 1);
    result.checks[PROBE_CHECK_SMTP].state = PROBE_UNKNOWN;
    assert_int_equal(probe_status(&result), 3);
    result.checks[PROBE_CHECK_SMTP].findings.verdict = PROBE_FAIL;
    assert_int_equal(probe_status(&result), 2);
    probe_result_free(&result);
}

static void summary_and_bar(void **state)
{
    const struct probe_report_counts some = { { 7, 1, 2, 0 }, 0 }, stopped = { { 1, 0, 0, 0 }, 9 }, none = { { 0 }, 0 };
    struct buf out = { 0 };

    (void)state;
    probe_report_summary(&some, 12345, &out);
    probe_report_summary(&stopped, 5, &out);
    probe_report_bar(&some, 20, 10000, &out);
    probe_report_bar(&none, 20, 0, &out);
    assert_string_equal(out.text, "10 domains in 12.34 s: 7 ok, 1 with warnings, 2 failing, 0 unknown\n"
                                  "1 domain in 0.00 s: 1 ok, 0 with warnings, 0 failing, 0 unknown; stopped, 9 not looked at\n"
                                  "[###############...............] 10/20, 2 FAIL, 1 warn, 0:10 left"
                                  "[..............................] 0/20, 0 FAIL, 0 warn");
    buf_free(&out);
}

int main(void)
{
    enum { COUNT = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[COUNT];
    const struct CMUnitTest others[] = { cmocka_unit_test(fit_to_be_shown), cmocka_unit_test(statuses),
                                         cmocka_unit_test(summary_and_bar) };

    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest) { cases[i].file, one_case, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    return cmocka_run_group_tests(tests, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
