/* What happens to mail: by mode, for senders with a policy in their cache and for those without. */
#include "probe/read/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GOOD "mx1.example.org", false, false, false, false
#define BAD "mx2.example.org", true, false, false, false
#define GONE "mx4.example.org", false, true, false, false
#define PARTLY "mx5.example.org", false, false, false, true
#define DANE "mx3.example.org", false, false, true, false
#define CACHED "Those that have one keep to it until its max_age has passed, and do not learn of a newer one (RFC 8461 5.1)."
#define NONE_FOUND(section)                                                                                                      \
    "Senders without a policy in their cache find none, and deliver without MTA-STS: nothing is deferred, and nothing is "       \
    "protected (RFC 8461 " section "). " CACHED

enum { HOSTS_MAX = 8 };

static const struct effect_case {
    const char *name;
    bool is_certain, published, txt, policy, has_mode;
    enum policy_mode mode;
    enum probe_compared compared;
    struct probe_effect_host hosts[HOSTS_MAX];
    size_t count;
    const char *says;
} cases[] = {
    { "all is well", false, true, true, true, true, POLICY_ENFORCE, PROBE_SAME, { { GOOD } }, 1, "" },
    { "enforce, one of two fails",
      false,
      true,
      true,
      true,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { { GOOD }, { BAD } },
      2,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5); it goes to mx1.example.org instead, "
      "as "
      "long as that takes it." },
    { "enforce, the only one fails",
      false,
      true,
      true,
      true,
      true,
      POLICY_ENFORCE,
      PROBE_NOT_COMPARED,
      { { BAD } },
      1,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5), and example.org has no other MX "
      "host: "
      "what stays in their queues for some days is returned to its authors." },
    { "testing",
      false,
      true,
      true,
      true,
      true,
      POLICY_TESTING,
      PROBE_SAME,
      { { GOOD }, { BAD } },
      2,
      "Mail for mx2.example.org is delivered all the same in mode testing, and would be deferred once the mode is enforce (RFC "
      "8461 "
      "5)." },
    { "none", false, true, true, true, true, POLICY_NONE, PROBE_SAME, { { BAD } }, 1, "" },
    { "nothing published",
      true,
      false,
      false,
      false,
      false,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { { GOOD } },
      1,
      "Nothing is lost: mail for example.org is delivered without MTA-STS, so whoever sits between can read and change it. A "
      "sender "
      "that has a policy from earlier keeps to it until its max_age has passed (RFC 8461 5.1)." },
    { "no record, and a policy", true, true, false, true, true, POLICY_ENFORCE, PROBE_SAME, { { GOOD } }, 1, NONE_FOUND("3.1") },
    { "a record, and no policy",
      true,
      true,
      true,
      false,
      false,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { { GOOD } },
      1,
      NONE_FOUND("3.3") },
    { "no policy, and a host that fails",
      true,
      true,
      true,
      false,
      true,
      POLICY_ENFORCE,
      PROBE_NOT_COMPARED,
      { { GOOD }, { BAD } },
      2,
      NONE_FOUND(
          "3.3") " Of those, the ones that have mode enforce are deferring mail for mx2.example.org now (RFC 8461 5); it goes "
                 "to mx1.example.org instead, as long as that takes it." },
    { "no policy, testing, and a host that fails",
      true,
      true,
      true,
      false,
      true,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { { BAD } },
      1,
      NONE_FOUND("3.3") },
    { "the id was not renewed",
      false,
      true,
      true,
      true,
      true,
      POLICY_ENFORCE,
      PROBE_OLD_ID,
      { { GOOD } },
      1,
      "Senders with an older policy in their cache do not fetch this one before that has expired, and defer mail by what it "
      "says; "
      "those without have the new one (RFC 8461 5.1)." },
    { "the id came early",
      false,
      true,
      true,
      true,
      true,
      POLICY_TESTING,
      PROBE_EARLY_ID,
      { { GOOD } },
      1,
      "Senders that look now take what is served under the new id, and do not fetch the policy of the file until max_age has "
      "passed "
      "or the id changes once more (RFC 8461 5.1)." },
    { "another policy",
      false,
      true,
      true,
      true,
      true,
      POLICY_TESTING,
      PROBE_OTHER,
      { { GOOD } },
      1,
      "Senders keep to the policy that is served, and not to that of the file." },
    { "one fails, and the other has no address",
      false,
      true,
      true,
      true,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { { BAD }, { GONE } },
      2,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5), and example.org has no other MX "
      "host: "
      "what stays in their queues for some days is returned to its authors. No sender at all can deliver to mx4.example.org (RFC "
      "5321 5.1)." },
    { "no address",
      false,
      true,
      true,
      true,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { { GOOD }, { GONE } },
      2,
      "No sender at all can deliver to mx4.example.org (RFC 5321 5.1)." },
    { "DANE",
      false,
      true,
      true,
      true,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { { GOOD }, { DANE } },
      2,
      "Senders that honour DANE are deferring mail for mx3.example.org now (RFC 7672 2.2)." },
    { "many fail",
      false,
      true,
      true,
      true,
      true,
      POLICY_TESTING,
      PROBE_SAME,
      { { BAD }, { BAD }, { BAD }, { BAD }, { BAD }, { BAD }, { BAD } },
      7,
      "Mail for mx2.example.org, mx2.example.org, mx2.example.org, mx2.example.org, mx2.example.org and 2 more is delivered all "
      "the "
      "same in mode testing, and would be deferred once the mode is enforce (RFC 8461 5)." },
    { "an MX host fails at some addresses",
      false,
      true,
      true,
      true,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { { GOOD }, { PARTLY } },
      2,
      "At the addresses that fail of mx5.example.org, senders that honour MTA-STS deliver nothing: each tries the next address "
      "or "
      "MX host, and only defers where it tries no other (RFC 8461 5, RFC 5321 5.1)." },
    { "the same in mode testing", false, true, true, true, true, POLICY_TESTING, PROBE_SAME, { { PARTLY } }, 1, "" },
};

static void one_case(void **state)
{
    const struct effect_case *c = *state;
    const struct probe_effect_facts facts = { .domain = "example.org",
                                              .is_certain = c->is_certain,
                                              .published = c->published,
                                              .txt_good = c->txt,
                                              .policy_good = c->policy,
                                              .has_mode = c->has_mode,
                                              .mode = c->mode,
                                              .hosts = c->hosts,
                                              .host_count = c->count,
                                              .compared = c->compared };
    struct buf out = { 0 };

    probe_effect(&facts, &out);
    assert_string_equal(out.text != NULL ? out.text : "", c->says);
    buf_free(&out);
}

#define PARTLY_TEXT                                                                                                              \
    "A sender that asks an address of the policy host that fails keeps to the policy in its cache, or delivers without MTA-STS " \
    "(RFC 8461 3.3, 5.1)."
#define DIFFERS_TEXT                                                                                                             \
    "Which policy a sender keeps depends on the address that it asked, so senders disagree until all serve the same (RFC 8461 "  \
    "5.1)."

static const struct {
    bool txt, policy, partly, differs;
    const char *says;
} policy_hosts[] = {
    { true, true, false, false, "" },
    { true, true, true, false, PARTLY_TEXT },
    { true, true, false, true, DIFFERS_TEXT },
    { true, true, true, true, DIFFERS_TEXT " " PARTLY_TEXT },
    { false, true, true, true, NONE_FOUND("3.1") },
    { true, false, true, true, NONE_FOUND("3.3") },
};

static void addresses_of_the_policy_host(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof policy_hosts / sizeof policy_hosts[0]; i++) {
        const struct probe_effect_facts facts = { .domain = "example.org",
                                                  .is_certain = true,
                                                  .published = true,
                                                  .txt_good = policy_hosts[i].txt,
                                                  .policy_good = policy_hosts[i].policy,
                                                  .has_mode = true,
                                                  .mode = POLICY_ENFORCE,
                                                  .compared = PROBE_SAME,
                                                  .policy_partly = policy_hosts[i].partly,
                                                  .policy_differs = policy_hosts[i].differs };
        struct buf out = { 0 };
        probe_effect(&facts, &out);
        assert_string_equal(out.text != NULL ? out.text : "", policy_hosts[i].says);
        buf_free(&out);
    }
}

int main(void)
{
    enum { COUNT = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[COUNT + 1];

    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest) { cases[i].name, one_case, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    tests[COUNT] = (struct CMUnitTest)cmocka_unit_test(addresses_of_the_policy_host);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
