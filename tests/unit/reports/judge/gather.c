/* What is forgiven in reports: one fixture for each form that senders write. */
#include "reports/judge/gather.h"
#include "base/buf.h"
#include "cases.h"
#include "reports/judge/kind.h"
#include "reports/read/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *shown(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "-";
}

/* All reports of the fixtures are of 2026-11-25. */
static void assert_day(const struct report *report)
{
    assert_int_equal(report->begin, 1795564800);
    assert_int_equal(report->end, 1795564800 + 86399);
}

static void one(void **state)
{
    const struct case_line *line = *state;
    struct gather *gather = calloc(1, sizeof *gather);
    struct buf why = { 0 }, failures = { 0 };
    struct report report;
    char file[128];
    size_t len;

    assert_non_null(gather);
    (void)snprintf(file, sizeof file, "tlsrpt/%s.json", line->field[0]);
    char *text = cases_read(file, &len);
    assert_true(report_read(text, len, &report, &why));
    assert_day(&report);
    struct gather_part *parts = calloc(report.block_count + 1, sizeof *parts);
    assert_non_null(parts);
    size_t count = gather_parts(&report, parts), at = 0;
    while (at < count && strcmp(parts[at].domain, "example.org") != 0)
        at++;
    assert_true(gather_domain(parts + at, at < count ? gather_same(parts + at, count - at) : 0, gather));
    free(parts);
    assert_int_equal(gather->sessions, strtoull(line->field[1], NULL, 10));
    assert_int_equal(gather->failed, strtoull(line->field[2], NULL, 10));
    buf_add(&failures, "", 0);
    for (size_t i = 0; i < gather->failure_count; i++) {
        const struct gather_failure *f = &gather->failures[i];
        const char *result = kind_about(f->kind)->result;
        buf_print(&failures, "%s%s %s %llu", i > 0 ? ", " : "", shown(result != NULL ? result : f->result), shown(f->mx),
                  (unsigned long long)f->sessions);
        assert_false(f->unmatched);
    }
    assert_string_equal(failures.text, line->field[3]);
    for (size_t i = 0; i < gather->policy_count; i++)
        assert_string_equal(gather->policies[i].meaning.text, "mode testing; max_age 604800; mx mail.example.org");
    gather_free(gather);
    report_free(&report);
    buf_free(&failures);
    free(gather);
    free(text);
}

/* One address is one, whether or not other failures name none, and in which order. */
static void addresses(void **state)
{
    static const struct {
        const char *senders[3];
        bool several;
    } cases[] = { { { "", "192.0.2.1", "" }, false },
                  { { "192.0.2.1", "", "192.0.2.1" }, false },
                  { { "", "192.0.2.1", "192.0.2.2" }, true },
                  { { "192.0.2.1", "", "192.0.2.2" }, true } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_failure failures[3];
        struct report_block block = { .domain = "example.org", .failures = failures, .failure_count = 3 };
        struct gather_part part = { "example.org", &block };
        struct gather *gather = calloc(1, sizeof *gather);
        assert_non_null(gather);
        for (size_t j = 0; j < 3; j++)
            failures[j] = (struct report_failure) { "certificate-expired", "mail.example.org", cases[i].senders[j], 1 };
        assert_true(gather_domain(&part, 1, gather));
        assert_int_equal(gather->failure_count, 1);
        assert_int_equal(gather->failures[0].several, cases[i].several);
        gather_free(gather);
        free(gather);
    }
}

/* However many kinds of failures there are, none hides that sessions failed. */
static void many_kinds(void **state)
{
    enum { KINDS_SEEN = 100 };
    static char results[KINDS_SEEN][16];
    struct report_failure failures[KINDS_SEEN];
    struct report_block block = { .domain = "example.org", .failures = failures, .failure_count = KINDS_SEEN, .failed = 5 };
    struct gather_part part = { "example.org", &block };
    struct gather *gather = calloc(1, sizeof *gather);

    (void)state;
    assert_non_null(gather);
    for (size_t i = 0; i < KINDS_SEEN; i++) {
        (void)snprintf(results[i], sizeof results[i], "kind-%zu", i);
        failures[i] = (struct report_failure) { results[i], "", "", i == KINDS_SEEN - 1 ? 2 : 0 };
    }
    assert_true(gather_domain(&part, 1, gather));
    assert_int_equal(gather->failure_count, GATHER_FAILURES_MAX);
    assert_int_equal(gather->failures[GATHER_FAILURES_MAX - 1].kind, KIND_UNEXPLAINED);
    assert_int_equal(gather->failures[GATHER_FAILURES_MAX - 1].sessions, 5);
    gather_free(gather);
    free(gather);
}

/* What policies.ini has besides domains: templates, and [defaults]. */
static void no_domains(void **state)
{
    struct report_block blocks[] = { { .domain = "google" }, { .domain = "defaults." }, { .domain = "Example.ORG." } };
    const struct report report = { .blocks = blocks, .block_count = 3 };
    struct gather_part parts[3];

    (void)state;
    assert_int_equal(gather_parts(&report, parts), 1);
    assert_string_equal(parts[0].domain, "example.org");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(addresses), cmocka_unit_test(many_kinds), cmocka_unit_test(no_domains) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    return cases_run("tlsrpt.tsv", one) + failed;
}
