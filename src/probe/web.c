#include "probe/web.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/answer.h"
#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/ask/fetched.h"
#include "probe/read/cert.h"
#include "probe/read/compare.h"
#include "probe/read/judge.h"
#include "probe/read/policy.h"
#include "probe/read/result.h"
#include "probe/read/txt.h"
#include "probe/sight.h"

#include <inttypes.h>
#include <stdio.h>

enum { ADDRESSES_SHOWN = 2, DAY = 86400 };

/* --- txt, tlsrpt --- */

static void ask_txt(const struct sight *s, const char *prefix, struct probe_dns_answer *answer,
                    char name[DOMAIN_MAX + sizeof "_smtp._tls."])
{
    (void)snprintf(name, DOMAIN_MAX + sizeof "_smtp._tls.", "%s%s", prefix, s->probe->domain);
    probe_dns_txt(s->dns, name, answer);
}

void probe_check_txt(struct sight *s, struct probe_check *check)
{
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_dns_answer answer;

    ask_txt(s, "_mta-sts.", &answer, name);
    if (answer.state == PROBE_DNS_AGAIN) {
        sight_not_told(check, answer.why);
        probe_dns_answer_free(&answer);
        return;
    }
    probe_txt_read(answer.strings, answer.count, &s->txt);
    sight_take(check, &s->txt.findings);
    if (answer.state == PROBE_DNS_ABSENT)
        probe_judge_alias(name, &answer, &check->findings);
    if (s->txt.value.len > 0)
        buf_print(&check->summary, "id %s", s->txt.value.text);
    if (s->txt.value.len > 0 && answer.alias != NULL) {
        buf_print(&check->summary, ", by way of ");
        sight_add(&check->summary, answer.alias);
    }
    probe_dns_answer_free(&answer);
}

void probe_check_tlsrpt(struct sight *s, struct probe_check *check)
{
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_dns_answer answer;
    struct probe_txt txt;

    ask_txt(s, "_smtp._tls.", &answer, name);
    if (answer.state == PROBE_DNS_AGAIN) {
        sight_not_told(check, answer.why);
        probe_dns_answer_free(&answer);
        return;
    }
    probe_tlsrpt_read(answer.strings, answer.count, &txt);
    sight_take(check, &txt.findings);
    if (txt.value.len > 0)
        sight_add(&check->summary, txt.value.text);
    probe_txt_free(&txt);
    probe_dns_answer_free(&answer);
}

/* --- host, https, answer, policy --- */

void probe_check_host(struct sight *s, struct probe_check *check)
{
    const struct probe_dns_answer *answer = &s->address;

    probe_dns_addresses(s->dns, s->policy_host, &s->address);
    if (answer->state == PROBE_DNS_AGAIN) {
        sight_not_told(check, answer->why);
        return;
    }
    s->has_address = answer->state == PROBE_DNS_FOUND && answer->count > 0;
    if (!s->has_address) {
        probe_judge_no_address(s->policy_host, answer, &check->findings);
        return;
    }
    for (size_t i = 0; i < answer->count && i < ADDRESSES_SHOWN; i++)
        buf_print(&check->summary, "%s%s", i > 0 ? ", " : "", answer->addresses[i]);
    if (answer->count > ADDRESSES_SHOWN)
        buf_print(&check->summary, " and %zu more", answer->count - ADDRESSES_SHOWN);
    if (answer->alias != NULL) {
        buf_print(&check->summary, ", by way of ");
        sight_add(&check->summary, answer->alias);
    }
}

void probe_check_https(struct sight *s, struct probe_check *check)
{
    struct probe_fetched *fetched = &s->fetched;

    probe_fetch_policy(&s->options->fetch, s->policy_host, s->address.addresses, s->address.count, fetched);
    if (!probe_judge_https(s->policy_host, fetched, &check->findings)) {
        sight_not_told(check, fetched->why);
        return;
    }
    s->has_https = fetched->chain != NULL && fetched->outcome != PROBE_FETCH_TLS_OLD;
    if (fetched->chain == NULL)
        return;
    probe_cert_judge(s->options->trust, fetched->chain, s->policy_host, s->now, s->options->warn_days, &check->findings);
    probe_cert_describe(fetched->chain, s->now, &check->summary);
}

void probe_check_answer(struct sight *s, struct probe_check *check)
{
    const struct probe_fetched *fetched = &s->fetched;

    probe_judge_answer(fetched, s->options->slow_ms, &check->findings);
    s->has_body = probe_judge_has_policy(fetched);
    if (fetched->status == 0)
        return;
    buf_print(&check->summary, "%ld", fetched->status);
    if (fetched->type != NULL) {
        buf_print(&check->summary, ", ");
        sight_add(&check->summary, fetched->type);
    }
    buf_print(&check->summary, ", %zu%s bytes, %u ms", fetched->body.len, fetched->body.len > POLICY_BYTES_MAX ? " or more" : "",
              fetched->ms);
}

void probe_check_policy(struct sight *s, struct probe_check *check)
{
    struct probe_policy *policy = &s->policy;

    probe_policy_read(s->fetched.body.text, s->fetched.body.len, policy);
    probe_judge_drop_size(&policy->findings);
    sight_take(check, &policy->findings);
    check->findings.failed |= policy->mx.failed;
    s->probe->has_mode = policy->has_mode;
    s->probe->mode = policy->mode;
    if (policy->has_mode)
        buf_print(&check->summary, "%s, ", probe_mode_text(policy->mode));
    if (policy->has_max_age && policy->max_age % DAY == 0)
        buf_print(&check->summary, "max_age %" PRIu32 " day%s, ", policy->max_age / DAY, sight_plural(policy->max_age / DAY));
    else if (policy->has_max_age)
        buf_print(&check->summary, "max_age %" PRIu32 " seconds, ", policy->max_age);
    buf_print(&check->summary, "%zu mx", policy->mx_count);
}

/* --- ini --- */

void probe_check_ini(struct sight *s, struct probe_check *check)
{
    const struct probe_wanted *wanted = s->wanted;
    const struct probe_published published = {
        .domain = s->probe->domain,
        .policy = !s->has_body              ? NULL
                  : s->fetched.body.len > 0 ? s->fetched.body.text
                                            : "",
        .len = s->fetched.body.len,
        .id = s->txt.value.len > 0 ? s->txt.value.text : NULL,
        .told = s->probe->checks[PROBE_TXT].state == PROBE_DONE,
    };

    if (wanted->mistake != NULL) {
        probe_compare_mistake(wanted->mistake, &check->findings);
        return;
    }
    s->compared = probe_compare(&published, wanted->policy, wanted->len, &check->findings);
    if (s->compared == PROBE_SAME && check->findings.count == 0)
        buf_print(&check->summary, "served as the file has it%s", published.told ? ", under its id" : "");
    else if (s->compared == PROBE_NOT_COMPARED)
        buf_print(&check->summary, "no policy came that could be compared");
    if (s->compared == PROBE_OLD_ID || (published.id == NULL && published.told && s->compared != PROBE_OTHER))
        probe_compare_record(s->probe->domain, wanted->policy, wanted->len, &s->probe->publish);
}
