/* What is added up of many reports, and bounded. */
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/read/report.h"
#include "saying.h"
#include "summing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Where senders are verified, a report that nobody signed counts for nothing, and hides none with the same id. */
static void unsigned_reports(void **state)
{
    const struct said lie = {
        .domain = "example.org", .org = "google.com", .ago = 1, .result = "certificate-expired", .failed = 9, .is_unsigned = true
    };
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_add(&lab, &lie);
    saying_add(&lab, &lie);
    saying_verdict(&lab, "example.org", "no reports: 2 reports unsigned, which do not count", 3);
    saying_add(&lab, &(struct said) {
                         .domain = "example.org", .org = "google.com", .policy = saying_in_force, .ago = 1, .successful = 5 });
    saying_verdict(&lab, "example.org", "wait: 1 day, 1 reporter, 5 sessions, 0 failed; needs 14 days and 2 reporters", 1);
    assert_int_equal(lab.sums.unsigned_reports, 2);
    assert_int_equal(lab.sums.duplicates, 0);
    summing_end(&lab);
}

/* An attacker fills the lists of one domain, and no more. */
static void floods(void **state)
{
    const uint64_t most = REPORT_SESSIONS_MAX;
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_good(&lab, "enforced.example", saying_enforced, 3, 2);
    for (int i = 0; i < 5000; i++) {
        char org[32], mx[64], text[256];
        (void)snprintf(org, sizeof org, "Reporter %d", i / 2);
        (void)snprintf(mx, sizeof mx, "mx%d.example.org", i);
        (void)snprintf(text, sizeof text, "version: STSv1\r\nmode: testing\r\nmx: %s\r\nmax_age: 604800\r\n", mx);
        saying_add(&lab, &(struct said) { .domain = "example.org",
                                          .org = org,
                                          .policy = text,
                                          .ago = i % 29,
                                          .successful = most,
                                          .result = "certificate-expired",
                                          .mx = mx,
                                          .failed = most });
    }
    const struct tally *tally = sums_find(&lab.sums, "example.org");
    assert_int_equal(tally->reporter_count, TALLY_REPORTERS_MAX);
    assert_int_equal(tally->failure_count, TALLY_FAILURES_MAX);
    assert_int_equal(tally->policy_count, TALLY_POLICIES_MAX);
    assert_true(tally->day_count <= SUMMING_WINDOW + 1);
    assert_int_equal(tally->reports, 5000);
    assert_int_equal(tally->further, 5000 - 2 * (TALLY_REPORTERS_MAX - 1));
    assert_true(tally->sessions == 10000 * most);
    assert_true(lab.sums.name_count <= TALLY_REPORTERS_MAX + 1);
    saying_verdict(&lab, "enforced.example",
                   "enforced: 3 days, 2 reporters, 60 sessions, 0 failed; all applied the policy in force", 0);
    summing_end(&lab);
}

/* Many reporters, false ones or true, do not hide what a further one says. */
static void hides_nothing(void **state)
{
    struct said last = { .domain = "example.org", .org = "Last", .policy = saying_older, .ago = 2, .successful = 1 };
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    for (int i = 0; i < 15 * TALLY_REPORTERS_MAX; i++) {
        char org[32];
        (void)snprintf(org, sizeof org, "Reporter %d", i % (2 * TALLY_REPORTERS_MAX));
        saying_add(&lab, &(struct said) {
                             .domain = "example.org", .org = org, .policy = saying_in_force, .ago = i % 15 + 1, .id = org });
    }
    saying_add(&lab, &last);
    saying_verdict(&lab, "example.org", "wait: one reporter still applies an older policy, until 2026-12-01 at the latest", 1);
    /* Nor is it hidden that one of them has the policy in force. */
    last.org = "Another";
    last.policy = saying_in_force;
    last.ago = 1;
    saying_add(&lab, &last);
    saying_verdict(&lab, "example.org", "wait: one reporter still applies an older policy, until 2026-12-01 at the latest", 1);
    last.result = "certificate-expired";
    last.mx = "mail.example.org";
    last.failed = 3;
    last.id = "2";
    saying_add(&lab, &last);
    saying_verdict(&lab, "example.org",
                   "not yet: 3 of 6 sessions failed at mail.example.org: certificate expired (further reporters)", 2);
    summing_end(&lab);
}

/* Adds COUNT reports, always the same ones: the one with the number FIRST first, then each STEP further. */
static void add_in_order(struct summing *lab, size_t first, size_t count, int step)
{
    static const struct said reports[] = {
        { .org = "Google", .ago = 1, .result = "certificate-expired", .mx = "a.example.org", .failed = 2 },
        { .org = "GOOGLE ", .ago = 2, .policy = saying_older, .successful = 3 },
        { .org = "google", .ago = 3, .result = "certificate-expired", .mx = "b.example.org", .failed = 7 },
        { .org = "Yahoo", .ago = 1, .result = "certificate-expired", .mx = "a.example.org", .failed = 12 },
        { .org = "Apple",
          .ago = 1,
          .result = "starttls-not-supported",
          .mx = "b.example.org",
          .failed = 7,
          .policy = saying_enforced },
        { .org = "Comcast", .ago = 2, .result = "certificate-expired", .mx = "a.example.org", .failed = 2 },
    };

    assert_int_equal(count, sizeof reports / sizeof reports[0]);
    for (size_t i = 0, at = first; i < count; i++, at += (size_t)step) {
        struct said said = reports[at];
        said.domain = "example.org";
        saying_add(lab, &said);
    }
    sums_sort(&lab->sums);
}

static void order(void **state)
{
    static const char *const names[] = { "GOOGLE", "Yahoo", "Apple", "Comcast" };
    struct summing lab;

    (void)state;
    for (int backwards = 0; backwards < 2; backwards++) {
        summing_begin(&lab, saying_policies);
        add_in_order(&lab, backwards ? 5 : 0, 6, backwards ? -1 : 1);
        const struct tally *tally = sums_find(&lab.sums, "example.org");
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            assert_string_equal(sums_name(&lab.sums, &tally->reporters[i]), names[i]);
        assert_string_equal(tally->failures[2].mx, "b.example.org");
        assert_string_equal(sums_name(&lab.sums, &tally->reporters[tally->failures[1].by[0].reporter]), "Yahoo");
        assert_string_equal(sums_name(&lab.sums, &tally->reporters[tally->failures[1].by[1].reporter]), "GOOGLE");
        assert_string_equal(sums_name(&lab.sums, &tally->reporters[tally->failures[1].by[2].reporter]), "Comcast");
        assert_non_null(strstr(tally->policies[0].meaning, "enforce"));
        summing_end(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(floods), cmocka_unit_test(hides_nothing),
                                        cmocka_unit_test(unsigned_reports), cmocka_unit_test(order) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
