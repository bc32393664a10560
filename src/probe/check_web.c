#include "probe/check_web.h"

#include "base/buf.h"
#include "base/words.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetch.h"
#include "probe/ask/fetched.h"
#include "probe/file.h"
#include "probe/observation.h"
#include "probe/read/cert.h"
#include "probe/read/compare.h"
#include "probe/read/judge.h"
#include "probe/read/policy.h"
#include "probe/read/policy_field.h"
#include "probe/read/result.h"
#include "probe/read/txt.h"

#include <inttypes.h>
#include <stdio.h>

enum { ADDRESSES_SHOWN = 2, DAY = 86400 };

/* --- txt, tlsrpt --- */

static void ask_txt(const struct observation *o, const char *prefix, struct probe_dns_answer *answer,
                    char name[DOMAIN_MAX + sizeof "_smtp._tls."])
{
    (void)snprintf(name, DOMAIN_MAX + sizeof "_smtp._tls.", "%s%s", prefix, o->result->domain);
    probe_dns_txt(o->dns, name, answer);
}

void probe_check_txt(struct observation *o, struct probe_check *check)
{
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_dns_answer answer;

    ask_txt(o, "_mta-sts.", &answer, name);
    if (answer.state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, answer.why);
        probe_dns_answer_free(&answer);
        return;
    }
    probe_txt_read(answer.strings, answer.count, &o->txt);
    check_take(check, &o->txt.findings);
    if (answer.state == PROBE_DNS_ABSENT)
        probe_judge_alias(name, &answer, &check->findings);
    if (o->txt.value.len > 0)
        buf_print(&check->summary, "id %s", o->txt.value.text);
    if (o->txt.value.len > 0 && answer.alias != NULL) {
        buf_print(&check->summary, ", by way of ");
        check_add(check, answer.alias);
    }
    probe_dns_answer_free(&answer);
}

void probe_check_tlsrpt(struct observation *o, struct probe_check *check)
{
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_dns_answer answer;
    struct probe_txt txt;

    ask_txt(o, "_smtp._tls.", &answer, name);
    if (answer.state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, answer.why);
        probe_dns_answer_free(&answer);
        return;
    }
    probe_tlsrpt_read(answer.strings, answer.count, &txt);
    check_take(check, &txt.findings);
    if (txt.value.len > 0)
        check_add(check, txt.value.text);
    probe_txt_free(&txt);
    probe_dns_answer_free(&answer);
}

/* --- host, https, answer, policy --- */

void probe_check_host(struct observation *o, struct probe_check *check)
{
    const struct probe_dns_answer *answer = &o->address;

    probe_dns_addresses(o->dns, o->policy_host, &o->address);
    if (answer->state == PROBE_DNS_AGAIN) {
        check_is_unknown(check, answer->why);
        return;
    }
    o->has_address = answer->state == PROBE_DNS_FOUND && answer->count > 0;
    if (!o->has_address) {
        probe_judge_no_address(o->policy_host, answer, &check->findings);
        return;
    }
    for (size_t i = 0; i < answer->count && i < ADDRESSES_SHOWN; i++)
        buf_print(&check->summary, "%s%s", i > 0 ? ", " : "", answer->addresses[i]);
    if (answer->count > ADDRESSES_SHOWN)
        buf_print(&check->summary, " and %zu more", answer->count - ADDRESSES_SHOWN);
    if (answer->alias != NULL) {
        buf_print(&check->summary, ", by way of ");
        check_add(check, answer->alias);
    }
}

void probe_check_https(struct observation *o, struct probe_check *check)
{
    struct probe_fetched *fetched = &o->fetched;

    probe_fetch_policy(&o->context->fetch, o->policy_host, o->address.addresses, o->address.count, fetched);
    if (!probe_judge_https(o->policy_host, fetched, &check->findings)) {
        check_is_unknown(check, fetched->why);
        return;
    }
    o->has_https = fetched->chain != NULL && fetched->outcome != PROBE_FETCH_TLS_OLD;
    if (fetched->chain == NULL)
        return;
    probe_cert_judge(o->context->trust, fetched->chain, o->policy_host, o->now, o->context->warn_days, &check->findings);
    probe_cert_describe(fetched->chain, o->now, &check->summary);
}

void probe_check_answer(struct observation *o, struct probe_check *check)
{
    const struct probe_fetched *fetched = &o->fetched;

    if (!probe_judge_answer(fetched, o->context->slow_ms, &check->findings)) {
        check_is_unknown(check, fetched->why);
        return;
    }
    o->has_body = probe_judge_has_policy(fetched);
    if (fetched->status == 0)
        return;
    buf_print(&check->summary, "%ld", fetched->status);
    if (fetched->type != NULL) {
        buf_print(&check->summary, ", ");
        check_add(check, fetched->type);
    }
    buf_print(&check->summary, ", %zu%s bytes, %u ms", fetched->body.len, fetched->body.len > POLICY_BYTES_MAX ? " or more" : "",
              fetched->ms);
}

void probe_check_policy(struct observation *o, struct probe_check *check)
{
    struct probe_policy *policy = &o->policy;

    probe_policy_read(o->fetched.body.text, o->fetched.body.len, policy);
    probe_policy_drop_size(policy);
    check_take(check, &policy->findings);
    check->findings.failed |= policy->mx.failed;
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

/* --- ini --- */

void probe_check_ini(struct observation *o, struct probe_check *check)
{
    const struct probe_expected *expected = o->expected;
    const struct probe_published published = {
        .domain = o->result->domain,
        .policy = !o->has_body              ? NULL
                  : o->fetched.body.len > 0 ? o->fetched.body.text
                                            : "",
        .len = o->fetched.body.len,
        .id = o->txt.value.len > 0 ? o->txt.value.text : NULL,
        .is_id_known = o->result->checks[PROBE_CHECK_TXT].state == PROBE_DONE,
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
    if (o->compared == PROBE_OLD_ID || (published.id == NULL && published.is_id_known && o->compared != PROBE_OTHER))
        probe_compare_record(o->result->domain, expected->policy, expected->len, &o->result->publish);
}
