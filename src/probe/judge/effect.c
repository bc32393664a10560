#include "probe/judge/effect.h"
#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/judge/compare.h"
#include "read/share.h"

#include <string.h>

enum { NAMES_MAX = 5 };

typedef bool is_fn(const struct probe_effect_host *host);

/* It has an address, but senders elsewhere cannot reach it. */
static bool is_hidden(const struct probe_effect_host *host)
{
    return host->hidden && !host->gone;
}

/* Senders have a way to it. */
static bool is_reachable(const struct probe_effect_host *host)
{
    return !host->hidden && !host->gone;
}

/* Nobody who has the policy takes it. */
static bool is_refused(const struct probe_effect_host *host)
{
    return is_reachable(host) && probe_share_is_none(host->taken);
}

/* Some of those who have the policy take it, and others do not. */
static bool is_disputed(const struct probe_effect_host *host)
{
    return is_reachable(host) && probe_share_is_some(host->taken);
}

static bool is_faulty(const struct probe_effect_host *host)
{
    return is_refused(host) || is_disputed(host);
}

static bool is_gone(const struct probe_effect_host *host)
{
    return host->gone;
}

static bool is_good(const struct probe_effect_host *host)
{
    return is_reachable(host) && !is_faulty(host);
}

/* Good for some at least. */
static bool is_left(const struct probe_effect_host *host)
{
    return is_good(host) || is_disputed(host);
}

static bool is_dane(const struct probe_effect_host *host)
{
    return host->dane && is_reachable(host);
}

/* Good for those who take it, and not at all of its addresses. */
static bool is_partly(const struct probe_effect_host *host)
{
    return host->partly && is_left(host);
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

/* Where the mail for hosts that are not taken goes: to those for which IS. */
static void add_elsewhere(const struct probe_effect_facts *facts, is_fn *is, struct buf *out)
{
    if (count(facts, is) == 0) {
        buf_print(out, ", and %s has no other MX host: what stays in their queues for some days is returned to its authors.",
                  facts->domain);
        return;
    }
    buf_print(out, "; it goes to ");
    add_names(facts, is, out);
    buf_print(out, " instead, as long as that takes it.");
}

/* --- senders with the policy --- */

/* "Senders that take the record (13 of 16 implementations)". */
static void add_who(const struct probe_effect_facts *facts, struct buf *out)
{
    bool record = probe_share_is_some(facts->record), policy = probe_share_is_some(facts->policy);

    buf_print(out, record || policy ? "Senders that take the " : "Senders that honour MTA-STS");
    if (record) {
        buf_print(out, "record (");
        probe_share_add(facts->record, out);
        buf_print(out, " implementations)%s", policy ? " and the " : "");
    }
    if (policy) {
        buf_print(out, "policy (");
        probe_share_add(facts->policy, out);
        buf_print(out, " implementations)");
    }
}

/* The least and the most that refuse one of the hosts that are in dispute. */
static struct probe_share refusing(const struct probe_effect_facts *facts)
{
    struct probe_share all = { false, 0, 0, 0 };

    for (size_t i = 0; i < facts->host_count; i++) {
        if (!is_disputed(&facts->hosts[i]))
            continue;
        struct probe_share one = probe_share_rest(facts->hosts[i].taken);
        if (!all.is_known || one.least < all.least)
            all.least = one.least;
        if (one.most > all.most)
            all.most = one.most;
        all.is_known = true;
        all.of = one.of;
    }
    return all;
}

/* BEFORE: what OUT had before the effect. */
static void begin_sentence(struct buf *out, size_t before)
{
    if (out->len > before)
        buf_print(out, " ");
}

/* Senders that have the policy in mode enforce: NULL for WHO means those that take what is published. */
static void add_deferred(const struct probe_effect_facts *facts, const char *who, struct buf *out)
{
    size_t before = out->len;

    if (count(facts, is_refused) > 0) {
        if (who != NULL)
            buf_print(out, "%s", who);
        else
            add_who(facts, out);
        buf_print(out, " are deferring mail for ");
        add_names(facts, is_refused, out);
        buf_print(out, " now (RFC 8461 5)");
        add_elsewhere(facts, is_left, out);
    }
    if (count(facts, is_disputed) > 0) {
        begin_sentence(out, before);
        buf_print(out, "Some that have the policy (");
        probe_share_add(refusing(facts), out);
        buf_print(out, " implementations) find no match in it for ");
        add_names(facts, is_disputed, out);
        buf_print(out, ", and are deferring mail for %s now (RFC 8461 4.1, 5)", count(facts, is_disputed) == 1 ? "it" : "these");
        add_elsewhere(facts, is_good, out);
    }
}

static void add_testing(const struct probe_effect_facts *facts, struct buf *out)
{
    buf_print(out, "MTA-STS holds back no mail for ");
    add_names(facts, is_faulty, out);
    buf_print(out, " in mode testing; it would be deferred once the mode is enforce (RFC 8461 5).");
}

/* --- senders without it --- */

/* Some senders refuse the record or the policy. */
static void add_missed(const struct probe_effect_facts *facts, struct buf *out)
{
    bool record = probe_share_is_some(facts->record), policy = probe_share_is_some(facts->policy);

    buf_print(out, "The ");
    if (record) {
        buf_print(out, "record is refused by ");
        probe_share_add(probe_share_rest(facts->record), out);
        buf_print(out, " sender implementations%s", policy ? ", and the " : "");
    }
    if (policy) {
        buf_print(out, "policy %sby ", record ? "" : "is refused ");
        probe_share_add(probe_share_rest(facts->policy), out);
        buf_print(out, "%s", record ? "" : " sender implementations");
    }
    buf_print(out, facts->has_mode && facts->mode == POLICY_NONE
                       ? ": those that have a policy from earlier keep to it until its max_age has passed (RFC 8461 5.1)."
                       : ": those deliver without MTA-STS, unprotected, or keep to a policy from earlier until its max_age has "
                         "passed (RFC 8461 5.1).");
}

/* No sender takes the record, or none takes the policy. */
static void add_unavailable(const struct probe_effect_facts *facts, struct buf *out)
{
    if (!facts->published)
        buf_print(out,
                  "Senders find no MTA-STS for %s: whoever sits between can read and change the mail. A sender that has a policy "
                  "from earlier keeps to it until its max_age has passed (RFC 8461 5.1).",
                  facts->domain);
    else
        buf_print(out,
                  "Senders without a policy in their cache find none, and deliver without MTA-STS, unprotected (RFC 8461 %s). "
                  "Those that have one keep to it until its max_age has passed, and do not learn of a newer one (RFC 8461 5.1).",
                  probe_share_is_none(facts->record) ? "3.1" : "3.3");
    if (facts->policy_hidden)
        buf_print(out,
                  " This is so unless the DNS gives senders elsewhere other addresses of the policy host than it gives here.");
    if (facts->has_mode && facts->mode == POLICY_ENFORCE && count(facts, is_faulty) > 0) {
        buf_print(out, " ");
        add_deferred(facts, "Of those, the ones that have mode enforce", out);
        if (count(facts, is_refused) > 0)
            buf_print(
                out,
                " First mend that: as soon as they find the policy, all other senders that honour MTA-STS defer this mail, too, "
                "which they deliver now.");
    }
}

static void add_available(const struct probe_effect_facts *facts, struct buf *out)
{
    size_t before = out->len;

    if (count(facts, is_faulty) > 0 && facts->has_mode && facts->mode == POLICY_ENFORCE)
        add_deferred(facts, NULL, out);
    else if (count(facts, is_faulty) > 0 && facts->has_mode && facts->mode == POLICY_TESTING)
        add_testing(facts, out);
    if (probe_share_is_some(facts->record) || probe_share_is_some(facts->policy)) {
        begin_sentence(out, before);
        add_missed(facts, out);
    }
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

/* One of the policies that are served does not match an MX host. */
static void add_unmatched(const struct probe_effect_facts *facts, struct buf *out)
{
    if (facts->unmatched == NULL)
        return;
    buf_print(out, " Those that keep one that does not match ");
    buf_add_shown(out, facts->unmatched, strlen(facts->unmatched), DOMAIN_MAX);
    buf_print(out, " are deferring mail for it now (RFC 8461 4.1, 5).");
}

/* What it means that addresses of one host are not alike. */
static void add_addresses(const struct probe_effect_facts *facts, struct buf *out, size_t before)
{
    if (!facts->record.is_known)
        return;
    if (facts->policy_differs) {
        begin_sentence(out, before);
        buf_print(out,
                  "Which policy a sender keeps depends on the address that it asked, so senders disagree until all serve the "
                  "same (RFC 8461 5.1).");
        add_unmatched(facts, out);
    }
    if (facts->policy_partly) {
        begin_sentence(out, before);
        buf_print(out,
                  "A sender that asks an address of the policy host that fails keeps to the policy in its cache, or delivers "
                  "without MTA-STS (RFC 8461 3.3, 5.1).");
    }
    if (facts->policy.is_known && facts->has_mode && facts->mode == POLICY_ENFORCE && count(facts, is_partly) > 0) {
        begin_sentence(out, before);
        buf_print(out, "At the addresses that fail of ");
        add_names(facts, is_partly, out);
        buf_print(out, ", senders that honour MTA-STS deliver nothing: each tries the next address or MX host, and only defers "
                       "where it tries no other (RFC 8461 5, RFC 5321 5.1).");
    }
}

/* What senders make of the record and the policy. */
static void add_policy(const struct probe_effect_facts *facts, struct buf *out)
{
    size_t before = out->len;

    if (probe_share_is_none(facts->record) || probe_share_is_none(facts->policy)) {
        add_unavailable(facts, out);
        return;
    }
    add_available(facts, out);
    if (sentences[facts->compared] != NULL) {
        begin_sentence(out, before);
        buf_print(out, "%s", sentences[facts->compared]);
    }
    add_addresses(facts, out, before);
}

static void add_gone(const struct probe_effect_facts *facts, struct buf *out)
{
    buf_print(out, "No sender at all can deliver to ");
    add_names(facts, is_gone, out);
    buf_print(out, " (RFC 5321 5.1)");
    if (count(facts, is_gone) == facts->host_count)
        buf_print(out, ", and %s has no other MX host: its mail is returned to its authors", facts->domain);
    buf_print(out, ".");
}

static void add_hidden(const struct probe_effect_facts *facts, struct buf *out)
{
    buf_print(out, "Unless the DNS gives senders elsewhere other addresses than it gives here, they are deferring mail for ");
    add_names(facts, is_hidden, out);
    buf_print(out, " now (RFC 5321 5.1)");
    add_elsewhere(facts, is_left, out);
}

void probe_effect(const struct probe_effect_facts *facts, struct buf *out)
{
    size_t before = out->len, gone = count(facts, is_gone), hidden = count(facts, is_hidden);

    if (facts->no_domain) {
        buf_print(out, "Mail for %s is returned to its authors at once: the domain does not exist (RFC 5321 5.1).",
                  facts->domain);
        return;
    }
    /* Where nobody can deliver, it does not matter what the policy says. */
    if (!facts->removed && (gone + hidden == 0 || gone + hidden < facts->host_count))
        add_policy(facts, out);
    if (gone > 0) {
        begin_sentence(out, before);
        add_gone(facts, out);
    }
    if (hidden > 0) {
        begin_sentence(out, before);
        add_hidden(facts, out);
    }
    if (count(facts, is_dane) > 0) {
        begin_sentence(out, before);
        buf_print(out, "Senders that honour DANE are deferring mail for ");
        add_names(facts, is_dane, out);
        buf_print(out, " now (RFC 7672 2.2).");
    }
}
