/* From reports to a verdict: weeks of reports in a moment, since the time is a parameter. */
#include "reports/judge/verdict.h"
#include "reports/read/report.h"
#include "saying.h"
#include "summing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void ready(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_verdict(&lab, "example.org", "no reports: publish the record that \"mta-sts dns example.org\" prints", 3);
    saying_good(&lab, "example.org", saying_in_force, 13, 6);
    saying_verdict(&lab, "example.org", "wait: 13 days, 6 reporters, 780 sessions, 0 failed; needs 14 days", 1);
    saying_add(
        &lab, &(struct said) { .domain = "example.org", .org = "Google", .policy = saying_in_force, .ago = 14, .successful = 1 });
    saying_verdict(&lab, "example.org", "ready: 14 days, 6 reporters, 781 sessions, 0 failed; all applied the policy in force",
                   0);
    /* Neither the same reports again, nor what is out of the window, changes anything. */
    saying_good(&lab, "example.org", saying_in_force, 13, 6);
    saying_add(&lab,
               &(struct said) { .domain = "example.org", .org = "Google", .policy = saying_older, .ago = 32, .successful = 9 });
    saying_add(&lab,
               &(struct said) { .domain = "example.org", .org = "Google", .policy = saying_older, .ago = -1, .successful = 9 });
    saying_verdict(&lab, "example.org", "ready: 14 days, 6 reporters, 781 sessions, 0 failed; all applied the policy in force",
                   0);
    assert_int_equal(lab.sums.duplicates, 78);
    assert_int_equal(lab.sums.old, 1);
    assert_int_equal(lab.sums.early, 1);
    /* Some say nothing of a policy. */
    saying_add(&lab, &(struct said) { .domain = "example.org", .org = "x", .ago = 1, .successful = 1, .type = REPORT_NO_POLICY });
    saying_verdict(&lab, "example.org",
                   "ready: 14 days, 7 reporters, 782 sessions, 0 failed; 6 of 7 reporters applied the policy in force", 0);
    summing_end(&lab);
}

static void waits(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_good(&lab, "example.org", saying_in_force, 7, 1);
    saying_verdict(&lab, "example.org", "wait: 7 days, 1 reporter, 70 sessions, 0 failed; needs 14 days and 2 reporters", 1);
    summing_end(&lab);
    summing_begin(&lab, saying_policies);
    saying_good(&lab, "example.org", NULL, 20, 3);
    saying_verdict(&lab, "example.org",
                   "wait: 20 days, 3 reporters, 600 sessions, 0 failed; no reporter says that it applied the policy in force", 1);
    summing_end(&lab);
}

/* Sessions that no policy was applied to do not show what mode enforce would refuse. */
static void no_evidence(void **state)
{
    static const char none[] = "version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n";
    static const struct said before[] = { { .type = REPORT_NO_POLICY, .successful = 10 },
                                          { .type = REPORT_TLSA, .successful = 10 },
                                          { .policy = none, .successful = 10 },
                                          { .policy = saying_in_force } };

    (void)state;
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        struct summing lab;
        char expected[256];
        summing_begin(&lab, saying_policies);
        struct said said = before[i];
        said.domain = "example.org";
        for (said.ago = 2; said.ago <= 20; said.ago++) {
            said.org = said.ago % 2 == 0 ? "Google" : "Yahoo";
            saying_add(&lab, &said);
        }
        saying_good(&lab, "example.org", saying_in_force, 1, 3);
        (void)snprintf(expected, sizeof expected,
                       "wait: 20 days, 3 reporters, %d sessions, 0 failed; a policy was applied on 1 day, by 3 reporters; "
                       "needs 14 days",
                       said.successful > 0 ? 220 : 30);
        saying_verdict(&lab, "example.org", expected, 1);
        summing_end(&lab);
    }
}

/* Who holds no session to a policy, or to TLSA records, would not have seen the failure. */
static void no_witnesses(void **state)
{
    static const struct said others[] = { { .org = "a", .type = REPORT_NO_POLICY }, { .org = "b", .type = REPORT_TLSA } };
    struct summing lab;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        summing_begin(&lab, saying_policies);
        saying_good(&lab, "example.org", saying_in_force, 15, i == 0 ? 3 : 5);
        for (size_t j = 0; j < 2; j++) {
            struct said said = others[j];
            said.domain = "example.org";
            said.ago = 1;
            said.successful = 1;
            saying_add(&lab, &said);
        }
        saying_add(&lab, &(struct said) { .domain = "example.org",
                                          .org = "Google",
                                          .ago = 1,
                                          .policy = i == 0 ? saying_in_force : NULL,
                                          .type = i == 0 ? REPORT_STS : REPORT_TLSA,
                                          .result = i == 0 ? "certificate-expired" : "tlsa-invalid",
                                          .mx = "mail.example.org",
                                          .failed = 2,
                                          .id = "2" });
        saying_verdict(&lab, "example.org",
                       i == 0 ? "not yet: 2 of 454 sessions failed at mail.example.org: certificate expired (Google)"
                              : "not yet: 2 of 754 sessions failed at mail.example.org: TLSA record not valid (Google)",
                       2);
        summing_end(&lab);
    }
}

/* ORG applied POLICY to example.org in one session, AGO days ago. */
static void applied(struct summing *lab, const char *org, const char *policy, int ago)
{
    saying_add(lab, &(struct said) { .domain = "example.org", .org = org, .policy = policy, .ago = ago, .successful = 1 });
}

/* A sender may keep an older policy for its max_age from the end of the last day on which it applied it. */
static void older_policy(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_good(&lab, "example.org", saying_in_force, 20, 3);
    applied(&lab, "Slow", saying_older, 5);
    saying_verdict(&lab, "example.org", "wait: one reporter still applies an older policy, until 2026-11-28 at the latest", 1);
    applied(&lab, "Slower", saying_older, 2);
    saying_verdict(&lab, "example.org", "wait: 2 reporters still apply an older policy, until 2026-12-01 at the latest", 1);
    applied(&lab, "Slow", saying_in_force, 4);
    applied(&lab, "Slower", saying_in_force, 1);
    saying_verdict(&lab, "example.org", "ready: 20 days, 5 reporters, 604 sessions, 0 failed; all applied the policy in force",
                   0);
    /* Of a sender with several caches, one may still have it. */
    saying_add(&lab, &(struct said) {
                         .domain = "example.org", .org = "Slow", .policy = saying_older, .ago = 4, .successful = 1, .id = "2" });
    saying_verdict(&lab, "example.org", "wait: one reporter still applies an older policy, until 2026-11-29 at the latest", 1);
    applied(&lab, "Slow", saying_in_force, 3);
    /* That of eight days ago is over, though no newer report came. */
    applied(&lab, "Gone", saying_older, 9);
    saying_verdict(&lab, "example.org",
                   "ready: 20 days, 6 reporters, 607 sessions, 0 failed; 5 of 6 reporters applied the policy in force", 0);
    /* The MX host was missing in that one alone. */
    saying_add(&lab, &(struct said) { .domain = "example.org",
                                      .org = "Late",
                                      .policy = saying_older,
                                      .ago = 8,
                                      .result = "validation-failure",
                                      .mx = "mail.example.org",
                                      .failed = 3 });
    applied(&lab, "Late", saying_in_force, 1);
    saying_verdict(&lab, "example.org",
                   "ready: 20 days, 7 reporters, 611 sessions, 3 failed, the last on 2026-11-18; "
                   "6 of 7 reporters applied the policy in force",
                   0);
    summing_end(&lab);
}

/* A day may end where the next one begins. */
static void ends_at_midnight(void **state)
{
    struct said said = { .domain = "example.org",
                         .org = "x",
                         .policy = saying_older,
                         .ago = 1,
                         .successful = 1,
                         .result = "certificate-expired",
                         .mx = "old.example.org",
                         .longer = 1 };
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_add(&lab, &said);
    saying_verdict(&lab, "example.org", "wait: one reporter still applies an older policy, until 2026-12-02 at the latest", 1);
    const struct tally *tally = sums_find(&lab.sums, "example.org");
    assert_int_equal(tally->reporters[0].last / SUMMING_DAY, SUMMING_TODAY - 1);
    assert_int_equal(tally->days[0].day, SUMMING_TODAY - 1);
    summing_end(&lab);
}

/* In order, each is added to what those before it have left. */
static const struct {
    struct said said;
    const char *verdict;
    int status;
} failures_then[] = {
    /* Two weeks ago, and mended since. */
    { { .org = "Google",
        .ago = 16,
        .successful = 9,
        .result = "certificate-expired",
        .mx = "MX1.backup.example.",
        .sender = "192.0.2.1",
        .failed = 2 },
      "ready: 16 days, 3 reporters, 461 sessions, 2 failed, the last on 2026-11-10; all applied the policy in force",
      0 },
    { { .org = "Google",
        .ago = 0,
        .successful = 9,
        .result = "certificate-expired",
        .mx = "MX1.backup.example.",
        .sender = "192.0.2.1",
        .failed = 2 },
      "not yet: 4 of 472 sessions failed at mx1.backup.example: certificate expired (Google)",
      2 },
    /* Of four reporters, one alone, from one address: its own fault. From two addresses it is not. */
    { { .org = "Fourth", .ago = 1, .successful = 1 },
      "ready: 17 days, 4 reporters, 473 sessions, 4 failed, the last on 2026-11-26 at one sender alone; "
      "all applied the policy in force",
      0 },
    { { .org = "Google",
        .ago = 17,
        .successful = 9,
        .result = "certificate-expired",
        .mx = "MX1.backup.example.",
        .sender = "192.0.2.2",
        .failed = 2 },
      "not yet: 6 of 484 sessions failed at mx1.backup.example: certificate expired (Google)",
      2 },
    /* That policies.ini does not name the host is no sender's fault. */
    { { .org = "Fourth", .ago = 2, .result = "validation-failure", .mx = "a.b.backup.example", .failed = 7 },
      "not yet: 13 of 491 sessions failed at a.b.backup.example: not in mx (Fourth), and for 1 other reason",
      2 },
};

static void failures(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_good(&lab, "example.org", saying_in_force, 15, 3);
    for (size_t i = 0; i < sizeof failures_then / sizeof failures_then[0]; i++) {
        struct said said = failures_then[i].said;
        said.domain = "example.org";
        said.policy = saying_in_force;
        saying_add(&lab, &said);
        saying_verdict(&lab, said.domain, failures_then[i].verdict, failures_then[i].status);
    }
    summing_end(&lab);
}

static void other_modes(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, saying_policies);
    saying_good(&lab, "enforced.example", saying_enforced, 3, 2);
    saying_verdict(&lab, "enforced.example",
                   "enforced: 3 days, 2 reporters, 60 sessions, 0 failed; all applied the policy in force", 0);
    saying_add(&lab, &(struct said) {
                         .domain = "enforced.example", .org = "x", .ago = 1, .result = "sts-policy-fetch-error", .failed = 1 });
    saying_verdict(&lab, "enforced.example", "failing: 1 of 61 sessions failed: policy not fetched (x)", 2);
    saying_verdict(&lab, "none.example", "mode none: senders require nothing of its MX hosts", 0);
    saying_verdict(
        &lab, "broken.example",
        "unknown: policies.ini:12: [broken.example] mx: \"192.0.2.1\" is an IP address; write a host name (RFC 8461 3.2)", 3);
    /* Nobody else's domain takes memory: [*] is no domain. */
    saying_good(&lab, "other.example", saying_in_force, 3, 2);
    assert_null(sums_find(&lab.sums, "other.example"));
    assert_int_equal(lab.sums.foreign, 6);
    summing_end(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready),        cmocka_unit_test(waits),
        cmocka_unit_test(no_evidence),  cmocka_unit_test(no_witnesses),
        cmocka_unit_test(older_policy), cmocka_unit_test(failures),
        cmocka_unit_test(other_modes),  cmocka_unit_test(ends_at_midnight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
