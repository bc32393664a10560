/* The verdict on the records of a domain, its policy host and its MX hosts. */
#include "probe/judge/records.h"
#include "findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void mx_kinds(void **state)
{
    static char null[] = "", dot[] = ".", host[] = "a.example";
    struct probe_mx one[] = { { 0, null } }, other[] = { { 0, dot } }, two[] = { { 0, null }, { 10, host } },
                    nulls[] = { { 0, null }, { 10, dot } };
    struct probe_dns_answer answer = { .state = PROBE_DNS_FOUND, .mx = one, .count = 1 };
    struct probe_findings findings = { 0 };

    (void)state;
    assert_int_equal(probe_judge_mx("b.example", &answer, &findings), PROBE_MX_NULL);
    assert_kinds(&findings, "mx-null");
    answer.mx = other;
    assert_int_equal(probe_judge_mx("b.example", &answer, &findings), PROBE_MX_NULL);
    assert_kinds(&findings, "mx-null");
    answer.mx = two;
    answer.count = 2;
    assert_int_equal(probe_judge_mx("b.example", &answer, &findings), PROBE_MX_RECORDS);
    assert_kinds(&findings, "mx-null-beside");
    answer.mx = &two[1];
    answer.count = 1;
    assert_int_equal(probe_judge_mx("b.example", &answer, &findings), PROBE_MX_RECORDS);
    assert_kinds(&findings, "");
    answer.mx = nulls;
    answer.count = 2;
    assert_int_equal(probe_judge_mx("b.example", &answer, &findings), PROBE_MX_NULL);
    assert_kinds(&findings, "mx-null");
    answer = (struct probe_dns_answer) { .state = PROBE_DNS_ABSENT };
    assert_int_equal(probe_judge_mx("b.example", &answer, &findings), PROBE_MX_IMPLICIT);
    assert_kinds(&findings, "");
}

static void no_mx(void **state)
{
    static const char mx[] = "*.example.org\0mail.example.org", wild[] = "*.example.org";
    const struct probe_dns_answer none = { .state = PROBE_DNS_ABSENT };
    struct probe_findings findings = { 0 };

    (void)state;
    probe_judge_no_mx("example.org", NULL, 0, &findings);
    assert_kinds(&findings, "mx-implicit");
    probe_judge_no_mx("example.org", mx, 2, &findings);
    assert_text(&findings,
                "\"example.org\" has no MX record; senders use the name itself as its mail host, and no pattern of the "
                "policy matches that; publish an MX record for its mail host: mail.example.org, if mail for it is taken there "
                "(RFC 8461 4.1, RFC 5321 5.1)");
    probe_judge_no_mx("example.org", wild, 1, &findings);
    assert_text(&findings,
                "\"example.org\" has no MX record; senders use the name itself as its mail host, and no pattern of the "
                "policy matches that; publish an MX record for its mail host: one that its mx lines name, if mail for it is "
                "taken there (RFC 8461 4.1, RFC 5321 "
                "5.1)");
    probe_judge_mx_no_address("example.org", true, &none, &findings);
    assert_text(&findings,
                "\"example.org\" has no MX record and no address, so no sender can deliver to it; publish an MX record for "
                "its mail host (RFC 5321 5.1)");
    probe_judge_mx_no_address("mx.example.org", false, &none, &findings);
    assert_kinds(&findings, "smtp-absent");
    probe_judge_no_domain("example.org", &findings);
    assert_kinds(&findings, "txt-no-domain");
}

static void other_names(void **state)
{
    struct probe_findings findings = { 0 };

    (void)state;
    probe_judge_place("_mta-sts.d.example.d.example", "_mta-sts.d.example", "_mta-sts", false, PROBE_FIRST_NOTHING, &findings);
    assert_text(&findings,
                "\"_mta-sts.d.example.d.example\" has such a record, and no sender looks there; publish it at the right name: "
                "_mta-sts.d.example (where the form adds the zone's name by itself, enter \"_mta-sts\" and what is before "
                "the zone) (RFC 8461 3.1)");
    probe_judge_place("_smtp-tls.d.example", "_smtp._tls.d.example", "_smtp._tls", true, PROBE_FIRST_NOTHING, &findings);
    assert_kinds(&findings, "tlsrpt-place");
    probe_judge_dane_tlsrpt("mx.d.example", "_smtp._tls.mx.d.example", &findings);
    assert_text(&findings,
                "\"mx.d.example\" is protected by DANE, whose failures are reported by the MX host's name; publish a TLSRPT "
                "record there, too: _smtp._tls.mx.d.example (RFC 8460 1.1, 3)");
}

/* ADDRESSES, apart by spaces, and what is found at a policy host and at an MX host that has them. */
static const struct special_case {
    const char *addresses;
    bool is_partial; /* there may be more */
    const char *host, *smtp;
} specials[] = {
    { "11.0.0.1", false, "", "" },
    { "11.0.0.1 2a00:1::1", true, "", "" },
    { "11.0.0.1 10.0.0.1 fd00::1", false, "host-special,host-special", "smtp-special,smtp-special" },
    { "10.0.0.1", false, "host-none-public", "smtp-none-public" },
    { "127.0.0.1 fe80::1", false, "host-none-public", "smtp-none-public" },
    { "10.0.0.1", true, "host-special", "smtp-special" },
};

static void special_use(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        char text[64], *addresses[4];
        struct probe_dns_answer answer = { .state = PROBE_DNS_FOUND,
                                           .addresses = addresses,
                                           .is_partial = specials[i].is_partial };
        struct probe_findings findings = { 0 };
        (void)snprintf(text, sizeof text, "%s", specials[i].addresses);
        for (char *at = strtok(text, " "); at != NULL; at = strtok(NULL, " "))
            addresses[answer.count++] = at;
        bool none = strstr(specials[i].host, "none-public") != NULL;
        assert_int_equal(probe_judge_addresses("mta-sts.d.example", &answer, &findings), none);
        assert_int_equal(findings.verdict == PROBE_FAIL, none);
        assert_kinds(&findings, specials[i].host);
        assert_int_equal(probe_judge_mx_addresses("mx.d.example", &answer, &findings), none);
        assert_kinds(&findings, specials[i].smtp);
    }
}

/* Neither names a place for a record without what comes before. */
static void what_comes_first(void **state)
{
    static char nowhere[] = "nowhere.example";
    const struct probe_dns_answer answer = { .state = PROBE_DNS_ABSENT, .alias = nowhere };
    struct probe_findings findings = { 0 };

    (void)state;
    probe_judge_alias("_mta-sts.d.example", &answer, false, PROBE_FIRST_NOTHING, &findings);
    assert_text(&findings,
                "\"_mta-sts.d.example\" is a CNAME that leads to no TXT record; publish the record at its target, or in its "
                "place [nowhere.example] (RFC 8461 3.1)");
    probe_judge_alias("_mta-sts.d.example", &answer, false, PROBE_FIRST_SERVE, &findings);
    assert_text(&findings,
                "\"_mta-sts.d.example\" is a CNAME that leads to no TXT record; publish the record at its target, or in its "
                "place, but first let the policy be served [nowhere.example] (RFC 8461 3.1)");
    probe_judge_alias("_smtp._tls.d.example", &answer, true, PROBE_FIRST_NOTHING, &findings);
    assert_int_equal(findings.verdict, PROBE_WARN);
    assert_kinds(&findings, "tlsrpt-alias");
    probe_judge_place("_mta_sts.d.example", "_mta-sts.d.example", "_mta-sts", false, PROBE_FIRST_MEND, &findings);
    assert_non_null(strstr(probe_finding_text(&findings, &findings.list[0]),
                           "before the zone), but first mend what fails in mx and smtp, or serve mode testing (RFC 8461 3.1)"));
    assert_kinds(&findings, "txt-place");
}

static void mx_alias(void **state)
{
    static char target[] = "target.example";
    struct probe_dns_answer answer = { .state = PROBE_DNS_FOUND };
    struct probe_findings findings = { 0 };

    (void)state;
    probe_judge_mx_alias("mx.d.example", &answer, &findings);
    assert_kinds(&findings, "");
    answer.alias = target;
    probe_judge_mx_alias("mx.d.example", &answer, &findings);
    assert_int_equal(findings.verdict, PROBE_WARN);
    assert_non_null(strstr(probe_finding_text(&findings, &findings.list[0]), "[target.example] (RFC 2181 10.3, RFC 5321 5.1)"));
    assert_kinds(&findings, "smtp-alias");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(mx_kinds),         cmocka_unit_test(no_mx),
                                        cmocka_unit_test(other_names),      cmocka_unit_test(special_use),
                                        cmocka_unit_test(what_comes_first), cmocka_unit_test(mx_alias) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
