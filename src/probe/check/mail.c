#include "probe/check/mail.h"

#include "base/buf.h"
#include "base/words.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/hosts.h"
#include "probe/check/mx_host.h"
#include "probe/check/observation.h"
#include "probe/judge/addresses.h"
#include "probe/judge/dane.h"
#include "probe/judge/records.h"
#include "probe/judge/result.h"
#include "read/finding.h"
#include "read/match.h"
#include "read/policy_field.h"
#include "read/share.h"

#include <stdlib.h>
#include <string.h>

enum { UNKNOWN_SHOWN = 3 };

/* --- mx --- */

static bool has_host(const struct observation *o, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < o->host_count; i++)
        if (strlen(o->hosts[i].name) == len && domain_same(o->hosts[i].name, name, len))
            return true;
    return false;
}

/* Adds NAME to the hosts that smtp and dane look at. NULL: it is no host name, or among them already, or one too many. */
static struct mx_host *add_host(struct observation *o, const char *name)
{
    if (domain_fault(name, strlen(name)) != DOMAIN_FINE || has_host(o, name))
        return NULL;
    if (o->host_count == PROBE_HOSTS_MAX) {
        o->hosts_left_out++;
        return NULL;
    }
    struct mx_host *host = &o->hosts[o->host_count++];
    domain_normal(name, strlen(name), host->name);
    return host;
}

/* Keeps NAME, an MX record's, that is not asked. */
static void add_unasked(struct observation *o, const char *name, struct probe_share matched)
{
    if (has_host(o, name))
        return;
    for (size_t i = 0; i < o->unasked_count; i++)
        if (strcmp(o->unasked[i].name, name) == 0)
            return;
    o->unasked[o->unasked_count++] = (struct mx_unasked) { name, matched };
}

/* Matches NAME against POLICY, which is served at ADDRESS, and is another than elsewhere. False: senders that have it defer mail
 * for NAME. */
static bool match_at(const char *address, const struct probe_policy *policy, const char *name, struct probe_findings *findings)
{
    struct probe_findings own = { 0 };
    bool asks = policy->has_mode && policy->mode != POLICY_NONE && policy->mx_count > 0;
    bool matches = !asks || probe_match_host(policy->mx.text, policy->mx_count, name, &own) < policy->mx_count;

    for (size_t i = 0; i < own.count && !matches; i++)
        probe_findings_add_at(address, &own, i, own.list[i].severity, findings);
    findings->failed |= own.failed;
    probe_findings_free(&own);
    return matches || policy->mode != POLICY_ENFORCE;
}

/* Matches NAME, an MX record's, against the policies, if there is one. False: no pattern of the first one matches it. */
static bool match_host(struct observation *o, const char *name, struct probe_findings *findings)
{
    struct mx_host *host = add_host(o, name);
    bool matches = true;

    if (observation_has_patterns(o)) {
        const struct probe_share matched = probe_match_share(o->policy.mx.text, o->policy.mx_count, name);
        if (host != NULL)
            host->matched = matched;
        else
            add_unasked(o, name, matched);
        matches = probe_match_host(o->policy.mx.text, o->policy.mx_count, name, findings) < o->policy.mx_count;
    }
    for (size_t i = 0; i < o->at_count; i++)
        if (o->at[i].differs && !match_at(o->at[i].address, &o->at[i].policy, name, findings) && host != NULL)
            host->unmatched = true;
    return matches;
}

/* There is no MX record: the domain itself is the mail host. */
static void match_domain(struct observation *o, struct probe_check *check)
{
    struct probe_findings own = { 0 };
    bool matched = match_host(o, o->result->domain, &own);

    probe_judge_no_mx(o->result->domain, matched ? NULL : o->policy.mx.text, o->policy.mx_count, &check->findings);
    check->findings.failed |= own.failed;
    probe_findings_free(&own);
}

static void match_patterns(struct observation *o, struct probe_check *check)
{
    const char *hosts[PROBE_HOSTS_MAX];

    for (size_t i = 0; i < o->host_count; i++)
        hosts[i] = o->hosts[i].name;
    if (observation_has_patterns(o) && o->hosts_left_out == 0 && !o->is_implicit_mx)
        probe_match_unused(o->policy.mx.text, o->policy.mx_count, hosts, o->host_count, &check->findings);
}

static void describe_mx(const struct observation *o, struct probe_check *check)
{
    size_t all = o->host_count + o->hosts_left_out;

    buf_print(&check->summary, "%zu MX host%s", all, words_plural(all));
    if (observation_is_mode_none(o))
        buf_print(&check->summary, ", of which mode none requires nothing");
    else if (!observation_has_patterns(o))
        buf_print(&check->summary, ", and no policy to match %s against", all == 1 ? "it" : "them");
    else if (check->findings.verdict != PROBE_FAIL)
        buf_print(&check->summary, ", %s", all == 1 ? "matched" : "all matched");
}

/* Is the host of record AT that of an earlier one? */
static bool is_repeated(const struct probe_dns_answer *answer, size_t at)
{
    bool found = false;

    for (size_t i = 0; i < at; i++)
        found |= strcmp(answer->mx[i].host, answer->mx[at].host) == 0;
    return found;
}

static void match_all(struct observation *o, struct probe_check *check, const struct probe_dns_answer *answer)
{
    enum probe_mx_kind kind = probe_judge_mx(o->result->domain, answer, &check->findings);

    o->is_null_mx = kind == PROBE_MX_NULL;
    if (o->is_null_mx)
        return;
    o->is_implicit_mx = kind == PROBE_MX_IMPLICIT;
    if (o->is_implicit_mx)
        match_domain(o, check);
    for (size_t i = 0; kind == PROBE_MX_RECORDS && i < answer->count; i++)
        if (!probe_mx_is_null(&answer->mx[i]) && !is_repeated(answer, i))
            (void)match_host(o, answer->mx[i].host, &check->findings);
    match_patterns(o, check);
    describe_mx(o, check);
}

void probe_check_mx(struct observation *o, struct probe_check *check)
{
    if (o->mx.state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, o->mx.why);
        return;
    }
    o->has_mx = true;
    o->hosts = calloc(PROBE_HOSTS_MAX, sizeof *o->hosts);
    o->unasked = calloc(o->mx.count + 1, sizeof *o->unasked);
    if (o->hosts == NULL || o->unasked == NULL)
        check->findings.failed = true;
    else
        match_all(o, check, &o->mx);
    if (!observation_has_patterns(o) && check->findings.verdict == PROBE_OK)
        check->state = PROBE_SKIPPED;
}

/* --- smtp, dane --- */

static void judge_smtp(struct observation *o, struct mx_host *host, struct probe_check *check)
{
    host->judged = probe_mx_host_judge(host->name, o->is_implicit_mx, host->shown, &check->findings);
    host->failed = host->judged.reach == PROBE_REACH_NONE && !host->judged.is_gone;
    host->unknown = host->judged.reach == PROBE_REACH_UNKNOWN || host->judged.not_asked > 0;
    o->addresses_left_out += host->judged.left_out;
}

/* Why it is unknown whether the first such hosts are good enough, where no finding says it. */
static void describe_unknown(const struct observation *o, struct probe_check *check)
{
    size_t count = 0;

    for (size_t i = 0; i < o->host_count; i++) {
        if (!o->hosts[i].unknown || o->hosts[i].judged.is_told || count++ >= UNKNOWN_SHOWN)
            continue;
        buf_print(&check->summary, "; %s: ", o->hosts[i].name);
        check_add(check, o->hosts[i].judged.why);
    }
    if (count > UNKNOWN_SHOWN)
        buf_print(&check->summary, "; and %zu more", count - UNKNOWN_SHOWN);
}

/* The names in MX records that are CNAMEs. The domain itself, without MX records, may be one. */
static void judge_aliases(const struct observation *o, struct probe_check *check)
{
    for (size_t i = 0; i < o->host_count && !o->is_implicit_mx; i++)
        if (o->hosts[i].shown != NULL && !o->hosts[i].judged.is_gone)
            probe_judge_mx_alias(o->hosts[i].name, &o->hosts[i].shown->addresses, &check->findings);
}

static void describe_smtp(struct observation *o, struct probe_check *check)
{
    const struct probe_mx_host *only = &o->hosts[0].judged;
    size_t good = 0;
    bool unknown = false;

    for (size_t i = 0; i < o->host_count; i++) {
        const struct mx_host *host = &o->hosts[i];
        good += host->judged.good > 0 && !host->unknown;
        unknown |= host->unknown;
    }
    if (o->host_count == 1 && good == 1)
        probe_mx_host_describe(o->hosts[0].shown, &check->summary);
    else
        buf_print(&check->summary, "%zu of %zu MX host%s with STARTTLS and a valid certificate", good, o->host_count,
                  words_plural(o->host_count));
    if (o->host_count == 1 && only->count > 1)
        buf_print(&check->summary, "; at %zu of %zu addresses", only->good, only->count);
    if (o->hosts_left_out > 0)
        buf_print(&check->summary, "; %zu more were not looked at (limit: %d)", o->hosts_left_out, PROBE_HOSTS_MAX);
    if (o->addresses_left_out > 0)
        buf_print(&check->summary, "; %zu more addresses were not looked at (limit: %d of a host)", o->addresses_left_out,
                  PROBE_ADDRESSES_MAX);
    if (!unknown && o->hosts_left_out == 0 && o->addresses_left_out == 0)
        return;
    check->state = PROBE_UNKNOWN;
    describe_unknown(o, check);
}

void probe_check_smtp(struct observation *o, struct probe_check *check)
{
    const char *names[PROBE_HOSTS_MAX] = { 0 };
    const struct probe_host *shown[PROBE_HOSTS_MAX];

    for (size_t i = 0; i < o->host_count; i++)
        names[i] = o->hosts[i].name;
    check->findings.failed |= !probe_hosts_get(o->context->hosts, o->dns, &o->fetch, names, o->host_count, shown);
    for (size_t i = 0; i < o->host_count; i++) {
        o->hosts[i].shown = shown[i];
        judge_smtp(o, &o->hosts[i], check);
    }
    describe_smtp(o, check);
    judge_aliases(o, check);
}

static void judge_dane(struct mx_host *host, struct probe_check *check)
{
    const struct probe_dane_facts facts = { host->name, &host->shown->tlsa, host->judged.chains, host->judged.matched,
                                            host->failed && host->judged.chains == 0 && !host->judged.is_hidden };

    if (check->summary.len > 0)
        buf_print(&check->summary, "; ");
    struct probe_dane dane = probe_dane_judge(&facts, &check->findings, &check->summary);
    host->has_dane = dane.is_used;
    host->dane = dane.is_deferred;
}

void probe_check_dane(struct observation *o, struct probe_check *check)
{
    for (size_t i = 0; i < o->host_count; i++)
        if (o->hosts[i].shown != NULL)
            judge_dane(&o->hosts[i], check);
}
