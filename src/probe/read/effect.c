#include "probe/read/effect.h"
#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/read/compare.h"

#include <string.h>

enum { NAMES_MAX = 5 };

typedef bool is_fn(const struct probe_effect_host *host);

static bool is_refused(const struct probe_effect_host *host)
{
    return host->refused;
}

static bool is_gone(const struct probe_effect_host *host)
{
    return host->gone;
}

static bool is_good(const struct probe_effect_host *host)
{
    return !host->refused && !host->gone;
}

static bool is_dane(const struct probe_effect_host *host)
{
    return host->dane;
}

static bool is_partly(const struct probe_effect_host *host)
{
    return host->partly && !host->refused;
}

static size_t count(const struct probe_effect_facts *facts, is_fn *is)
{
    size_t n = 0;

    for (size_t i = 0; i < facts->host_count; i++)
        n += is(&facts->hosts[i]);
    return n;
}

/* Adds the first names: "a, b and c". */
static void add_names(const struct probe_effect_facts *facts, is_fn *is, struct buf *out)
{
    size_t all = count(facts, is), n = 0;

    for (size_t i = 0; i < facts->host_count && n < NAMES_MAX; i++) {
        if (!is(&facts->hosts[i]))
            continue;
        n++;
        buf_print(out, "%s", n == 1 ? "" : n == all ? " and " : ", ");
        buf_add_shown(out, facts->hosts[i].name, strlen(facts->hosts[i].name), DOMAIN_MAX);
    }
    if (all > n)
        buf_print(out, " and %zu more", all - n);
}

/* WHO, senders that have a policy in mode enforce, refuse some of the hosts. */
static void add_deferred(const struct probe_effect_facts *facts, const char *who, struct buf *out)
{
    bool all = count(facts, is_good) == 0;

    buf_print(out, "%s are deferring mail for ", who);
    add_names(facts, is_refused, out);
    buf_print(out, " now (RFC 8461 5)");
    if (all) {
        buf_print(out, ", and %s has no other MX host: what stays in their queues for some days is returned to its authors.",
                  facts->domain);
        return;
    }
    buf_print(out, "; it goes to ");
    add_names(facts, is_good, out);
    buf_print(out, " instead, as long as that takes it.");
}

static void add_testing(const struct probe_effect_facts *facts, struct buf *out)
{
    buf_print(out, "Mail for ");
    add_names(facts, is_refused, out);
    buf_print(out, " is delivered all the same in mode testing, and would be deferred once the mode is enforce (RFC 8461 5).");
}

/* Senders cannot fetch the policy, or do not look for it. */
static void add_unavailable(const struct probe_effect_facts *facts, struct buf *out)
{
    bool enforce = facts->has_mode && facts->mode == POLICY_ENFORCE;

    if (!facts->published) {
        buf_print(out,
                  "Nothing is lost: mail for %s is delivered without MTA-STS, so whoever sits between can read and change it. "
                  "A sender that has a policy from earlier keeps to it until its max_age has passed (RFC 8461 5.1).",
                  facts->domain);
        return;
    }
    buf_print(out,
              "Senders without a policy in their cache find none, and deliver without MTA-STS: nothing is deferred, and nothing "
              "is protected (RFC 8461 %s). Those that have one keep to it until its max_age has passed, and do not learn of a "
              "newer one (RFC 8461 5.1).",
              facts->txt_good ? "3.3" : "3.1");
    if (enforce && count(facts, is_refused) > 0) {
        buf_print(out, " ");
        add_deferred(facts, "Of those, the ones that have mode enforce", out);
    }
}

static void add_available(const struct probe_effect_facts *facts, struct buf *out)
{
    if (count(facts, is_refused) == 0 || !facts->has_mode)
        return;
    if (facts->mode == POLICY_ENFORCE)
        add_deferred(facts, "Senders that honour MTA-STS", out);
    else if (facts->mode == POLICY_TESTING)
        add_testing(facts, out);
}

static const char *const sentences[] = {
    [PROBE_SAME] = NULL,
    [PROBE_OLD_ID] = "Senders with an older policy in their cache do not fetch this one before that has expired, and defer mail "
                     "by what it says; those without have the new one (RFC 8461 5.1).",
    [PROBE_EARLY_ID] =
        "Senders that look now take what is served under the new id, and do not fetch the policy of the file until "
        "max_age has passed or the id changes once more (RFC 8461 5.1).",
    [PROBE_OTHER] = "Senders keep to the policy that is served, and not to that of the file.",
    [PROBE_NOT_COMPARED] = NULL,
};

static void begin_sentence(struct buf *out, size_t before)
{
    if (out->len > before)
        buf_print(out, " ");
}

/* What it means that addresses of one host are not alike. */
static void add_addresses(const struct probe_effect_facts *facts, struct buf *out, size_t before)
{
    bool has_policy = facts->txt_good && facts->policy_good;

    if (has_policy && facts->policy_differs) {
        begin_sentence(out, before);
        buf_print(out,
                  "Which policy a sender keeps depends on the address that it asked, so senders disagree until all serve the "
                  "same (RFC 8461 5.1).");
    }
    if (has_policy && facts->policy_partly) {
        begin_sentence(out, before);
        buf_print(out,
                  "A sender that asks an address of the policy host that fails keeps to the policy in its cache, or delivers "
                  "without MTA-STS (RFC 8461 3.3, 5.1).");
    }
    if (has_policy && facts->has_mode && facts->mode == POLICY_ENFORCE && count(facts, is_partly) > 0) {
        begin_sentence(out, before);
        buf_print(out, "At the addresses that fail of ");
        add_names(facts, is_partly, out);
        buf_print(out, ", senders that honour MTA-STS deliver nothing: each tries the next address or MX host, and only defers "
                       "where it tries no other (RFC 8461 5, RFC 5321 5.1).");
    }
}

void probe_effect(const struct probe_effect_facts *facts, struct buf *out)
{
    size_t before = out->len;

    if (facts->is_certain && !(facts->txt_good && facts->policy_good))
        add_unavailable(facts, out);
    else
        add_available(facts, out);
    if (sentences[facts->compared] != NULL && facts->txt_good) {
        begin_sentence(out, before);
        buf_print(out, "%s", sentences[facts->compared]);
    }
    add_addresses(facts, out, before);
    if (count(facts, is_gone) > 0) {
        begin_sentence(out, before);
        buf_print(out, "No sender at all can deliver to ");
        add_names(facts, is_gone, out);
        buf_print(out, " (RFC 5321 5.1).");
    }
    if (count(facts, is_dane) > 0) {
        begin_sentence(out, before);
        buf_print(out, "Senders that honour DANE are deferring mail for ");
        add_names(facts, is_dane, out);
        buf_print(out, " now (RFC 7672 2.2).");
    }
}
