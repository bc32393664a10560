/* The verdict on each outcome of a connection, on each kind of HTTP answer, and on what is published, compared with policies.ini.
 */
#include "probe/judge/servers.h"
#include "findings.h"
#include "policy/model.h"
#include "probe/judge/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- connections --- */

static const struct outcome_case {
    enum probe_fetch_outcome outcome;
    bool https_tells, smtp_tells;
    const char *https, *smtp;
} outcomes[] = {
    { PROBE_FETCHED, true, true, "", "" },
    { PROBE_FETCH_REFUSED, true, false, "https-refused", "smtp-refused" },
    { PROBE_FETCH_NO_ROUTE, false, false, "", "" },
    { PROBE_FETCH_SLOW, true, false, "https-slow", "smtp-slow" },
    { PROBE_FETCH_TLS_OLD, true, true, "https-tls-old", "smtp-tls-old" },
    { PROBE_FETCH_TLS, true, true, "https-tls", "smtp-tls" },
    { PROBE_FETCH_NO_STARTTLS, true, true, "https-protocol", "smtp-no-starttls" },
    { PROBE_FETCH_LATER, true, false, "https-protocol", "smtp-later" },
    { PROBE_FETCH_PROTOCOL, true, true, "https-protocol", "smtp-protocol" },
    { PROBE_FETCH_STOPPED, false, false, "", "" },
    { PROBE_FETCH_LACK, false, false, "", "" },
};

static void connections(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        struct probe_fetched fetched = { .outcome = outcomes[i].outcome };
        struct probe_findings findings = { 0 };
        assert_int_equal(probe_judge_https("a.example", &fetched, &findings), outcomes[i].https_tells);
        assert_kinds(&findings, outcomes[i].https);
        assert_int_equal(probe_judge_smtp("a.example", &fetched, &findings), outcomes[i].smtp_tells);
        assert_kinds(&findings, outcomes[i].smtp);
    }
}

static void after_tls(void **state)
{
    static char some; /* nothing looks into the chain */
    struct probe_fetched fetched = { .outcome = PROBE_FETCH_SLOW, .chain = (void *)&some };
    struct probe_findings findings = { 0 };

    (void)state;
    assert_true(probe_judge_https("a.example", &fetched, &findings));
    assert_kinds(&findings, "");
    assert_true(probe_judge_answer(&fetched, 1000, &findings));
    assert_kinds(&findings, "answer-time");
    fetched.outcome = PROBE_FETCH_LACK;
    assert_false(probe_judge_answer(&fetched, 1000, &findings));
    assert_kinds(&findings, "");
    fetched.outcome = PROBE_FETCH_STOPPED;
    assert_false(probe_judge_answer(&fetched, 1000, &findings));
    assert_kinds(&findings, "");
    fetched.outcome = PROBE_FETCH_PROTOCOL;
    assert_true(probe_judge_answer(&fetched, 1000, &findings));
    assert_kinds(&findings, "answer-cut");
    fetched.outcome = PROBE_FETCH_TLS_OLD;
    assert_true(probe_judge_https("a.example", &fetched, &findings));
    assert_kinds(&findings, "https-tls-old");
}

static void hung_in_tls(void **state)
{
    const struct probe_fetched fetched = { .outcome = PROBE_FETCH_SLOW, .has_starttls = true };
    struct probe_findings findings = { 0 };

    (void)state;
    assert_true(probe_judge_smtp("a.example", &fetched, &findings));
    assert_kinds(&findings, "smtp-tls");
}

static void what_others_said(void **state)
{
    const struct probe_fetched fetched = { .outcome = PROBE_FETCH_NO_STARTTLS, .why = "502 \x1b[31mno\r\n" };
    struct probe_findings findings = { 0 };

    (void)state;
    (void)probe_judge_smtp("a.example", &fetched, &findings);
    assert_string_equal(probe_finding_text(&findings, &findings.list[0]),
                        "\"a.example\" does not accept STARTTLS; enable it there [502 \\x1b[31mno\\x0d\\x0a] (RFC 8461 5, 4.2)");
    probe_findings_free(&findings);
}

/* --- answers --- */

static const struct answer_case {
    long status;
    const char *type, *location;
    size_t len;
    unsigned ms;
    bool has_policy;
    const char *kinds;
} answers[] = {
    { 200, "text/plain", NULL, 100, 999, true, "" },
    { 200, "text/plain; charset=utf-8", NULL, 100, 0, true, "" },
    { 200, "TEXT/plain ;charset=US-ASCII", NULL, 100, 0, true, "" },
    { 200, "text/plain;", NULL, 100, 0, true, "" },
    { 200, "text/plain; charset=\"utf-8\"", NULL, 100, 0, true, "" },
    { 200, "text/plain; charset=iso-8859-1", NULL, 100, 0, true, "answer-charset" },
    { 200, "text/plainly", NULL, 100, 0, true, "answer-type" },
    { 200, "text/html; charset=utf-8", NULL, 100, 0, true, "answer-type" },
    { 200, NULL, NULL, 100, 0, true, "answer-no-type" },
    { 200, "", NULL, 100, 0, true, "answer-no-type" },
    { 200, "text/plain", NULL, 10240, 0, true, "" },
    { 200, "text/plain", NULL, 10241, 0, true, "answer-long" },
    { 200, "text/plain", NULL, POLICY_BYTES_MAX, 0, true, "answer-long" },
    { 200, "text/plain", NULL, POLICY_BYTES_MAX + 1, 0, false, "answer-large" },
    { 200, "text/plain", NULL, 100, 1000, true, "answer-slow" },
    { 200, "text/plain", "https://b.example/", 100, 0, true, "" },
    { 204, "text/plain", NULL, 0, 0, false, "answer-status" },
    { 301, "text/html", "https://b.example/", 100, 0, false, "answer-redirect" },
    { 302, NULL, NULL, 0, 0, false, "answer-status" },
    { 404, "text/html", NULL, 100, 0, false, "answer-status" },
    { 503, "text/html", NULL, 100, 5000, false, "answer-status,answer-slow" },
};

static void one_answer(void **state)
{
    const struct answer_case *c = *state;
    const struct probe_fetched fetched = { .outcome = PROBE_FETCHED,
                                           .status = c->status,
                                           .type = (char *)(uintptr_t)c->type,
                                           .location = (char *)(uintptr_t)c->location,
                                           .body = { .len = c->len },
                                           .ms = c->ms };
    struct probe_findings findings = { 0 };

    assert_true(probe_judge_answer(&fetched, 1000, &findings));
    assert_kinds(&findings, c->kinds);
    assert_int_equal(probe_judge_has_policy(&fetched), c->has_policy);
}

static void of_hosts(void **state)
{
    const struct probe_fetched fetched = { .outcome = PROBE_FETCH_TLS };
    struct probe_findings one = { 0 }, all = { 0 };

    (void)state;
    (void)probe_judge_smtp("a.example", &fetched, &one);
    for (int i = 0; i < 20; i++)
        probe_findings_add_of("b.example", &one, &all);
    assert_int_equal(all.count, 20);
    assert_int_equal(all.verdict, PROBE_FAIL);
    for (size_t i = 0; i < all.count; i++)
        assert_string_equal(probe_finding_text(&all, &all.list[i]),
                            "b.example: \"a.example\" accepts STARTTLS, and then TLS fails; its log has the reason (RFC 8461 5)");
    probe_findings_free(&one);
    probe_findings_free(&all);
}

/* --- policies.ini --- */

#define POLICY(mode, mx, end) "version: STSv1" end "mode: " mode end "mx: " mx end "max_age: 604800" end
#define WANTED POLICY("enforce", "a.example", "\r\n")

static const struct compare_case {
    const char *served, *id;
    bool is_served, is_known, is_id_known;
    enum probe_compared compared;
    const char *kinds;
    bool holds_mail, is_partly, is_unseen, is_mx_unknown, is_at;
} compares[] = {
    { WANTED, "", true, true, true, PROBE_SAME, "", false, false, false, false, false },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id", false, false, false, false, false },
    { WANTED, NULL, true, true, true, PROBE_OLD_ID, "ini-no-id", false, false, false, false, false },
    { WANTED, NULL, true, true, false, PROBE_SAME, "", false, false, false, false, false },
    { WANTED, NULL, true, true, true, PROBE_OLD_ID, "ini-no-id-held", true, false, false, false, false },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id-held", true, false, false, false, false },
    { POLICY("testing", "a.example", "\r\n"), "other", true, true, true, PROBE_OTHER, "ini-policy-held", true, false, false,
      false, false },
    { POLICY("testing", "a.example", "\r\n"), "", true, true, true, PROBE_EARLY_ID, "ini-policy-held,ini-id-early", true, false,
      false, false, false },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id-unseen", false, false, true, false, false },
    { WANTED, NULL, true, true, true, PROBE_OLD_ID, "ini-id-unseen", true, false, true, false, false },
    { WANTED, "", true, true, true, PROBE_SAME, "", false, false, true, false, false },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id-mx", false, false, false, true, false },
    { WANTED, NULL, true, true, true, PROBE_OLD_ID, "ini-id-mx", false, false, false, true, false },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id-unseen", false, false, true, true, false },
    { WANTED, "", true, true, true, PROBE_SAME, "", false, false, false, true, false },
    { WANTED, NULL, true, true, true, PROBE_OLD_ID, "ini-id-partly", false, true, true, false, false },
    { WANTED, "", true, true, true, PROBE_SAME, "", false, true, false, false, false },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id-partly", false, true, false, false, false },
    { WANTED, NULL, true, true, true, PROBE_OLD_ID, "ini-id-partly", false, true, false, false, false },
    { POLICY("enforce", "a.example", "\n"), "", true, true, true, PROBE_SAME, "ini-bytes", false, false, false, false, false },
    { POLICY("enforce", "A.example", "\r\n"), "", true, true, true, PROBE_SAME, "ini-bytes", false, false, false, false, false },
    { POLICY("enforce", "a.example", "\n"), "other", true, true, true, PROBE_OLD_ID, "ini-bytes", false, false, false, false,
      false },
    { POLICY("enforce", "a.example", "\n"), NULL, true, true, true, PROBE_OLD_ID, "ini-bytes", false, false, false, false,
      false },
    { POLICY("testing", "a.example", "\r\n"), "other", true, true, true, PROBE_OTHER, "ini-policy", false, false, false, false,
      false },
    { POLICY("testing", "a.example", "\r\n"), NULL, true, true, true, PROBE_OTHER, "ini-policy", false, false, false, false,
      false },
    { POLICY("enforce", "b.example", "\r\n"), "", true, true, true, PROBE_EARLY_ID, "ini-policy,ini-id-early", false, false,
      false, false, false },
    { "", "other", true, true, true, PROBE_OTHER, "ini-policy", false, false, false, false, false },
    { NULL, "", false, true, true, PROBE_NOT_COMPARED, "ini-not-served", false, false, false, false, false },
    { NULL, "other", false, true, true, PROBE_NOT_COMPARED, "ini-not-served", false, false, false, false, false },
    { NULL, NULL, false, true, true, PROBE_NOT_COMPARED, "ini-not-served", false, false, false, false, false },
    { NULL, NULL, false, false, true, PROBE_NOT_COMPARED, "", false, false, false, false, false },
    { WANTED, "", false, true, true, PROBE_SAME, "ini-not-served", false, false, false, false, false },
    { WANTED, "other", false, true, true, PROBE_OLD_ID, "ini-not-served", false, false, false, false, false },
    { WANTED, NULL, false, true, true, PROBE_OLD_ID, "ini-not-served", false, false, false, false, false },
    /* Asked at an address to which the DNS need not lead. */
    { WANTED, "", true, true, true, PROBE_SAME, "", false, false, false, false, true },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id-later", false, false, false, false, true },
    { WANTED, NULL, true, true, true, PROBE_OLD_ID, "ini-id-later", false, false, false, false, true },
    { WANTED, "other", true, true, true, PROBE_OLD_ID, "ini-id-later", true, true, true, true, true },
    { POLICY("testing", "a.example", "\r\n"), "", true, true, true, PROBE_EARLY_ID, "ini-policy", false, false, false, false,
      true },
};

/* An empty id stands for the right one. */
static void one_comparison(void **state)
{
    const struct compare_case *c = *state;
    char id[POLICY_ID_SIZE];
    struct probe_findings findings = { 0 };

    policy_id(WANTED, sizeof WANTED - 1, id);
    const struct probe_published published = {
        "example.org",    c->served,   c->served != NULL ? strlen(c->served) : 0,      c->is_served,   c->is_partly,
        c->is_unseen,     c->is_known, c->id != NULL && c->id[0] == '\0' ? id : c->id, c->is_id_known, c->holds_mail,
        c->is_mx_unknown, c->is_at
    };
    assert_int_equal(probe_compare_is_due(&published, WANTED, sizeof WANTED - 1),
                     strcmp(c->kinds, "ini-id") == 0 || strcmp(c->kinds, "ini-no-id") == 0);
    assert_int_equal(probe_compare(&published, WANTED, sizeof WANTED - 1, &findings), c->compared);
    assert_kinds(&findings, c->kinds);
}

static void record(void **state)
{
    struct buf out = { 0 };
    char id[POLICY_ID_SIZE], expected[100];

    (void)state;
    policy_id(WANTED, sizeof WANTED - 1, id);
    (void)snprintf(expected, sizeof expected, "_mta-sts.example.org. 300 IN TXT \"v=STSv1; id=%s;\"", id);
    probe_compare_record("_mta-sts.example.org", WANTED, sizeof WANTED - 1, &out);
    assert_string_equal(out.text, expected);
    buf_free(&out);
}

static const struct {
    const char *served, *wanted;
    enum probe_bodies bodies;
    const char *kinds;
} bodies[] = {
    { POLICY("enforce", "a.example", "\r\n"), POLICY("enforce", "a.example", "\r\n"), PROBE_BODIES_SAME, "" },
    { POLICY("enforce", "a.example", "\n"), POLICY("enforce", "a.example", "\r\n"), PROBE_BODIES_ALIKE, "policy-bytes" },
    { POLICY("testing", "a.example", "\r\n"), POLICY("enforce", "a.example", "\r\n"), PROBE_BODIES_OTHER, "policy-differs" },
    { "", POLICY("enforce", "a.example", "\r\n"), PROBE_BODIES_OTHER, "policy-differs" },
    { POLICY("enforce", "a.example", "\r\n"), "", PROBE_BODIES_OTHER, "policy-differs" },
    { "<html>", POLICY("enforce", "a.example", "\r\n"), PROBE_BODIES_OTHER, "policy-differs" },
    { "", "", PROBE_BODIES_SAME, "" },
};

static void of_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct probe_findings findings = { 0 };
        const char *served = bodies[i].served[0] != '\0' ? bodies[i].served : NULL;
        const char *wanted = bodies[i].wanted[0] != '\0' ? bodies[i].wanted : NULL;
        assert_int_equal(probe_compare_bodies(served, strlen(bodies[i].served), wanted, strlen(bodies[i].wanted)),
                         bodies[i].bodies);
        probe_judge_bodies(bodies[i].bodies, &findings);
        assert_kinds(&findings, bodies[i].kinds);
    }
}

int main(void)
{
    enum { ANSWERS = sizeof answers / sizeof answers[0], COMPARES = sizeof compares / sizeof compares[0] };
    static char names[ANSWERS + COMPARES][100];
    struct CMUnitTest tests[ANSWERS + COMPARES];
    const struct CMUnitTest others[] = { cmocka_unit_test(connections), cmocka_unit_test(after_tls),
                                         cmocka_unit_test(hung_in_tls), cmocka_unit_test(what_others_said),
                                         cmocka_unit_test(of_hosts),    cmocka_unit_test(record),
                                         cmocka_unit_test(of_addresses) };
    size_t n = 0;

    for (size_t i = 0; i < ANSWERS; i++, n++) {
        (void)snprintf(names[n], sizeof names[n], "answer %zu: %ld, %s", i, answers[i].status, answers[i].kinds);
        tests[n] = (struct CMUnitTest) { names[n], one_answer, NULL, NULL, (void *)(uintptr_t)&answers[i] };
    }
    for (size_t i = 0; i < COMPARES; i++, n++) {
        (void)snprintf(names[n], sizeof names[n], "ini %zu: %s", i, compares[i].kinds);
        tests[n] = (struct CMUnitTest) { names[n], one_comparison, NULL, NULL, (void *)(uintptr_t)&compares[i] };
    }
    return cmocka_run_group_tests(tests, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
