/* TLSA records: which senders use, and what they make of a host that has them. */
#include "probe/judge/dane.h"
#include "findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const unsigned char digest[64] = { 1 };
static const unsigned char der[] = { 0x30, 3, 1, 2, 3 }, cut[] = { 0x30, 3, 1, 2 }, more[] = { 0x30, 3, 1, 2, 3, 4 },
                           set[] = { 0x31, 1, 2 }, endless[] = { 0x30, 0x80, 0, 0 }, wide[] = { 0x30, 0x84, 0, 0, 0, 0 },
                           headless[] = { 0x30, 0x82, 1 };
static unsigned char large[4 + 300] = { 0x30, 0x82, 1, 44 };

static const struct {
    struct probe_tlsa tlsa;
    bool is_usable;
} records[] = {
    { { 3, 1, 1, digest, 32 }, true },
    { { 2, 0, 1, digest, 32 }, true },
    { { 3, 1, 2, digest, 64 }, true },
    { { 3, 0, 0, der, sizeof der }, true },
    { { 2, 1, 0, large, sizeof large }, true },
    { { 0, 0, 1, digest, 32 }, false },
    { { 1, 1, 1, digest, 32 }, false },
    { { 4, 1, 1, digest, 32 }, false },
    { { 255, 1, 1, digest, 32 }, false },
    { { 3, 2, 1, digest, 32 }, false },
    { { 3, 1, 3, digest, 32 }, false },
    { { 3, 1, 1, digest, 31 }, false },
    { { 3, 1, 1, digest, 33 }, false },
    { { 3, 1, 1, digest, 0 }, false },
    { { 3, 1, 2, digest, 32 }, false },
    { { 3, 1, 1, digest, 64 }, false },
    { { 3, 0, 0, cut, sizeof cut }, false },
    { { 3, 0, 0, more, sizeof more }, false },
    { { 3, 0, 0, set, sizeof set }, false },
    { { 3, 0, 0, endless, sizeof endless }, false },
    { { 3, 0, 0, wide, sizeof wide }, false },
    { { 3, 0, 0, headless, sizeof headless }, false },
    { { 3, 0, 0, der, 1 }, false },
    { { 2, 1, 0, large, sizeof large - 1 }, false },
};

static void usable(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        assert_int_equal(probe_dane_is_usable(&records[i].tlsa), records[i].is_usable);
}

// clang-format off
#define GOOD { 3, 1, 1, digest, 32 }
#define BAD { 1, 1, 1, digest, 32 }
// clang-format on

static const struct dane_case {
    const char *label;
    enum probe_dns_state state;
    bool authentic, is_bogus;
    const char *unvalidated;
    struct probe_tlsa tlsa[2];
    size_t count, chains, matched;
    bool is_used, is_deferred;
    size_t findings;
    enum probe_severity verdict;
    const char *says;
} cases[] = {
    { "none", PROBE_DNS_ABSENT, false, false, NULL, { { 0 } }, 0, 1, 0, false, false, 0, PROBE_OK, "no TLSA record" },
    { "signed, matched",
      PROBE_DNS_FOUND,
      true,
      false,
      NULL,
      { GOOD },
      1,
      2,
      2,
      true,
      false,
      0,
      PROBE_OK,
      "1 TLSA record, signed, matched by its certificate" },
    { "signed, at one of two addresses",
      PROBE_DNS_FOUND,
      true,
      false,
      NULL,
      { GOOD },
      1,
      2,
      1,
      true,
      false,
      1,
      PROBE_WARN,
      "1 TLSA record, signed, matched by its certificate at some addresses only" },
    { "signed, not matched",
      PROBE_DNS_FOUND,
      true,
      false,
      NULL,
      { GOOD, GOOD },
      2,
      1,
      0,
      true,
      true,
      1,
      PROBE_FAIL,
      "2 TLSA records, signed, not matched by its certificate" },
    { "signed, no certificate",
      PROBE_DNS_FOUND,
      true,
      false,
      NULL,
      { GOOD },
      1,
      0,
      0,
      true,
      false,
      0,
      PROBE_OK,
      "1 TLSA record, signed, not compared with a certificate" },
    { "insecure, not matched",
      PROBE_DNS_FOUND,
      false,
      false,
      NULL,
      { GOOD },
      1,
      1,
      0,
      false,
      false,
      0,
      PROBE_OK,
      "1 TLSA record, not signed, so not used, not matched by its certificate" },
    { "signed, one of two usable",
      PROBE_DNS_FOUND,
      true,
      false,
      NULL,
      { BAD, GOOD },
      2,
      1,
      1,
      true,
      false,
      1,
      PROBE_OK,
      "2 TLSA records (senders use 1), signed, matched by its certificate" },
    { "signed, none usable",
      PROBE_DNS_FOUND,
      true,
      false,
      NULL,
      { BAD },
      1,
      1,
      0,
      false,
      false,
      2,
      PROBE_WARN,
      "1 TLSA record, which senders ignore, signed" },
    { "insecure, none usable",
      PROBE_DNS_FOUND,
      false,
      false,
      NULL,
      { BAD },
      1,
      1,
      0,
      false,
      false,
      1,
      PROBE_OK,
      "1 TLSA record, which senders ignore, not signed, so not used" },
    { "not validated",
      PROBE_DNS_FOUND,
      false,
      false,
      "there is no key",
      { GOOD },
      1,
      1,
      0,
      false,
      false,
      0,
      PROBE_OK,
      "1 TLSA record, not validated: there is no key; not matched by its certificate" },
    { "bogus", PROBE_DNS_AGAIN, false, true, NULL, { { 0 } }, 0, 1, 0, false, true, 1, PROBE_FAIL, "why" },
    { "no answer", PROBE_DNS_AGAIN, false, false, NULL, { { 0 } }, 0, 1, 0, false, false, 0, PROBE_OK, "why" },
};

enum { CASES = sizeof cases / sizeof cases[0] };

/* A host that takes no TLS shows no certificate, and senders that use its records defer. */
static void without_tls(void **state)
{
    struct probe_tlsa list[] = { GOOD };
    struct probe_dns_answer answer = { .state = PROBE_DNS_FOUND, .authentic = true, .tlsa = list, .count = 1 };
    const struct probe_dane_facts facts = { "mx", &answer, 0, 0, true };
    struct probe_findings findings = { 0 };
    struct buf out = { 0 };

    (void)state;
    assert_true(probe_dane_judge(&facts, &findings, &out).is_deferred);
    assert_int_equal(findings.verdict, PROBE_FAIL);
    assert_kinds(&findings, "dane-mismatch");
    answer.authentic = false;
    assert_false(probe_dane_judge(&facts, &findings, &out).is_deferred);
    assert_kinds(&findings, "");
    buf_free(&out);
}

static void judge(void **state)
{
    const struct dane_case *c = *state;
    struct probe_tlsa list[2] = { c->tlsa[0], c->tlsa[1] };
    const struct probe_dns_answer answer = { .state = c->state,
                                             .authentic = c->authentic,
                                             .is_bogus = c->is_bogus,
                                             .unvalidated = c->unvalidated,
                                             .why = c->state == PROBE_DNS_FOUND ? NULL : "why",
                                             .tlsa = list,
                                             .count = c->count };
    const struct probe_dane_facts facts = { "mx", &answer, c->chains, c->matched, false };
    struct probe_findings findings = { 0 };
    struct buf out = { 0 };

    struct probe_dane dane = probe_dane_judge(&facts, &findings, &out);
    assert_int_equal(dane.is_used, c->is_used);
    assert_int_equal(dane.is_deferred, c->is_deferred);
    assert_int_equal(findings.count, c->findings);
    assert_int_equal(findings.verdict, c->verdict);
    assert_int_equal(strncmp(out.text, "mx: ", 4), 0);
    assert_string_equal(out.text + 4, c->says);
    probe_findings_free(&findings);
    buf_free(&out);
}

int main(void)
{
    static struct CMUnitTest tests[CASES];
    const struct CMUnitTest others[] = { cmocka_unit_test(usable), cmocka_unit_test(without_tls) };

    for (size_t i = 0; i < CASES; i++)
        tests[i] = (struct CMUnitTest) { cases[i].label, judge, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    return _cmocka_run_group_tests("probe_dane", tests, CASES, NULL, NULL) +
           cmocka_run_group_tests_name("probe_dane, records", others, NULL, NULL);
}
