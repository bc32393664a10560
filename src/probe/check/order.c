#include "probe/check/order.h"

#include "base/buf.h"
#include "policy/model.h"
#include "probe/check/file.h"
#include "probe/check/observation.h"
#include "probe/judge/addresses.h"
#include "probe/judge/result.h"
#include "probe/read/first.h"
#include "read/finding.h"
#include "read/match.h"
#include "read/policy_field.h"
#include "read/share.h"
#include <stddef.h>

/* Can senders reach it? */
static bool is_reached(const struct mx_host *host)
{
    return !host->judged.is_gone && !host->judged.is_hidden;
}

/* Does an MX host fail in TLS that senders can reach? */
static bool fails_in_tls(const struct observation *o)
{
    bool fails = false;

    for (size_t i = 0; i < o->host_count; i++) {
        const struct probe_mx_host *judged = &o->hosts[i].judged;
        bool is_bad = judged->reach == PROBE_REACH_NONE || judged->reach == PROBE_REACH_PARTLY;
        fails |= is_bad && is_reached(&o->hosts[i]);
    }
    return fails && o->result->checks[PROBE_CHECK_SMTP].findings.verdict == PROBE_FAIL;
}

/* Does no pattern of POLICY match the name of an MX record? */
static bool fails_to_match(const struct observation *o, const struct probe_policy *policy)
{
    bool fails = false;

    for (size_t i = 0; i < o->host_count + o->unasked_count && policy->mx_count > 0; i++) {
        if (i < o->host_count && !is_reached(&o->hosts[i]))
            continue;
        const char *name = i < o->host_count ? o->hosts[i].name : o->unasked[i - o->host_count].name;
        struct probe_findings own = { 0 };
        fails |= probe_match_host(policy->mx.text, policy->mx_count, name, &own) == policy->mx_count;
        probe_findings_free(&own);
    }
    return fails;
}

static bool holds_mail(const struct observation *o, const struct probe_policy *policy)
{
    /* Where memory ran out, nobody knows: then no advice names an id. */
    if (policy->mx.failed || policy->findings.failed)
        return true;
    return policy->has_mode && policy->mode == POLICY_ENFORCE && (fails_in_tls(o) || fails_to_match(o, policy));
}

bool order_holds_mail(const struct observation *observation)
{
    const struct probe_expected *expected = observation->expected;
    bool has_file = expected != NULL && expected->policy != NULL;

    return holds_mail(observation, has_file ? &observation->wanted : &observation->policy);
}

enum probe_first order_first(const struct observation *observation)
{
    bool holds = order_holds_mail(observation);

    /* What is served at the address of --at, senders may not get yet. */
    if (observation_is_served(observation) && observation->context->at == NULL)
        return holds ? PROBE_FIRST_MEND : PROBE_FIRST_NOTHING;
    return holds ? PROBE_FIRST_MEND_AND_SERVE : PROBE_FIRST_SERVE;
}

/* Do senders that find the TXT record look for the policy? */
static bool is_looked_for(const struct observation *o)
{
    const struct probe_check *txt = &o->result->checks[PROBE_CHECK_TXT];

    return txt->state == PROBE_DONE && !probe_share_is_none(probe_share_less(probe_share_all(PROBE_SENDERS_TXT), &txt->findings));
}

/* Puts TEXT before what CHECK has observed. */
static void put_first(struct probe_check *check, const char *text)
{
    struct buf summary = { 0 };

    buf_print(&summary, "%s (RFC 8461 5)%s%s", text, check->summary.len > 0 ? "; " : "",
              check->summary.len > 0 ? check->summary.text : "");
    buf_free(&check->summary);
    check->summary = summary;
}

/* Does CHECK have a finding that keeps senders from the policy? */
static bool keeps_senders(const struct probe_check *check)
{
    bool keeps = false;

    for (size_t i = 0; i < check->findings.count; i++) {
        const struct probe_rule *rule = check->findings.list[i].rule;
        keeps |= rule->severity == PROBE_FAIL || rule->most > 0;
    }
    return keeps;
}

void order_add(struct observation *observation)
{
    struct probe_check *checks = observation->result->checks;

    if (!is_looked_for(observation) || !order_holds_mail(observation))
        return;
    for (size_t i = PROBE_CHECK_HOST; i <= PROBE_CHECK_POLICY; i++)
        if (keeps_senders(&checks[i]) && (i != PROBE_CHECK_POLICY || fails_in_tls(observation)))
            put_first(&checks[i], probe_first_text(PROBE_FIRST_MEND));
}
