/* From reports to a verdict: weeks of reports in a moment, since the time is a parameter. */
#include "reports/judge/verdict.h"
#include "base/buf.h"
#include "config/index.h"
#include "reports/judge/sums.h"
#include "reports/read/report.h"
#include "reports/tell/phrase.h"
#include "summing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = SUMMING_DAY, NOW = SUMMING_NOW, TODAY = SUMMING_TODAY, WINDOW = SUMMING_WINDOW };

static const char policies[] = "[example.org]\nmx = mail.example.org\nmx = *.backup.example\n"
                               "[enforced.example]\nmode = enforce\nmx = mail.example.org\n"
                               "[none.example]\nmode = none\nmx = mail.example.org\nmax_age = 86400\n"
                               "[broken.example]\nmx = 192.0.2.1\n[*]\nmx = mail.example.org\n";

static const char in_force[] =
    "version: STSv1\r\nmode: testing\r\nmx: *.backup.example\r\nmx: mail.example.org\r\nmax_age: 604800\r\n";
static const char enforced[] = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n";
static const char older[] = "version: STSv1\r\nmode: testing\r\nmx: old.example.org\r\nmax_age: 604800\r\n";

/* What a report says: AGO days ago, of one domain. */
struct said {
    const char *domain, *org, *policy; /* POLICY: NULL: none */
    int ago;
    uint64_t successful;
    const char *result, *mx, *sender; /* of one failure; RESULT: NULL: none */
    uint64_t failed;
    enum report_type type;
    const char *id; /* NULL: "1" */
    bool is_unsigned;
};

static void add(struct summing *lab, const struct said *said)
{
    struct report_failure failure = { said->result, said->mx != NULL ? said->mx : "", said->sender != NULL ? said->sender : "",
                                      said->failed };
    struct report_block block = { .type = said->type,
                                  .domain = said->domain,
                                  .successful = said->successful,
                                  .failed = said->failed,
                                  .failures = &failure,
                                  .failure_count = said->result != NULL };
    int64_t day = (int64_t)(TODAY - said->ago) * DAY;
    const struct report report = { .submitter = said->org,
                                   .id = said->id != NULL ? said->id : "1",
                                   .is_unsigned = said->is_unsigned,
                                   .begin = day,
                                   .end = day + DAY - 1,
                                   .blocks = &block,
                                   .block_count = 1 };

    if (said->policy != NULL)
        buf_add(&block.policy, said->policy, strlen(said->policy));
    assert_true(sums_add(&lab->sums, &report));
    buf_free(&block.policy);
}

/* Adds good reports of DOMAIN for each of the last DAYS days, by each of the first COUNT reporters. */
static void add_good(struct summing *lab, const char *domain, const char *policy, int days, size_t count)
{
    static const char *const orgs[] = { "Google", "Microsoft", "Yahoo", "Mail.ru", "Comcast", "Infomaniak" };

    for (int day = 1; day <= days; day++)
        for (size_t i = 0; i < count; i++)
            add(lab, &(struct said) { .domain = domain, .org = orgs[i], .policy = policy, .ago = day, .successful = 10 });
}

static void assert_verdict(struct summing *lab, const char *domain, const char *expected, int status)
{
    const struct verdict_rules rules = { 14, 2, NOW };
    struct verdict verdict;
    struct buf text = { 0 };

    assert_true(verdict_on_domain(lab->index, domain, sums_find(&lab->sums, domain), &rules, &verdict));
    buf_print(&text, "%s: ", phrase_word(verdict.word));
    phrase_verdict(&lab->sums, domain, &verdict, &rules, &text);
    assert_string_equal(text.text, expected);
    assert_int_equal(verdict_status(verdict.word), status);
    verdict_free(&verdict);
    buf_free(&text);
}

static void ready(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, policies);
    assert_verdict(&lab, "example.org", "no reports: publish the record that \"mta-sts dns example.org\" prints", 3);
    add_good(&lab, "example.org", in_force, 13, 6);
    assert_verdict(&lab, "example.org", "wait: 13 days, 6 reporters, 780 sessions, 0 failed; needs 14 days", 1);
    add(&lab, &(struct said) { .domain = "example.org", .org = "Google", .policy = in_force, .ago = 14, .successful = 1 });
    assert_verdict(&lab, "example.org", "ready: 14 days, 6 reporters, 781 sessions, 0 failed; all applied the policy in force",
                   0);
    /* Neither the same reports again, nor what is out of the window, changes anything. */
    add_good(&lab, "example.org", in_force, 13, 6);
    add(&lab, &(struct said) { .domain = "example.org", .org = "Google", .policy = older, .ago = 32, .successful = 9 });
    add(&lab, &(struct said) { .domain = "example.org", .org = "Google", .policy = older, .ago = -1, .successful = 9 });
    assert_verdict(&lab, "example.org", "ready: 14 days, 6 reporters, 781 sessions, 0 failed; all applied the policy in force",
                   0);
    assert_int_equal(lab.sums.duplicates, 78);
    assert_int_equal(lab.sums.old, 1);
    assert_int_equal(lab.sums.early, 1);
    /* Some say nothing of a policy. */
    add(&lab, &(struct said) { .domain = "example.org", .org = "x", .ago = 1, .successful = 1, .type = REPORT_NO_POLICY });
    assert_verdict(&lab, "example.org",
                   "ready: 14 days, 7 reporters, 782 sessions, 0 failed; 6 of 7 reporters applied the policy in force", 0);
    summing_end(&lab);
}

static void waits(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, policies);
    add_good(&lab, "example.org", in_force, 7, 1);
    assert_verdict(&lab, "example.org", "wait: 7 days, 1 reporter, 70 sessions, 0 failed; needs 14 days and 2 reporters", 1);
    summing_end(&lab);
    summing_begin(&lab, policies);
    add_good(&lab, "example.org", NULL, 20, 3);
    assert_verdict(&lab, "example.org",
                   "wait: 20 days, 3 reporters, 600 sessions, 0 failed; no reporter says that it applied the policy in force", 1);
    summing_end(&lab);
}

/* A sender may keep an older policy for its max_age from the end of the last day on which it applied it. */
static void older_policy(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, policies);
    add_good(&lab, "example.org", in_force, 20, 3);
    add(&lab, &(struct said) { .domain = "example.org", .org = "Slow", .policy = older, .ago = 5, .successful = 1 });
    assert_verdict(&lab, "example.org", "wait: one reporter still applies an older policy, until 2026-11-28 at the latest", 1);
    add(&lab, &(struct said) { .domain = "example.org", .org = "Slower", .policy = older, .ago = 2, .successful = 1 });
    assert_verdict(&lab, "example.org", "wait: 2 reporters still apply an older policy, until 2026-12-01 at the latest", 1);
    add(&lab, &(struct said) { .domain = "example.org", .org = "Slow", .policy = in_force, .ago = 4, .successful = 1 });
    add(&lab, &(struct said) { .domain = "example.org", .org = "Slower", .policy = in_force, .ago = 1, .successful = 1 });
    assert_verdict(&lab, "example.org", "ready: 20 days, 5 reporters, 604 sessions, 0 failed; all applied the policy in force",
                   0);
    /* Of a sender with several caches, one may still have it. */
    add(&lab, &(struct said) { .domain = "example.org", .org = "Slow", .policy = older, .ago = 4, .successful = 1, .id = "2" });
    assert_verdict(&lab, "example.org", "wait: one reporter still applies an older policy, until 2026-11-29 at the latest", 1);
    add(&lab, &(struct said) { .domain = "example.org", .org = "Slow", .policy = in_force, .ago = 3, .successful = 1 });
    /* That of eight days ago is over, though no newer report came. */
    add(&lab, &(struct said) { .domain = "example.org", .org = "Gone", .policy = older, .ago = 9, .successful = 1 });
    assert_verdict(&lab, "example.org",
                   "ready: 20 days, 6 reporters, 607 sessions, 0 failed; 5 of 6 reporters applied the policy in force", 0);
    /* The MX host was missing in that one alone. */
    add(&lab, &(struct said) { .domain = "example.org",
                               .org = "Late",
                               .policy = older,
                               .ago = 8,
                               .result = "validation-failure",
                               .mx = "mail.example.org",
                               .failed = 3 });
    add(&lab, &(struct said) { .domain = "example.org", .org = "Late", .policy = in_force, .ago = 1, .successful = 1 });
    assert_verdict(&lab, "example.org",
                   "ready: 20 days, 7 reporters, 611 sessions, 3 failed, the last on 2026-11-18; "
                   "6 of 7 reporters applied the policy in force",
                   0);
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
    summing_begin(&lab, policies);
    add_good(&lab, "example.org", in_force, 15, 3);
    for (size_t i = 0; i < sizeof failures_then / sizeof failures_then[0]; i++) {
        struct said said = failures_then[i].said;
        said.domain = "example.org";
        said.policy = in_force;
        add(&lab, &said);
        assert_verdict(&lab, said.domain, failures_then[i].verdict, failures_then[i].status);
    }
    summing_end(&lab);
}

static void other_modes(void **state)
{
    struct summing lab;

    (void)state;
    summing_begin(&lab, policies);
    add_good(&lab, "enforced.example", enforced, 3, 2);
    assert_verdict(&lab, "enforced.example",
                   "enforced: 3 days, 2 reporters, 60 sessions, 0 failed; all applied the policy in force", 0);
    add(&lab,
        &(struct said) { .domain = "enforced.example", .org = "x", .ago = 1, .result = "sts-policy-fetch-error", .failed = 1 });
    assert_verdict(&lab, "enforced.example", "failing: 1 of 61 sessions failed: policy not fetched (x)", 2);
    assert_verdict(&lab, "none.example", "mode none: senders require nothing of its MX hosts", 0);
    assert_verdict(
        &lab, "broken.example",
        "unknown: policies.ini:12: [broken.example] mx: \"192.0.2.1\" is an IP address; write a host name (RFC 8461 3.2)", 3);
    /* Nobody else's domain takes memory: [*] is no domain. */
    add_good(&lab, "other.example", in_force, 3, 2);
    assert_null(sums_find(&lab.sums, "other.example"));
    assert_int_equal(lab.sums.foreign, 6);
    summing_end(&lab);
}

/* Where senders are verified, a report that nobody signed counts for nothing, and hides none with the same id. */
static void unsigned_reports(void **state)
{
    const struct said lie = {
        .domain = "example.org", .org = "google.com", .ago = 1, .result = "certificate-expired", .failed = 9, .is_unsigned = true
    };
    struct summing lab;

    (void)state;
    summing_begin(&lab, policies);
    add(&lab, &lie);
    add(&lab, &lie);
    assert_verdict(&lab, "example.org", "no reports: 2 reports unsigned, which do not count", 3);
    add(&lab, &(struct said) { .domain = "example.org", .org = "google.com", .policy = in_force, .ago = 1, .successful = 5 });
    assert_verdict(&lab, "example.org", "wait: 1 day, 1 reporter, 5 sessions, 0 failed; needs 14 days and 2 reporters", 1);
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
    summing_begin(&lab, policies);
    add_good(&lab, "enforced.example", enforced, 3, 2);
    for (int i = 0; i < 5000; i++) {
        char org[32], mx[64], text[256];
        (void)snprintf(org, sizeof org, "Reporter %d", i / 2);
        (void)snprintf(mx, sizeof mx, "mx%d.example.org", i);
        (void)snprintf(text, sizeof text, "version: STSv1\r\nmode: testing\r\nmx: %s\r\nmax_age: 604800\r\n", mx);
        add(&lab, &(struct said) { .domain = "example.org",
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
    assert_true(tally->day_count <= WINDOW + 1);
    assert_int_equal(tally->reports, 2 * TALLY_REPORTERS_MAX);
    assert_int_equal(tally->left_out, 5000 - 2 * TALLY_REPORTERS_MAX);
    assert_true(tally->sessions == 4 * most * TALLY_REPORTERS_MAX);
    assert_verdict(&lab, "enforced.example",
                   "enforced: 3 days, 2 reporters, 60 sessions, 0 failed; all applied the policy in force", 0);
    summing_end(&lab);
}

/* Adds COUNT reports, always the same ones: the one with the number FIRST first, then each STEP further. */
static void add_in_order(struct summing *lab, size_t first, size_t count, int step)
{
    static const struct said reports[] = {
        { .org = "Google", .ago = 1, .result = "certificate-expired", .mx = "a.example.org", .failed = 2 },
        { .org = "GOOGLE ", .ago = 2, .policy = older, .successful = 3 },
        { .org = "google", .ago = 3, .result = "certificate-expired", .mx = "b.example.org", .failed = 7 },
        { .org = "Yahoo", .ago = 1, .result = "certificate-expired", .mx = "a.example.org", .failed = 12 },
        { .org = "Apple", .ago = 1, .result = "starttls-not-supported", .mx = "b.example.org", .failed = 7, .policy = enforced },
        { .org = "Comcast", .ago = 2, .result = "certificate-expired", .mx = "a.example.org", .failed = 2 },
    };

    assert_int_equal(count, sizeof reports / sizeof reports[0]);
    for (size_t i = 0, at = first; i < count; i++, at += (size_t)step) {
        struct said said = reports[at];
        said.domain = "example.org";
        add(lab, &said);
    }
    sums_sort(&lab->sums);
}

static void order(void **state)
{
    static const char *const names[] = { "GOOGLE", "Yahoo", "Apple", "Comcast" };
    struct summing lab;

    (void)state;
    for (int backwards = 0; backwards < 2; backwards++) {
        summing_begin(&lab, policies);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready),       cmocka_unit_test(waits),  cmocka_unit_test(older_policy),     cmocka_unit_test(failures),
        cmocka_unit_test(other_modes), cmocka_unit_test(floods), cmocka_unit_test(unsigned_reports), cmocka_unit_test(order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
