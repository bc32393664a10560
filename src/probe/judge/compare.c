#include "probe/judge/compare.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "read/finding.h"
#include "read/policy.h"
#include "read/policy_field.h"
#include "read/span.h"

#include <string.h>

enum { NAME_MAX_SHOWN = 255 };
enum {
    INI_MISTAKE,
    INI_BYTES,
    INI_POLICY,
    INI_POLICY_HELD,
    INI_NOT_SERVED,
    INI_ID,
    INI_ID_HELD,
    INI_ID_PARTLY,
    INI_ID_UNSEEN,
    INI_ID_BLIND,
    INI_ID_EARLY,
    INI_ID_LATER,
    INI_NO_ID,
    INI_NO_ID_HELD,
    INI_ZONE,
    RULES
};

#define RFC_CHANGE "RFC 8461 8.1"
#define RFC_TXT "RFC 8461 3.1"
#define ID_EARLY "is the id of the policy in the file, which is not served yet: senders keep what is served now under the new id"

static const struct probe_rule rules[RULES] = {
    [INI_MISTAKE] = { "ini-mistake", PROBE_FAIL, 0, 0, 0, "a mistake in the file stands in the way of its policy; correct it",
                      "policies.ini(5)" },
    [INI_BYTES] = { "ini-bytes", PROBE_WARN, 0, 0, 0,
                    "the policy that is served says the same as the file, but with different bytes; check what the front server "
                    "changes in it, or who else serves it",
                    "RFC 8461 3.2" },
    [INI_POLICY] = { "ini-policy", PROBE_FAIL, 0, 0, 0,
                     "another policy is served than the file has; check that mta-sts reads this file (its log names it), and "
                     "that the front server passes this name on to it",
                     RFC_CHANGE },
    [INI_POLICY_HELD] = { "ini-policy-held", PROBE_FAIL, 0, 0, 0,
                          "another policy is served than the file has; with that of the file, senders defer mail for what fails "
                          "in mx "
                          "and smtp, since its mode is enforce: first mend that, or write mode testing",
                          "RFC 8461 5, 8.1" },
    [INI_NOT_SERVED] = { "ini-not-served", PROBE_FAIL, 0, 0, 0,
                         "senders cannot fetch the policy of the file; first mend what fails above, and change no record before",
                         RFC_CHANGE },
    [INI_ID] = { "ini-id", PROBE_FAIL, 0, 0, 0,
                 "is not the id of the policy that is served, so senders with an older one do not fetch it; publish the record "
                 "below in its place",
                 RFC_CHANGE },
    [INI_ID_HELD] = { "ini-id-held", PROBE_FAIL, 0, 0, 0,
                      "is not the id of the policy that is served; under the new one, senders defer mail for what fails in mx "
                      "and "
                      "smtp, since the mode is enforce: first mend that, or serve mode testing",
                      "RFC 8461 5, 8.1" },
    [INI_ID_PARTLY] = { "ini-id-partly", PROBE_FAIL, 0, 0, 0,
                        "the id of the policy in the file is not published, and some addresses of the policy host do not serve "
                        "that policy; first let all of them serve it, and change no record before",
                        RFC_CHANGE },
    [INI_ID_UNSEEN] = { "ini-id-unseen", PROBE_FAIL, 0, 0, 0,
                        "the id of the policy in the file is not published, and not all addresses of the policy host could be "
                        "asked from here; look from a machine that reaches all of them, and change no record before",
                        RFC_CHANGE },
    [INI_ID_BLIND] = { "ini-id-mx", PROBE_FAIL, 0, 0, 0,
                       "the id of the policy in the file is not published, its mode is enforce, and the name servers did not say "
                       "which MX hosts there are; look again, and change no record before",
                       "RFC 8461 5, 8.1" },
    [INI_ID_EARLY] = { "ini-id-early", PROBE_FAIL, 0, 0, 0, ID_EARLY "; serve the policy of the file", RFC_CHANGE },
    [INI_ID_LATER] = { "ini-id-later", PROBE_OK, 0, 0, 0,
                       "the id of the policy in the file is not published; publish it when the DNS leads to this address, and "
                       "not before",
                       RFC_CHANGE },
    [INI_NO_ID] = { "ini-no-id", PROBE_FAIL, 0, 0, 0,
                    "there is not exactly one valid TXT record; publish the record below, and no other at this name", RFC_TXT },
    [INI_NO_ID_HELD] = { "ini-no-id-held", PROBE_FAIL, 0, 0, 0,
                         "there is not exactly one valid TXT record; with one, senders defer mail for what fails in mx and smtp, "
                         "since the mode is enforce: first mend that, or serve mode testing",
                         "RFC 8461 5, 3.1" },
    [INI_ZONE] = { "ini-zone", PROBE_OK, 0, 0, 0,
                   "has the record, since the domain is delegated to it; let its operator publish it there, as this command "
                   "prints it",
                   "RFC 8461 8.2" },
};

static bool says_the_same(const struct probe_policy *a, const struct probe_policy *b)
{
    return a->has_mode == b->has_mode && a->mode == b->mode && a->has_max_age == b->has_max_age && a->max_age == b->max_age &&
           a->mx_count == b->mx_count && a->mx.len == b->mx.len && domain_same(a->mx.text, b->mx.text, a->mx.len);
}

enum probe_bodies probe_compare_bodies(const char *served, size_t served_len, const char *wanted, size_t wanted_len)
{
    struct probe_policy first, second;

    if (served_len == wanted_len && (served_len == 0 || memcmp(served, wanted, served_len) == 0))
        return PROBE_BODIES_SAME;
    probe_policy_read(served, served_len, &first);
    probe_policy_read(wanted, wanted_len, &second);
    bool alike = says_the_same(&first, &second) && first.findings.verdict != PROBE_FAIL;
    probe_policy_free(&first);
    probe_policy_free(&second);
    return alike ? PROBE_BODIES_ALIKE : PROBE_BODIES_OTHER;
}

/* The rule that the served policy breaks, or NULL. */
static const struct probe_rule *policy_rule(const struct probe_published *published, const char *expected, size_t len)
{
    switch (probe_compare_bodies(published->policy, published->len, expected, len)) {
    case PROBE_BODIES_ALIKE:
        return &rules[INI_BYTES];
    case PROBE_BODIES_OTHER:
        return &rules[INI_POLICY];
    default:
        return NULL;
    }
}

/* Is the id of EXPECTED published? */
static bool is_renewed(const struct probe_published *published, const char *expected, size_t len)
{
    char id[POLICY_ID_SIZE];

    policy_id(expected, len, id);
    return published->id != NULL && strcmp(published->id, id) == 0;
}

/* Do senders get the policy, byte for byte, as far as it was looked at? */
static bool is_served(const struct probe_published *published, const char *expected, size_t len)
{
    return published->is_served && published->policy != NULL && policy_rule(published, expected, len) == NULL;
}

/* Is the policy served, and its id not published? */
static bool is_behind(const struct probe_published *published, const char *expected, size_t len)
{
    return is_served(published, expected, len) && published->is_id_known && !is_renewed(published, expected, len);
}

static bool is_enforced(const char *expected, size_t len)
{
    struct probe_policy policy;

    probe_policy_read(expected, len, &policy);
    bool enforces = policy.has_mode && policy.mode == POLICY_ENFORCE;
    probe_policy_free(&policy);
    return enforces;
}

/* Would a new id have senders defer mail? They may have another policy now, or none. */
static bool is_held(const struct probe_published *published, const char *expected, size_t len)
{
    return published->holds_mail && is_enforced(expected, len);
}

/* Can nobody say whether it would? */
static bool is_blind(const struct probe_published *published, const char *expected, size_t len)
{
    return published->is_mx_unknown && is_enforced(expected, len);
}

bool probe_compare_is_safe(const struct probe_published *published, const char *expected, size_t len)
{
    return is_served(published, expected, len) && !published->is_at && !published->is_partly && !published->is_unseen &&
           !is_held(published, expected, len) && !is_blind(published, expected, len);
}

bool probe_compare_is_due(const struct probe_published *published, const char *expected, size_t len)
{
    return is_behind(published, expected, len) && probe_compare_is_safe(published, expected, len);
}

static const struct probe_rule *id_rule(const struct probe_published *published, const char *expected, size_t len)
{
    bool held = is_held(published, expected, len);

    if (published->is_at)
        return &rules[INI_ID_LATER];
    if (published->is_partly)
        return &rules[INI_ID_PARTLY];
    if (published->is_unseen)
        return &rules[INI_ID_UNSEEN];
    if (is_blind(published, expected, len))
        return &rules[INI_ID_BLIND];
    if (published->id != NULL)
        return &rules[held ? INI_ID_HELD : INI_ID];
    return &rules[held ? INI_NO_ID_HELD : INI_NO_ID];
}

/* Is the finding about the id that is published? */
static bool names_id(const struct probe_published *published, const char *expected, size_t len)
{
    return !published->is_at && !published->is_partly && !published->is_unseen && !is_blind(published, expected, len);
}

/* ID is published too early. HELD: another finding says what comes before the policy is served. */
static void add_early(const char *id, bool held, struct probe_findings *findings)
{
    struct buf says = { 0 };

    buf_print(&says, "%s", held ? ID_EARLY : rules[INI_ID_EARLY].says);
    probe_findings_add_saying(findings, &rules[INI_ID_EARLY], 0, span_of(id), &says);
}

enum probe_compared probe_compare(const struct probe_published *published, const char *expected, size_t len,
                                  struct probe_findings *findings)
{
    const struct probe_rule *rule = published->policy != NULL ? policy_rule(published, expected, len) : NULL;
    bool other = rule == &rules[INI_POLICY], renewed = is_renewed(published, expected, len);

    if (other && is_held(published, expected, len))
        rule = &rules[INI_POLICY_HELD];
    if (rule != NULL)
        probe_findings_add(findings, rule, 0, span_of(NULL));
    if (!published->is_served && published->is_known)
        probe_findings_add(findings, &rules[INI_NOT_SERVED], 0, span_of(NULL));
    if (other && renewed && !published->is_at)
        add_early(published->id, rule == &rules[INI_POLICY_HELD], findings);
    if (is_behind(published, expected, len))
        probe_findings_add(findings, id_rule(published, expected, len), 0,
                           span_of(names_id(published, expected, len) ? published->id : NULL));
    if (published->policy == NULL)
        return PROBE_NOT_COMPARED;
    if (other)
        return renewed ? PROBE_EARLY_ID : PROBE_OTHER;
    return renewed || !published->is_id_known ? PROBE_SAME : PROBE_OLD_ID;
}

void probe_compare_mistake(const char *mistake, struct probe_findings *findings)
{
    struct buf says = { 0 };

    buf_add_shown(&says, mistake, strlen(mistake), (size_t)-1);
    probe_findings_add_saying(findings, &rules[INI_MISTAKE], 0, span_of(NULL), &says);
}

void probe_compare_zone(const char *domain, const char *zone, struct probe_findings *findings)
{
    struct buf says = { 0 };

    buf_print(&says, "%s: mta-sts dns --delegate %s --only zone %s", rules[INI_ZONE].says, zone, domain);
    probe_findings_add_saying(findings, &rules[INI_ZONE], 0, span_of(zone), &says);
}

void probe_compare_record(const char *name, const char *expected, size_t len, struct buf *out)
{
    char id[POLICY_ID_SIZE];

    policy_id(expected, len, id);
    buf_add_shown(out, name, strlen(name), NAME_MAX_SHOWN);
    buf_print(out, ". %d IN TXT \"v=STSv1; id=%s;\"", PROBE_TTL, id);
}

const struct probe_rules probe_compare_rules = { rules, RULES };
