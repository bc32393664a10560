/* What happens to mail: by mode, for senders with a policy in their cache and for those without. */
#include "probe/judge/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// clang-format off
#define ALL(of) { true, of, of, of }
#define SOME(least, most, of) { true, least, most, of }
#define NONE(of) { true, 0, 0, of }
// clang-format on

#define RECORD ALL(16)
#define POLICY ALL(17)
// clang-format off
#define GOOD { "mx1.example.org", ALL(15), false, false, false, false }
#define BAD { "mx2.example.org", NONE(15), false, false, false, false }
#define DANE { "mx3.example.org", ALL(15), false, true, false, false }
#define GONE { "mx4.example.org", NONE(15), true, false, false, false }
#define DISPUTED { "mx5.example.org", SOME(10, 11, 15), false, false, false, false }
#define HIDDEN { "mx7.example.org", ALL(15), false, false, false, true }
#define PARTLY { "mx6.example.org", ALL(15), false, false, true, false }
// clang-format on

#define CACHED "Those that have one keep to it until its max_age has passed, and do not learn of a newer one (RFC 8461 5.1)."
#define NONE_FOUND(section)                                                                                                      \
    "Senders without a policy in their cache find none, and deliver without MTA-STS, unprotected (RFC 8461 " section ")."        \
    " " CACHED
#define UNPROTECTED                                                                                                              \
    ": those deliver without MTA-STS, unprotected, or keep to a policy from earlier until its max_age has passed (RFC 8461 "     \
    "5.1)."
#define NO_OTHER ", and example.org has no other MX host: what stays in their queues for some days is returned to its authors."

#define FIRST                                                                                                                    \
    " First mend that: as soon as they find the policy, all other senders that honour MTA-STS defer this mail, too, which they " \
    "deliver now."

enum { HOSTS_MAX = 8 };

static const struct effect_case {
    const char *name;
    bool no_domain, published;
    struct probe_share record, policy;
    bool has_mode;
    enum policy_mode mode;
    enum probe_compared compared;
    struct probe_effect_host hosts[HOSTS_MAX];
    size_t count;
    const char *says;
} cases[] = {
    { "all is well", false, true, RECORD, POLICY, true, POLICY_ENFORCE, PROBE_SAME, { GOOD }, 1, "" },
    { "testing, no public address",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_TESTING,
      PROBE_SAME,
      { HIDDEN },
      1,
      "Unless the DNS gives senders elsewhere other addresses than it gives here, they are deferring mail for mx7.example.org "
      "now "
      "(RFC 5321 5.1)" NO_OTHER },
    { "enforce, one of three without a public address, another with a fault",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD, BAD, HIDDEN },
      3,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5); it goes to mx1.example.org instead, "
      "as long as that takes it. Unless the DNS gives senders elsewhere other addresses than it gives here, they are deferring "
      "mail for mx7.example.org now (RFC 5321 5.1); it goes to mx1.example.org instead, as long as that takes it." },
    { "enforce, one of two fails",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD, BAD },
      2,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5); it goes to mx1.example.org instead, "
      "as long as that takes it." },
    { "enforce, the only one fails",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_NOT_COMPARED,
      { BAD },
      1,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5)" NO_OTHER },
    { "an id that half of the senders take",
      false,
      true,
      SOME(7, 8, 16),
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { BAD },
      1,
      "Senders that take the record (7 to 8 of 16 implementations) are deferring mail for mx2.example.org now (RFC 8461 "
      "5)" NO_OTHER " The record is refused by 8 to 9 of 16 sender implementations" UNPROTECTED },
    { "white space before the semicolon",
      false,
      true,
      SOME(13, 13, 16),
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD },
      1,
      "The record is refused by 3 of 16 sender implementations" UNPROTECTED },
    { "a policy with a comment",
      false,
      true,
      RECORD,
      SOME(10, 10, 17),
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { BAD },
      1,
      "Senders that take the policy (10 of 17 implementations) are deferring mail for mx2.example.org now (RFC 8461 5)" NO_OTHER
      " The policy is refused by 7 of 17 sender implementations" UNPROTECTED },
    { "both",
      false,
      true,
      SOME(0, 7, 16),
      SOME(10, 10, 17),
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD, BAD },
      2,
      "Senders that take the record (up to 7 of 16 implementations) and the policy (10 of 17 implementations) are deferring mail "
      "for mx2.example.org now (RFC 8461 5); it goes to mx1.example.org instead, as long as that takes it. The record is refused "
      "by 9 to 16 of 16 sender implementations, and the policy by 7 of 17" UNPROTECTED },
    { "a policy of mode none that some refuse",
      false,
      true,
      RECORD,
      SOME(15, 15, 17),
      true,
      POLICY_NONE,
      PROBE_SAME,
      { BAD },
      1,
      "The policy is refused by 2 of 17 sender implementations: those that have a policy from earlier keep to it until its "
      "max_age has passed (RFC 8461 5.1)." },
    { "an MX host that some match",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD, DISPUTED },
      2,
      "Some that have the policy (4 to 5 of 15 implementations) find no match in it for mx5.example.org, and are deferring mail "
      "for it now (RFC 8461 4.1, 5); it goes to mx1.example.org instead, as long as that takes it." },
    { "one that all refuse, and one that some match",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { BAD, DISPUTED },
      2,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5); it goes to mx5.example.org instead, "
      "as long as that takes it. Some that have the policy (4 to 5 of 15 implementations) find no match in it for "
      "mx5.example.org, and are deferring mail for it now (RFC 8461 4.1, 5)" NO_OTHER },
    { "nobody knows who takes the record",
      false,
      true,
      { false, 0, 0, 0 },
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { BAD },
      1,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5)" NO_OTHER },
    { "testing",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_TESTING,
      PROBE_SAME,
      { GOOD, BAD },
      2,
      "MTA-STS holds back no mail for mx2.example.org in mode testing; it would be deferred once the mode is enforce (RFC 8461 "
      "5)." },
    { "none", false, true, RECORD, POLICY, true, POLICY_NONE, PROBE_SAME, { BAD }, 1, "" },
    { "nothing published",
      false,
      false,
      NONE(16),
      NONE(17),
      false,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { GOOD },
      1,
      "Senders find no MTA-STS for example.org: whoever sits between can read and change the mail. A sender that has a policy "
      "from earlier keeps to it until its max_age has passed (RFC 8461 5.1)." },
    { "nothing published, and no MX host",
      false,
      false,
      NONE(16),
      NONE(17),
      false,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { GONE },
      1,
      "No sender at all can deliver to mx4.example.org (RFC 5321 5.1), and example.org has no other MX host: its mail is "
      "returned to its authors." },
    { "no record, and a policy",
      false,
      true,
      NONE(16),
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD },
      1,
      NONE_FOUND("3.1") },
    { "a record, and no policy",
      false,
      true,
      RECORD,
      NONE(17),
      false,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { GOOD },
      1,
      NONE_FOUND("3.3") },
    { "no policy, and a host that fails",
      false,
      true,
      RECORD,
      NONE(17),
      true,
      POLICY_ENFORCE,
      PROBE_NOT_COMPARED,
      { GOOD, BAD },
      2,
      NONE_FOUND("3.3") " Of those, the ones that have mode enforce are deferring mail for mx2.example.org now (RFC 8461 5); it "
                        "goes to mx1.example.org instead, as long as that takes it." FIRST },
    { "no record, and a host that fails",
      false,
      true,
      NONE(16),
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_NOT_COMPARED,
      { GOOD, BAD },
      2,
      NONE_FOUND("3.1") " Of those, the ones that have mode enforce are deferring mail for mx2.example.org now (RFC 8461 5); it "
                        "goes to mx1.example.org instead, as long as that takes it." FIRST },
    { "no policy, testing, and a host that fails",
      false,
      true,
      RECORD,
      NONE(17),
      true,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { BAD },
      1,
      NONE_FOUND("3.3") },
    { "the id was not renewed",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_OLD_ID,
      { GOOD },
      1,
      "Senders with an older policy in their cache do not fetch this one before that has expired, and defer mail by what it "
      "says; those without have the new one (RFC 8461 5.1)." },
    { "the id was not renewed, and no policy comes",
      false,
      true,
      RECORD,
      NONE(17),
      true,
      POLICY_ENFORCE,
      PROBE_OLD_ID,
      { GOOD },
      1,
      NONE_FOUND("3.3") },
    { "the id came early",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_TESTING,
      PROBE_EARLY_ID,
      { GOOD },
      1,
      "Senders that look now take what is served under the new id, and do not fetch the policy of the file until max_age has "
      "passed or the id changes once more (RFC 8461 5.1)." },
    { "another policy",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_TESTING,
      PROBE_OTHER,
      { GOOD },
      1,
      "Senders keep to the policy that is served, and not to that of the file." },
    { "one fails, and the other has no address",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { BAD, GONE },
      2,
      "Senders that honour MTA-STS are deferring mail for mx2.example.org now (RFC 8461 5)" NO_OTHER
      " No sender at all can deliver to mx4.example.org (RFC 5321 5.1)." },
    { "no address",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD, GONE },
      2,
      "No sender at all can deliver to mx4.example.org (RFC 5321 5.1)." },
    { "DANE",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD, DANE },
      2,
      "Senders that honour DANE are deferring mail for mx3.example.org now (RFC 7672 2.2)." },
    { "many fail",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_TESTING,
      PROBE_SAME,
      { BAD, BAD, BAD, BAD, BAD, BAD, BAD },
      7,
      "MTA-STS holds back no mail for mx2.example.org, mx2.example.org, mx2.example.org, mx2.example.org, mx2.example.org and 2 "
      "more in mode testing; it would be deferred once the mode is enforce (RFC 8461 5)." },
    { "no such domain",
      true,
      false,
      NONE(16),
      NONE(17),
      false,
      POLICY_TESTING,
      PROBE_NOT_COMPARED,
      { { 0 } },
      0,
      "Mail for example.org is returned to its authors at once: the domain does not exist (RFC 5321 5.1)." },
    { "an MX host fails at some addresses",
      false,
      true,
      RECORD,
      POLICY,
      true,
      POLICY_ENFORCE,
      PROBE_SAME,
      { GOOD, PARTLY },
      2,
      "At the addresses that fail of mx6.example.org, senders that honour MTA-STS deliver nothing: each tries the next address "
      "or MX host, and only defers where it tries no other (RFC 8461 5, RFC 5321 5.1)." },
    { "the same in mode testing", false, true, RECORD, POLICY, true, POLICY_TESTING, PROBE_SAME, { PARTLY }, 1, "" },
};

static void one_case(void **state)
{
    const struct effect_case *c = *state;
    const struct probe_effect_facts facts = { .domain = "example.org",
                                              .no_domain = c->no_domain,
                                              .published = c->published,
                                              .record = c->record,
                                              .policy = c->policy,
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
    struct probe_share record, policy;
    bool partly, differs;
    const char *unmatched, *says;
} policy_hosts[] = {
    { RECORD, POLICY, false, false, NULL, "" },
    { RECORD, POLICY, true, false, NULL, PARTLY_TEXT },
    { RECORD, POLICY, false, true, NULL, DIFFERS_TEXT },
    { RECORD, POLICY, true, true, NULL, DIFFERS_TEXT " " PARTLY_TEXT },
    { RECORD, POLICY, true, true, "mx1.example.org",
      DIFFERS_TEXT
      " Those that keep one that does not match mx1.example.org are deferring mail for it now (RFC 8461 4.1, 5). " PARTLY_TEXT },
    { RECORD, { false, 0, 0, 0 }, true, false, NULL, PARTLY_TEXT },
    { NONE(16), POLICY, true, true, NULL, NONE_FOUND("3.1") },
    { RECORD, NONE(17), true, true, NULL, NONE_FOUND("3.3") },
};

static void addresses_of_the_policy_host(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof policy_hosts / sizeof policy_hosts[0]; i++) {
        const struct probe_effect_facts facts = { .domain = "example.org",
                                                  .published = true,
                                                  .record = policy_hosts[i].record,
                                                  .policy = policy_hosts[i].policy,
                                                  .has_mode = true,
                                                  .mode = POLICY_ENFORCE,
                                                  .compared = PROBE_SAME,
                                                  .policy_partly = policy_hosts[i].partly,
                                                  .policy_differs = policy_hosts[i].differs,
                                                  .unmatched = policy_hosts[i].unmatched };
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
