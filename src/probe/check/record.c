#include "probe/check/record.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/check/delegation.h"
#include "probe/check/file.h"
#include "probe/check/misplaced.h"
#include "probe/check/observation.h"
#include "probe/check/order.h"
#include "probe/judge/compare.h"
#include "probe/judge/records.h"
#include "probe/judge/removal.h"
#include "probe/judge/result.h"
#include "probe/read/delegation.h"
#include "probe/read/first.h"
#include "probe/read/txt.h"
#include "read/finding.h"
#include "read/policy_field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void probe_check_txt(struct observation *o, struct probe_check *check)
{
    const struct probe_dns_answer *answer = &o->record;
    char name[DOMAIN_MAX + sizeof "_mta-sts."];

    if (o->no_domain) {
        probe_judge_no_domain(o->result->domain, &check->findings);
        return;
    }
    (void)snprintf(name, sizeof name, "_mta-sts.%s", o->result->domain);
    if (answer->state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, answer->why);
        return;
    }
    const enum probe_first first = order_first(o);
    probe_txt_read(answer->strings, answer->count, first, &o->txt);
    check_take(check, &o->txt.findings);
    if (probe_delegation_lacks(o, PLACE_ID))
        probe_findings_free(&check->findings);
    else if (answer->state == PROBE_DNS_ABSENT)
        probe_judge_alias(name, answer, false, first, &check->findings);
    probe_delegation_judge(&o->delegation, PLACE_ID, first, &check->findings);
    if (answer->alias == NULL && !probe_txt_is_there(answer->strings, answer->count))
        probe_misplaced_txt(o, first, check);
    if (o->txt.value.len > 0)
        buf_print(&check->summary, "id %s", o->txt.value.text);
    if (o->txt.value.len > 0)
        probe_delegation_add_way(o, PLACE_ID, check);
}

/* Failures of DANE are reported to the addresses that the MX host's own name has. */
static void look_at_dane_hosts(const struct observation *o, struct probe_check *check)
{
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_dns_answer answer;

    for (size_t i = 0; i < o->host_count; i++) {
        const struct mx_host *host = &o->hosts[i];
        if (!host->has_dane || strcmp(host->name, o->result->domain) == 0)
            continue;
        (void)snprintf(name, sizeof name, "_smtp._tls.%s", host->name);
        probe_dns_txt(o->dns, name, &answer);
        if (answer.state == PROBE_DNS_ABSENT ||
            (answer.state == PROBE_DNS_FOUND && !probe_tlsrpt_is_there(answer.strings, answer.count)))
            probe_judge_dane_tlsrpt(host->name, name, &check->findings);
        probe_dns_answer_free(&answer);
    }
}

void probe_check_tlsrpt(struct observation *o, struct probe_check *check)
{
    const struct probe_dns_answer *answer = &o->reports;
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_txt txt;

    if (answer->state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, answer->why);
        return;
    }
    probe_tlsrpt_read(answer->strings, answer->count, &txt);
    check_take(check, &txt.findings);
    (void)snprintf(name, sizeof name, "_smtp._tls.%s", o->result->domain);
    if (probe_delegation_lacks(o, PLACE_TLSRPT))
        probe_findings_free(&check->findings);
    else if (answer->state == PROBE_DNS_ABSENT)
        probe_judge_alias(name, answer, true, PROBE_FIRST_NOTHING, &check->findings);
    probe_delegation_judge(&o->delegation, PLACE_TLSRPT, PROBE_FIRST_NOTHING, &check->findings);
    if (answer->alias == NULL && !probe_tlsrpt_is_there(answer->strings, answer->count))
        probe_misplaced_tlsrpt(o, check);
    look_at_dane_hosts(o, check);
    if (txt.value.len > 0) {
        check_add(check, txt.value.text);
        probe_delegation_add_way(o, PLACE_TLSRPT, check);
    }
    probe_txt_free(&txt);
}

/* --- ini --- */

/* The policy to compare: of those at all addresses, the one that is least like that of the file; NULL: none came. */
static const struct buf *find_body(const struct observation *o)
{
    const struct buf *found = o->has_body ? &o->fetched->body : NULL;
    enum probe_bodies worst = PROBE_BODIES_SAME;

    if (o->expected->policy == NULL)
        return found;
    for (size_t i = 0; i < o->at_count; i++) {
        const struct buf *body = &o->at[i].fetched.body;
        if (!o->at[i].has_policy)
            continue;
        enum probe_bodies bodies = probe_compare_bodies(body->text, body->len, o->expected->policy, o->expected->len);
        if (bodies > worst) {
            found = body;
            worst = bodies;
        }
    }
    return found;
}

/* Did one of the checks from FIRST to LAST fail for certain? */
static bool has_failed(const struct probe_check *checks, enum probe_check_name first, enum probe_check_name last)
{
    for (size_t i = first; i <= last; i++)
        if (checks[i].findings.verdict == PROBE_FAIL)
            return true;
    return false;
}

/* Adds the record to publish: where the CNAMEs at _mta-sts lead to, if there are any; and who publishes it. */
static void add_record(struct observation *o, struct probe_check *check)
{
    char name[DOMAIN_MAX + 1];

    if (probe_delegation_where(&o->delegation, PLACE_ID, name))
        probe_compare_zone(o->result->domain, o->delegation.zone, &check->findings);
    probe_compare_record(name, o->expected->policy, o->expected->len, &o->result->publish);
}

static struct probe_removal_facts removal_facts(const struct observation *o, const struct probe_published *published)
{
    const struct probe_expected *expected = o->expected;
    char id[POLICY_ID_SIZE] = "";
    bool is_wanted = !o->no_domain && o->context->at == NULL && o->wanted.has_mode && o->wanted.mode == POLICY_NONE;

    if (is_wanted)
        policy_id(expected->policy, expected->len, id);
    return (struct probe_removal_facts) {
        .is_wanted = is_wanted,
        .is_published = is_wanted && observation_is_served(o) && published->id != NULL && strcmp(published->id, id) == 0,
        .has_other =
            published->policy != NULL && expected->policy != NULL &&
            probe_compare_bodies(published->policy, published->len, expected->policy, expected->len) == PROBE_BODIES_OTHER,
        .is_record_gone = published->is_id_known && o->record.alias == NULL && o->txt.is_absent,
        .is_host_gone = published->is_id_known && observation_is_absent(&o->address),
        .max_age = o->result->max_age,
    };
}

void probe_check_ini(struct observation *o, struct probe_check *check)
{
    const struct probe_expected *expected = o->expected;
    const struct probe_check *all = o->result->checks;
    const struct buf *body = find_body(o);
    const struct probe_published published = {
        .domain = o->result->domain,
        .policy = body == NULL    ? NULL
                  : body->len > 0 ? body->text
                                  : "",
        .len = body != NULL ? body->len : 0,
        .is_served = o->has_body && observation_is_fetched(o),
        .is_partly = o->policy_partly || o->policy_differs,
        .is_unseen = o->policy_unseen || o->address.is_partial,
        .is_at = o->context->at != NULL,
        .is_known = o->has_body || has_failed(all, PROBE_CHECK_HOST, PROBE_CHECK_ANSWER),
        .id = o->txt.value.len > 0 ? o->txt.value.text : NULL,
        .is_id_known = all[PROBE_CHECK_TXT].state == PROBE_DONE,
        .holds_mail = order_holds_mail(o),
        .is_mx_unknown = o->mx.state == PROBE_DNS_AGAIN,
    };

    if (expected->mistake != NULL) {
        probe_compare_mistake(expected->mistake, &check->findings);
        return;
    }
    const struct probe_removal_facts removal = removal_facts(o, &published);
    o->removal = probe_removal_stage(&removal);
    if (observation_is_removed(o) || o->removal == PROBE_REMOVAL_HOST_GONE) {
        probe_judge_removal(o->result->domain, &removal, &check->findings);
        return;
    }
    o->compared = probe_compare(&published, expected->policy, expected->len, &check->findings);
    if (o->compared == PROBE_SAME && check->findings.count == 0)
        buf_print(&check->summary, "served as the file has it%s", published.is_id_known ? ", under its id" : "");
    else if (o->compared == PROBE_NOT_COMPARED)
        buf_print(&check->summary, "no policy came that could be compared");
    probe_judge_removal(o->result->domain, &removal, &check->findings);
    o->result->is_safe = probe_compare_is_safe(&published, expected->policy, expected->len);
    if (probe_compare_is_due(&published, expected->policy, expected->len))
        add_record(o, check);
}
