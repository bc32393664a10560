#include "probe/check/domain.h"

#include "base/buf.h"
#include "base/clock.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetch.h"
#include "probe/ask/hosts.h"
#include "probe/ask/lack.h"
#include "probe/check/mail.h"
#include "probe/check/observation.h"
#include "probe/check/order.h"
#include "probe/check/record.h"
#include "probe/check/web.h"
#include "probe/judge/addresses.h"
#include "probe/judge/compare.h"
#include "probe/judge/effect.h"
#include "probe/judge/records.h"
#include "probe/judge/result.h"
#include "probe/read/txt.h"
#include "read/finding.h"
#include "read/policy.h"
#include "read/policy_field.h"
#include "read/share.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Why a check is skipped, as words after "not looked at"; NULL: it is not. */
typedef const char *skip_fn(const struct observation *o);

static const char *skip_https(const struct observation *o)
{
    return o->has_address ? NULL : "without the policy host's address";
}

static const char *skip_answer(const struct observation *o)
{
    return o->has_https ? NULL : "without HTTPS";
}

static const char *skip_policy(const struct observation *o)
{
    return o->has_body ? NULL : "since no policy came";
}

static const char *skip_smtp(const struct observation *o)
{
    if (o->host_count > 0)
        return NULL;
    return o->is_null_mx ? "since the domain takes no mail" : o->has_mx ? "since no MX is a host" : "without the MX records";
}

static const char *skip_ini(const struct observation *o)
{
    return o->expected != NULL && (o->expected->policy != NULL || o->expected->mistake != NULL) ? NULL : "without -f";
}

static const struct {
    skip_fn *skip; /* NULL: it is never skipped */
    check_fn *run;
    bool asks; /* the network, and can do nothing without; what was asked for first can be judged in any case */
} checks[PROBE_CHECKS] = {
    [PROBE_CHECK_TXT] = { NULL, probe_check_txt, false },
    [PROBE_CHECK_HOST] = { NULL, probe_check_host, true },
    [PROBE_CHECK_HTTPS] = { skip_https, probe_check_https, true },
    [PROBE_CHECK_ANSWER] = { skip_answer, probe_check_answer, false },
    [PROBE_CHECK_POLICY] = { skip_policy, probe_check_policy, false },
    [PROBE_CHECK_MX] = { NULL, probe_check_mx, false },
    [PROBE_CHECK_SMTP] = { skip_smtp, probe_check_smtp, true },
    [PROBE_CHECK_TLSRPT] = { NULL, probe_check_tlsrpt, false },
    [PROBE_CHECK_INI] = { skip_ini, probe_check_ini, false },
    [PROBE_CHECK_DANE] = { skip_smtp, probe_check_dane, false },
};

static void run_check(struct observation *o, enum probe_check_name name)
{
    struct probe_check *check = &o->result->checks[name];
    const char *skip = checks[name].skip != NULL ? checks[name].skip(o) : NULL;

    if (o->context->stop != NULL && *o->context->stop) {
        check_is_unknown(check, "stopped before it was looked at");
        return;
    }
    if (checks[name].asks && clock_ms() >= o->fetch.limit) {
        check_is_unknown(check, "the time for this domain was over before it was looked at; raise --domain-timeout");
        return;
    }
    bool has_mistake = name == PROBE_CHECK_INI && o->expected != NULL && o->expected->mistake != NULL;
    if (o->no_domain && name != PROBE_CHECK_TXT && !has_mistake)
        skip = "since the domain does not exist";
    if (skip != NULL) {
        buf_print(&check->summary, "not looked at %s", skip);
        return;
    }
    check->state = PROBE_DONE;
    checks[name].run(o, check);
    if (!check->findings.failed && !check->summary.failed && !probe_lack_memory())
        return;
    /* What was found with something missing may be wrong. */
    probe_findings_free(&check->findings);
    check_is_unknown(check, PROBE_LACK_SOMETHING);
    o->lacks = true;
}

/* Adds to CHECK the MX hosts that have no address, or no public one. Returns how many. */
static size_t add_gone(const struct observation *o, struct probe_check *check)
{
    size_t count = 0;

    for (size_t i = 0; i < o->host_count; i++) {
        const struct mx_host *host = &o->hosts[i];
        if (host->judged.is_gone)
            probe_judge_mx_no_address(host->name, o->is_implicit_mx, &host->shown->addresses, &check->findings);
        else if (host->judged.is_hidden)
            (void)probe_judge_mx_addresses(host->name, &host->shown->addresses, &check->findings);
        count += host->judged.is_gone || host->judged.is_hidden;
    }
    return count;
}

/* In mode none, senders ask no TLS of the MX hosts: what is wrong with it is in the summary, and no finding. */
static void skip_in_mode_none(struct observation *o)
{
    struct probe_check *check = &o->result->checks[PROBE_CHECK_SMTP];

    bool is_none = observation_is_removed(o) || (observation_is_mode_none(o) && !o->other_enforces);
    if (!is_none || check->state == PROBE_SKIPPED)
        return;
    probe_findings_free(&check->findings);
    check->state = add_gone(o, check) > 0 ? PROBE_DONE : PROBE_SKIPPED;
    buf_print(&check->summary, "; mode none requires nothing of them");
}

static void drop(struct probe_check *check, const char *why)
{
    probe_findings_free(&check->findings);
    buf_free(&check->summary);
    check->state = PROBE_SKIPPED;
    buf_print(&check->summary, "%s", why);
}

/* A domain that takes no mail, and has no sign of MTA-STS, lacks nothing: what is absent is no finding. */
static void skip_without_mail(struct observation *o)
{
    static const char why[] = "nothing to look at, since the domain takes no mail (RFC 7505)";
    struct probe_check *done = o->result->checks;
    bool expects = o->expected != NULL && (o->expected->policy != NULL || o->expected->mistake != NULL);

    if (!o->is_null_mx || expects || !observation_is_absent(&o->record) || !observation_is_absent(&o->address))
        return;
    drop(&done[PROBE_CHECK_TXT], why);
    drop(&done[PROBE_CHECK_HOST], why);
    drop(&done[PROBE_CHECK_MX], why);
    if (observation_is_absent(&o->reports))
        drop(&done[PROBE_CHECK_TLSRPT], why);
}

/* Without the TXT record, as RFC 8461 8.3 has it at the end, no sender looks for the policy: what is wrong with it is no finding.
 */
static void skip_after_removal(struct observation *o)
{
    static const char why[] = "nothing to look at, since MTA-STS is removed (RFC 8461 8.3)";
    struct probe_check *done = o->result->checks;

    if (!observation_is_removed(o))
        return;
    drop(&done[PROBE_CHECK_TXT], why);
    for (size_t i = PROBE_CHECK_HOST; i <= PROBE_CHECK_POLICY; i++)
        if (done[i].findings.verdict != PROBE_OK)
            drop(&done[i], why);
    if (observation_is_absent(&o->reports))
        drop(&done[PROBE_CHECK_TLSRPT], why);
}

/* The mode that senders may have in their caches: that of the served policy, or else that of policies.ini. */
static bool find_mode(const struct observation *o, enum policy_mode *mode)
{
    *mode = o->result->has_mode ? o->result->mode : o->wanted.mode;
    return o->result->has_mode || o->wanted.has_mode;
}

static const struct probe_share unknown = { false, 0, 0, 0 };

/* How many senders take the TXT record. */
static struct probe_share record_share(const struct observation *o)
{
    const struct probe_check *txt = &o->result->checks[PROBE_CHECK_TXT];

    return txt->state == PROBE_DONE ? probe_share_less(probe_share_all(PROBE_SENDERS_TXT), &txt->findings) : unknown;
}

/* How many can fetch the policy, and take it: unknown where it fails at the addresses that could be asked, and others could not.
 * Faults at some addresses only change no share. */
static struct probe_share policy_share(const struct observation *o)
{
    for (size_t i = PROBE_CHECK_HOST; i <= PROBE_CHECK_POLICY; i++) {
        const struct probe_check *check = &o->result->checks[i];
        if (i != PROBE_CHECK_POLICY && check->findings.verdict == PROBE_FAIL)
            return o->policy_unseen ? unknown : probe_share_none(PROBE_SENDERS_POLICY);
        if (check->state != PROBE_DONE)
            return unknown;
    }
    return probe_share_less(o->policy_taken, &o->result->checks[PROBE_CHECK_ANSWER].findings);
}

/* Fills HOSTS, the effect's: those that were asked, and those that were not. */
static void list_hosts(const struct observation *o, struct probe_effect_host *hosts)
{
    for (size_t i = 0; i < o->host_count; i++) {
        const struct mx_host *host = &o->hosts[i];
        const struct probe_share none = probe_share_none(host->matched.of);
        hosts[i] =
            (struct probe_effect_host) { host->name,
                                         host->failed ? none : host->matched,
                                         host->judged.is_gone,
                                         host->dane,
                                         host->judged.reach == PROBE_REACH_SOME || host->judged.reach == PROBE_REACH_PARTLY,
                                         host->judged.is_hidden };
    }
    for (size_t i = 0; i < o->unasked_count; i++)
        hosts[o->host_count + i] = (struct probe_effect_host) { .name = o->unasked[i].name, .taken = o->unasked[i].matched };
}

/* What would come of it if senders asked at the address of --at: it does not tell what mail meets now. */
static void add_condition(const char *at, struct buf *effect)
{
    struct buf text = { 0 };

    if (at == NULL || effect->len == 0)
        return;
    buf_print(&text, "If the DNS led to %s now: %s", at, effect->text);
    text.failed |= effect->failed;
    buf_free(effect);
    *effect = text;
}

static void describe_effect(const struct observation *o)
{
    size_t count = o->host_count + o->unasked_count;
    struct probe_effect_host *hosts = calloc(count + 1, sizeof *hosts);
    struct probe_effect_facts facts = { .domain = o->result->domain, .hosts = hosts, .host_count = count };

    if (hosts == NULL)
        o->result->effect.failed = true;
    if (hosts == NULL || o->is_null_mx || probe_lack_memory()) {
        free(hosts);
        return;
    }
    list_hosts(o, hosts);
    for (size_t i = o->host_count; i > 0; i--)
        if (o->hosts[i - 1].unmatched)
            facts.unmatched = o->hosts[i - 1].name;
    facts.no_domain = o->no_domain;
    facts.removed = observation_is_removed(o);
    facts.record = record_share(o);
    facts.policy = policy_share(o);
    facts.policy_hidden = o->host_hidden;
    facts.policy_partly = o->policy_partly;
    facts.policy_differs = o->policy_differs;
    facts.published = o->txt.value.len > 0 || o->has_address;
    facts.has_mode = find_mode(o, &facts.mode);
    facts.compared = o->txt.value.len > 0 && o->context->at == NULL ? o->compared : PROBE_NOT_COMPARED;
    probe_effect(&facts, &o->result->effect);
    add_condition(o->context->at, &o->result->effect);
    free(hosts);
}

/* What to do about the TXT record depends on whether the policy is served (RFC 8461 8.1), and whether the MX hosts are good for
 * it, so it is looked at after that; TLSRPT after DANE, for which MX hosts need records of their own. */
static const enum probe_check_name order[PROBE_CHECKS] = {
    PROBE_CHECK_HOST, PROBE_CHECK_HTTPS, PROBE_CHECK_ANSWER, PROBE_CHECK_POLICY, PROBE_CHECK_MX,
    PROBE_CHECK_SMTP, PROBE_CHECK_TXT,   PROBE_CHECK_DANE,   PROBE_CHECK_TLSRPT, PROBE_CHECK_INI,
};

/* Those that need no MX host. */
static const enum probe_check_name policy_order[] = {
    PROBE_CHECK_HOST, PROBE_CHECK_HTTPS, PROBE_CHECK_ANSWER, PROBE_CHECK_POLICY, PROBE_CHECK_TXT,
};

static void free_observation(struct observation *o)
{
    for (size_t i = 0; i < o->host_count; i++)
        probe_hosts_release(o->context->hosts, o->hosts[i].shown);
    free(o->hosts);
    free(o->unasked);
    probe_txt_free(&o->txt);
    probe_dns_answer_free(&o->mx);
    probe_dns_answer_free(&o->record);
    probe_dns_answer_free(&o->reports);
    probe_dns_answer_free(&o->address);
    for (size_t i = 0; i < PLACES; i++)
        probe_dns_answer_free(&o->cname[i]);
    for (size_t i = 0; i < o->at_count; i++) {
        probe_fetched_free(&o->at[i].fetched);
        probe_policy_free(&o->at[i].policy);
    }
    free(o->at);
    probe_policy_free(&o->policy);
    probe_policy_free(&o->wanted);
}

/* The records that take little time: hosts that hang take none of it from them. */
static void ask_first(struct observation *o)
{
    const char *domain = o->result->domain;
    char record[DOMAIN_MAX + sizeof "_mta-sts."], reports[DOMAIN_MAX + sizeof "_smtp._tls."];
    const struct probe_dns_question questions[] = { { domain, PROBE_DNS_MX, &o->mx },
                                                    { record, PROBE_DNS_TXT, &o->record },
                                                    { reports, PROBE_DNS_TXT, &o->reports } };

    (void)snprintf(record, sizeof record, "_mta-sts.%s", domain);
    (void)snprintf(reports, sizeof reports, "_smtp._tls.%s", domain);
    probe_dns_ask(o->dns, questions, sizeof questions / sizeof questions[0]);
    o->no_domain = o->mx.state == PROBE_DNS_ABSENT && o->mx.no_such_name && o->mx.alias == NULL;
}

/* Does COUNT checks. */
static void run_checks(struct observation *o, const char *domain, const enum probe_check_name *names, size_t count)
{
    *o->result = (struct probe_result) { .at = o->context->at };
    (void)snprintf(o->result->domain, sizeof o->result->domain, "%s", domain);
    o->delegation.domain = o->result->domain;
    (void)snprintf(o->policy_host, sizeof o->policy_host, DOMAIN_POLICY_HOST_PREFIX "%s", o->result->domain);
    o->now = (int64_t)time(NULL);
    o->fetch = o->context->fetch;
    o->fetch.limit = clock_ms() + o->context->domain_ms;
    probe_dns_set_limit(o->dns, o->fetch.limit);
    ask_first(o);
    for (size_t i = 0; i < count; i++)
        run_check(o, names[i]);
    probe_dns_set_limit(o->dns, 0);
}

void probe_domain(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                  const struct probe_expected *expected, struct probe_result *result)
{
    struct observation o = {
        .context = context, .dns = dns, .expected = expected, .result = result, .compared = PROBE_NOT_COMPARED
    };
    int64_t begin = clock_ms();

    if (expected != NULL && expected->policy != NULL)
        probe_policy_read(expected->policy, expected->len, &o.wanted);
    run_checks(&o, domain, order, PROBE_CHECKS);
    skip_in_mode_none(&o);
    skip_without_mail(&o);
    skip_after_removal(&o);
    order_add(&o);
    result->is_safe &= !o.lacks;
    describe_effect(&o);
    free_observation(&o);
    result->ms = (unsigned)(clock_ms() - begin);
}

void probe_domain_policy(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                         struct probe_result *result, struct probe_policy *policy, probe_served_fn *served, void *to)
{
    struct observation o = { .context = context, .dns = dns, .result = result };

    run_checks(&o, domain, policy_order, sizeof policy_order / sizeof policy_order[0]);
    for (size_t i = 0; i < o.at_count && served != NULL && observation_is_fetched(&o); i++)
        if (o.at[i].has_policy && (&o.at[i].fetched == o.fetched || o.at[i].differs))
            served(to, o.policy_differs ? o.at[i].address : NULL, &o.at[i].fetched.body);
    if (policy != NULL) {
        *policy = o.policy;
        o.policy = (struct probe_policy) { 0 };
    }
    free_observation(&o);
}
