#include "probe/check/record.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/check/delegation.h"
#include "probe/check/file.h"
#include "probe/check/misplaced.h"
#include "probe/check/observation.h"
#include "probe/judge/compare.h"
#include "probe/judge/result.h"
#include "probe/judge/servers.h"
#include "probe/read/delegation.h"
#include "probe/read/txt.h"
#include "read/finding.h"

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
    bool served = observation_is_served(o);
    (served ? probe_txt_read : probe_txt_read_unserved)(answer->strings, answer->count, &o->txt);
    check_take(check, &o->txt.findings);
    if (probe_delegation_lacks(o, PLACE_ID))
        probe_findings_free(&check->findings);
    probe_delegation_judge(&o->delegation, PLACE_ID, !served, &check->findings);
    if (!served && answer->count > 0 && check->findings.verdict == PROBE_FAIL)
        buf_print(&check->summary, "first let the policy be served, then correct the record (RFC 8461 8.1)");
    if (answer->state == PROBE_DNS_ABSENT && !probe_delegation_lacks(o, PLACE_ID))
        probe_judge_alias(name, answer, &check->findings);
    if (answer->alias == NULL && !probe_txt_is_there(answer->strings, answer->count))
        probe_misplaced_txt(o, check);
    if (o->txt.value.len > 0)
        buf_print(&check->summary, "%sid %s", check->summary.len > 0 ? "; " : "", o->txt.value.text);
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
    struct probe_txt txt;

    if (answer->state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, answer->why);
        return;
    }
    probe_tlsrpt_read(answer->strings, answer->count, &txt);
    check_take(check, &txt.findings);
    if (probe_delegation_lacks(o, PLACE_TLSRPT))
        probe_findings_free(&check->findings);
    probe_delegation_judge(&o->delegation, PLACE_TLSRPT, false, &check->findings);
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
        .is_known = o->has_body || has_failed(all, PROBE_CHECK_HOST, PROBE_CHECK_ANSWER),
        .id = o->txt.value.len > 0 ? o->txt.value.text : NULL,
        .is_id_known = all[PROBE_CHECK_TXT].state == PROBE_DONE,
        .holds_mail = has_failed(all, PROBE_CHECK_MX, PROBE_CHECK_SMTP),
    };

    if (expected->mistake != NULL) {
        probe_compare_mistake(expected->mistake, &check->findings);
        return;
    }
    o->compared = probe_compare(&published, expected->policy, expected->len, &check->findings);
    if (o->compared == PROBE_SAME && check->findings.count == 0)
        buf_print(&check->summary, "served as the file has it%s", published.is_id_known ? ", under its id" : "");
    else if (o->compared == PROBE_NOT_COMPARED)
        buf_print(&check->summary, "no policy came that could be compared");
    o->result->is_safe = probe_compare_is_safe(&published, expected->policy, expected->len);
    if (probe_compare_is_due(&published, expected->policy, expected->len))
        add_record(o, check);
}
