#include "probe/check/web.h"

#include "base/buf.h"
#include "base/words.h"
#include "policy/model.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetch.h"
#include "probe/ask/fetched.h"
#include "probe/ask/hosts.h"
#include "probe/check/delegation.h"
#include "probe/check/observation.h"
#include "probe/judge/addresses.h"
#include "probe/judge/cert.h"
#include "probe/judge/compare.h"
#include "probe/judge/records.h"
#include "probe/judge/result.h"
#include "probe/judge/servers.h"
#include "probe/read/delegation.h"
#include "read/finding.h"
#include "read/policy.h"
#include "read/share.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_SHOWN = 2, DAY = 86400 };

/* The DNS does not lead to this address yet: what it says about the policy host does not count. */
static void host_is_at(struct observation *o, struct probe_check *check)
{
    probe_dns_answer_set_address(&o->address, o->context->at);
    probe_delegation_look(o);
    o->has_address = o->address.state == PROBE_DNS_FOUND;
    if (o->has_address)
        buf_print(&check->summary, "%s, because of --at: the DNS was not asked", o->context->at);
    else
        check_is_unknown(check, o->address.why);
}

void probe_check_host(struct observation *o, struct probe_check *check)
{
    const struct probe_dns_answer *answer = &o->address;

    if (o->context->at != NULL) {
        host_is_at(o, check);
        return;
    }
    probe_dns_addresses(o->dns, o->policy_host, &o->address);
    probe_delegation_look(o);
    if (answer->state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, answer->why);
        return;
    }
    o->has_address = answer->state == PROBE_DNS_FOUND && answer->count > 0;
    probe_delegation_judge(&o->delegation, PLACE_HOST, false, &check->findings);
    if (!o->has_address && probe_delegation_lacks(o, PLACE_HOST))
        return;
    if (!o->has_address) {
        probe_judge_no_address(o->policy_host, answer, &check->findings);
        return;
    }
    o->host_hidden = probe_judge_addresses(o->policy_host, answer, &check->findings);
    for (size_t i = 0; i < answer->count && i < ADDRESSES_SHOWN; i++)
        buf_print(&check->summary, "%s%s", i > 0 ? ", " : "", answer->addresses[i]);
    if (answer->count > ADDRESSES_SHOWN)
        buf_print(&check->summary, " and %zu more", answer->count - ADDRESSES_SHOWN);
    probe_delegation_add_way(o, PLACE_HOST, check);
    if (!answer->is_partial)
        return;
    check->state = PROBE_UNKNOWN;
    buf_print(&check->summary, "; there may be more: ");
    check_add(check, answer->why);
}

/* Asks once more where an answer was slow, and keeps the shorter time: this machine may have been busy, or the server asleep. */
static void ask_slow_again(struct observation *o)
{
    struct probe_fetch list[PROBE_ADDRESSES_MAX];
    struct policy_at *slow[PROBE_ADDRESSES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < o->at_count; i++) {
        struct policy_at *at = &o->at[i];
        if (at->fetched.outcome != PROBE_FETCHED || at->fetched.ms < o->context->slow_ms)
            continue;
        slow[count] = at;
        list[count] = (struct probe_fetch) { o->policy_host, at->address, &at->again };
        count++;
    }
    if (count > 0)
        probe_fetch_policies(&o->fetch, list, count);
    for (size_t i = 0; i < count; i++) {
        struct probe_fetched *again = &slow[i]->again;
        if (again->outcome == PROBE_FETCHED && again->ms < slow[i]->fetched.ms)
            slow[i]->fetched.ms = again->ms;
        probe_fetched_free(again);
    }
}

/* Asks all addresses. False where memory runs out. */
static bool fetch_all(struct observation *o)
{
    struct probe_fetch list[PROBE_ADDRESSES_MAX];
    size_t count = o->address.count < PROBE_ADDRESSES_MAX ? o->address.count : PROBE_ADDRESSES_MAX;

    o->at = calloc(count, sizeof *o->at);
    if (o->at == NULL)
        return false;
    o->at_count = count;
    for (size_t i = 0; i < count; i++) {
        o->at[i].address = o->address.addresses[i];
        list[i] = (struct probe_fetch) { o->policy_host, o->at[i].address, &o->at[i].fetched };
    }
    probe_fetch_policies(&o->fetch, list, count);
    ask_slow_again(o);
    return true;
}

static void judge_https(struct observation *o, struct policy_at *at, struct probe_address *address)
{
    const struct probe_fetched *fetched = &at->fetched;
    bool is_known = probe_judge_https(o->policy_host, fetched, &address->findings);

    if (fetched->chain != NULL)
        probe_cert_judge(o->context->trust, fetched->chain, o->policy_host, o->now, o->context->warn_days, &address->findings);
    address->name = at->address;
    address->state = probe_address_state(fetched, is_known, &address->findings);
    if (o->context->at == NULL)
        probe_address_judge_use(address);
    at->has_https = fetched->chain != NULL && fetched->outcome != PROBE_FETCH_TLS_OLD;
    at->is_good = address->state == PROBE_ADDRESS_GOOD;
}

/* The first that is good; else the first with HTTPS; else the first with a certificate; else the first. */
static const struct probe_fetched *find_best(const struct observation *o)
{
    const struct policy_at *best = &o->at[0];
    int most = -1;

    for (size_t i = 0; i < o->at_count; i++) {
        const struct policy_at *at = &o->at[i];
        int rank = at->is_good ? 3 : at->has_https ? 2 : at->fetched.chain != NULL;
        if (rank > most)
            best = at;
        most = rank > most ? rank : most;
    }
    return &best->fetched;
}

static void describe_https(const struct observation *o, const struct probe_address *list, struct probe_check *check)
{
    size_t good = probe_addresses_count(list, o->at_count, PROBE_ADDRESS_GOOD);
    size_t not_asked = probe_addresses_count(list, o->at_count, PROBE_ADDRESS_NOT_ASKED);

    if (o->fetched->chain != NULL)
        probe_cert_describe(o->fetched->chain, o->now, &check->summary);
    if (good > 0 && o->at_count > 1)
        buf_print(&check->summary, "; at %zu of %zu addresses", good, o->at_count);
    if (o->address.count > o->at_count)
        buf_print(&check->summary, "; %zu more were not looked at (limit: %d)", o->address.count - o->at_count,
                  PROBE_ADDRESSES_MAX);
    if (not_asked > 0)
        buf_print(&check->summary, "; there was no time left for %zu of them; raise --domain-timeout", not_asked);
    if (not_asked > 0 || o->address.count > o->at_count)
        check->state = PROBE_UNKNOWN;
}

/* Why nobody can say whether senders reach the policy host: the first address of which that is so has the reason. */
static const char *why_unknown(const struct observation *o, const struct probe_address *list)
{
    for (size_t i = 0; i < o->at_count; i++)
        if (list[i].state != PROBE_ADDRESS_SPECIAL)
            return o->at[i].fetched.why;
    return "it has no public address";
}

void probe_check_https(struct observation *o, struct probe_check *check)
{
    struct probe_address list[PROBE_ADDRESSES_MAX] = { 0 };

    if (!fetch_all(o)) {
        check->findings.failed = true;
        return;
    }
    for (size_t i = 0; i < o->at_count; i++) {
        judge_https(o, &o->at[i], &list[i]);
        o->has_https |= o->at[i].has_https;
    }
    o->fetched = find_best(o);
    bool is_known = probe_addresses_count(list, o->at_count, PROBE_ADDRESS_GOOD) +
                        probe_addresses_count(list, o->at_count, PROBE_ADDRESS_BAD) >
                    0;
    for (size_t i = 0; i < o->at_count && is_known; i++)
        if (list[i].state == PROBE_ADDRESS_NO_ROUTE)
            probe_judge_https_no_route(o->policy_host, &list[i].findings);
    enum probe_reach reach = probe_addresses_join(list, o->at_count, &check->findings);
    o->policy_partly = reach == PROBE_REACH_SOME || reach == PROBE_REACH_PARTLY;
    o->policy_unseen = probe_addresses_count(list, o->at_count, PROBE_ADDRESS_NO_ROUTE) > 0;
    if (reach == PROBE_REACH_UNKNOWN)
        check_is_unknown(check, why_unknown(o, list));
    else
        describe_https(o, list, check);
    probe_addresses_free(list, o->at_count);
}

/* Do senders get to see the answer at AT? Where no address is good, it is told of those that answer all the same. */
static bool is_candidate(const struct observation *o, const struct policy_at *at)
{
    bool any_good = false;

    for (size_t i = 0; i < o->at_count; i++)
        any_good |= o->at[i].is_good;
    return any_good ? at->is_good : at->has_https;
}

/* Judges the answers that senders see, and finds the one to go on with. */
static void judge_answers(struct observation *o, struct probe_check *check)
{
    struct probe_address list[PROBE_ADDRESSES_MAX] = { 0 };
    size_t count = 0;

    for (size_t i = 0; i < o->at_count; i++) {
        struct policy_at *at = &o->at[i];
        if (!is_candidate(o, at))
            continue;
        struct probe_address *address = &list[count++];
        address->name = at->address;
        bool is_known = probe_judge_answer(&at->fetched, o->context->slow_ms, &address->findings);
        address->state = probe_address_state(&at->fetched, is_known, &address->findings);
        at->has_policy = probe_judge_has_policy(&at->fetched);
        if ((at->has_policy && !o->has_body) || count == 1)
            o->fetched = &at->fetched;
        o->has_body |= at->has_policy;
    }
    enum probe_reach reach = probe_addresses_join(list, count, &check->findings);
    o->policy_partly |= reach == PROBE_REACH_SOME || (reach == PROBE_REACH_NONE && o->policy_unseen);
    if (reach == PROBE_REACH_UNKNOWN)
        check_is_unknown(check, o->fetched->why);
    else if (probe_addresses_count(list, count, PROBE_ADDRESS_NOT_ASKED) > 0)
        check->state = PROBE_UNKNOWN;
    probe_addresses_free(list, count);
}

void probe_check_answer(struct observation *o, struct probe_check *check)
{
    judge_answers(o, check);
    const struct probe_fetched *fetched = o->fetched;
    if (fetched->status == 0 || check->summary.len > 0)
        return;
    buf_print(&check->summary, "%ld", fetched->status);
    if (fetched->type != NULL) {
        buf_print(&check->summary, ", ");
        check_add(check, fetched->type);
    }
    buf_print(&check->summary, ", %zu%s bytes, %u ms", fetched->body.len, fetched->body.len > POLICY_BYTES_MAX ? " or more" : "",
              fetched->ms);
}

/* Another policy is served at AT. */
static void read_other(struct observation *o, struct policy_at *at, struct probe_check *check)
{
    const struct buf *body = &at->fetched.body;

    probe_policy_read(body->text, body->len, &at->policy);
    at->differs = o->policy_differs = true;
    o->other_enforces |= at->policy.has_mode && at->policy.mode == POLICY_ENFORCE;
    check->findings.failed |= at->policy.findings.failed || at->policy.mx.failed;
}

/* Compares what is served at the other addresses. */
static void compare_addresses(struct observation *o, struct probe_check *check)
{
    const struct buf *first = &o->fetched->body;

    for (size_t i = 0; i < o->at_count; i++) {
        const struct buf *body = &o->at[i].fetched.body;
        struct probe_findings own = { 0 };
        if (!o->at[i].has_policy)
            continue;
        enum probe_bodies bodies = probe_compare_bodies(body->text, body->len, first->text, first->len);
        if (bodies == PROBE_BODIES_OTHER)
            read_other(o, &o->at[i], check);
        probe_judge_bodies(bodies, &own);
        for (size_t k = 0; k < own.count; k++)
            probe_findings_add_at(o->at[i].address, &own, k, own.list[k].severity, &check->findings);
        check->findings.failed |= own.failed;
        probe_findings_free(&own);
    }
}

void probe_check_policy(struct observation *o, struct probe_check *check)
{
    struct probe_policy *policy = &o->policy;

    probe_policy_read(o->fetched->body.text, o->fetched->body.len, policy);
    probe_policy_drop_size(policy);
    check_take(check, &policy->findings);
    check->findings.failed |= policy->mx.failed;
    o->policy_taken = probe_share_less(probe_share_all(PROBE_SENDERS_POLICY), &check->findings);
    compare_addresses(o, check);
    o->result->has_mode = policy->has_mode;
    o->result->mode = policy->mode;
    o->result->has_max_age = policy->has_max_age;
    o->result->max_age = policy->max_age;
    if (policy->has_mode)
        buf_print(&check->summary, "%s, ", policy_mode_text(policy->mode));
    if (policy->has_max_age && policy->max_age % DAY == 0)
        buf_print(&check->summary, "max_age %" PRIu32 " day%s, ", policy->max_age / DAY, words_plural(policy->max_age / DAY));
    else if (policy->has_max_age)
        buf_print(&check->summary, "max_age %" PRIu32 " seconds, ", policy->max_age);
    buf_print(&check->summary, "%zu mx", policy->mx_count);
}
