#include "probe/suggest.h"

#include "base/buf.h"
#include "base/clock.h"
#include "ini/write.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetched.h"
#include "probe/ask/hosts.h"
#include "probe/check/context.h"
#include "probe/check/domain.h"
#include "probe/check/mx_host.h"
#include "probe/judge/records.h"
#include "probe/judge/result.h"
#include "probe/judge/section.h"
#include "probe/read/txt.h"
#include "probe/shown.h"
#include "program/status.h"
#include "read/finding.h"
#include "read/policy.h"
#include "read/policy_field.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_MAX = 8 };

static int suggest_host(const struct probe_context *context, struct probe_dns *dns, const char *name, bool is_implicit,
                        int64_t limit, struct buf *out)
{
    const struct probe_host *host = probe_shown_ask(context, dns, name, limit);
    struct probe_findings findings = { 0 };
    struct probe_mx_host judged;

    bool known = probe_shown_judge(name, is_implicit, host, &findings, &judged);
    int status = probe_findings_status(&findings, known && !findings.failed);
    probe_shown_add(out, name, &findings, known, &judged);
    buf_print(out, "mx      = %s\n", name);
    probe_findings_free(&findings);
    if (host != NULL)
        probe_hosts_release(context->hosts, host);
    return status;
}

/* Is the host of record AT that of an earlier one? Names that are no host names are of different length, or not the same. */
static bool is_repeated(const struct probe_dns_answer *answer, size_t at)
{
    size_t len = strlen(answer->mx[at].host);

    for (size_t i = 0; i < at; i++)
        if (strlen(answer->mx[i].host) == len && domain_same(answer->mx[i].host, answer->mx[at].host, len))
            return true;
    return false;
}

/* Adds the host of an MX record; it is looked at until LIMIT, by clock_ms(). */
static int suggest_record(const struct probe_context *context, struct probe_dns *dns, const char *name, int64_t limit,
                          struct buf *out)
{
    char normal[DOMAIN_MAX + 1];

    if (domain_fault(name, strlen(name)) != DOMAIN_FINE) {
        write_comment(out, "An MX record names no host, and no pattern can match it; correct it:");
        write_comment(out, name[0] != '\0' ? name : ".");
        return PROBE_STATUS_CRITICAL;
    }
    domain_normal(name, strlen(name), normal);
    if (clock_ms() < limit)
        return suggest_host(context, dns, normal, false, limit, out);
    write_comment(out, "Not checked, since there was no time left; raise --domain-timeout:");
    buf_print(out, "mx      = %s\n", normal);
    return PROBE_STATUS_UNKNOWN;
}

/* Asks the first hosts side by side, so that what they show is known. */
static void ask_ahead(const struct probe_context *context, struct probe_dns *dns, const struct probe_dns_answer *answer,
                      int64_t limit)
{
    struct probe_fetch_options fetch = context->fetch;
    const char *names[PROBE_HOSTS_MAX] = { 0 };
    const struct probe_host *shown[PROBE_HOSTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < answer->count && count < PROBE_HOSTS_MAX; i++)
        if (!probe_mx_is_null(&answer->mx[i]) && !is_repeated(answer, i) &&
            domain_fault(answer->mx[i].host, strlen(answer->mx[i].host)) == DOMAIN_FINE)
            names[count++] = answer->mx[i].host;
    fetch.limit = limit;
    (void)probe_hosts_get(context->hosts, dns, &fetch, names, count, shown);
    for (size_t i = 0; i < count; i++)
        probe_hosts_release(context->hosts, shown[i]);
}

/* Each host of the MX records once; those that are no host names as comments. */
static int suggest_hosts(const struct probe_context *context, struct probe_dns *dns, const struct probe_dns_answer *answer,
                         struct buf *out)
{
    int64_t limit = clock_ms() + context->domain_ms;
    int status = PROBE_STATUS_OK;

    ask_ahead(context, dns, answer, limit);
    for (size_t i = 0; i < answer->count; i++)
        if (!probe_mx_is_null(&answer->mx[i]) && !is_repeated(answer, i))
            status = status_worse(status, suggest_record(context, dns, answer->mx[i].host, limit, out));
    return status;
}

/* Can VALUE be written in policies.ini as it is: has it no comment, quote or backslash? */
static bool is_plain(const char *value)
{
    for (; *value != '\0'; value++)
        if (*value <= ' ' || *value > '~' || strchr(";#\"'\\", *value) != NULL)
            return false;
    return true;
}

/* Adds that NAME could not be looked up. */
static int add_again(const char *name, const struct probe_dns_answer *answer, struct buf *out)
{
    struct buf line = { 0 };

    buf_print(&line, "%s could not be looked up: %s.", name, answer->why);
    write_comment(out, line.text != NULL ? line.text : "");
    out->failed |= line.failed;
    buf_free(&line);
    return PROBE_STATUS_UNKNOWN;
}

static int suggest_tlsrpt(struct probe_dns *dns, const char *domain, struct buf *out)
{
    int status = PROBE_STATUS_OK;
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_dns_answer answer;
    struct probe_txt txt;

    (void)snprintf(name, sizeof name, "_smtp._tls.%s", domain);
    probe_dns_txt(dns, name, &answer);
    probe_tlsrpt_read(answer.strings, answer.count, &txt);
    if (answer.state == PROBE_DNS_AGAIN)
        status = add_again(name, &answer, out);
    if (txt.value.len > 0 && is_plain(txt.value.text))
        buf_print(out, "tlsrpt  = %s\n", txt.value.text);
    else
        buf_print(out, ";tlsrpt = mailto:tls-reports@%s    ; set who reads the reports: testing without them tests nothing\n",
                  domain);
    probe_txt_free(&txt);
    probe_dns_answer_free(&answer);
    return status;
}

static void suggest_addresses(const struct probe_dns_answer *answer, struct buf *out)
{
    for (size_t i = 0; i < answer->count && i < ADDRESSES_MAX; i++)
        buf_print(out, "%s%s", i == 0 ? "host    = " : ", ", answer->addresses[i]);
    buf_print(out, "\n");
}

/* Adds what ANSWER, which found no address of NAME, says about the policy host. */
static int add_no_host(const char *domain, const char *name, const struct probe_dns_answer *answer, struct buf *out)
{
    int status = PROBE_STATUS_OK;
    struct probe_findings findings = { 0 };

    if (answer->state == PROBE_DNS_AGAIN)
        status = add_again(name, answer, out);
    else if (answer->alias != NULL)
        probe_judge_no_address(name, answer, &findings);
    if (findings.count > 0)
        write_comment(out, probe_finding_text(&findings, &findings.list[0]));
    out->failed |= findings.failed;
    probe_findings_free(&findings);
    buf_print(out, ";host   = policies.example.net    ; set where mta-sts.%s points: a name, or addresses\n", domain);
    return status;
}

/* Adds the first target of NAME's CNAMEs, which the owner wrote. False: it has none that is a host name. */
static bool suggest_target(struct probe_dns *dns, const char *name, struct buf *out)
{
    struct probe_dns_answer answer;

    probe_dns_cname(dns, name, &answer);
    bool found = answer.count > 0 && domain_fault(answer.targets[0], strlen(answer.targets[0])) == DOMAIN_FINE;
    if (found)
        buf_print(out, "host    = %s\n", answer.targets[0]);
    probe_dns_answer_free(&answer);
    return found;
}

/* Adds FINDINGS as comments, and frees them. Returns their status. */
static int add_findings(struct probe_findings *findings, struct buf *out)
{
    int status = probe_findings_status(findings, !findings->failed);

    for (size_t i = 0; i < findings->count; i++)
        write_comment(out, probe_finding_text(findings, &findings->list[i]));
    out->failed |= findings->failed;
    probe_findings_free(findings);
    return status;
}

static int suggest_policy_host(struct probe_dns *dns, const char *domain, struct buf *out)
{
    char name[DOMAIN_MAX + sizeof DOMAIN_POLICY_HOST_PREFIX];
    struct probe_findings findings = { 0 };
    struct probe_dns_answer answer;
    int status = PROBE_STATUS_OK;

    (void)snprintf(name, sizeof name, DOMAIN_POLICY_HOST_PREFIX "%s", domain);
    probe_dns_addresses(dns, name, &answer);
    if (answer.state == PROBE_DNS_FOUND)
        (void)probe_judge_addresses(name, &answer, &findings);
    if (findings.count > 0) { /* critical stands for MX hosts alone */
        (void)add_findings(&findings, out);
        status = PROBE_STATUS_WARNING;
    }
    if (answer.state != PROBE_DNS_FOUND || answer.count == 0)
        status = add_no_host(domain, name, &answer, out);
    else if (answer.alias == NULL || !suggest_target(dns, name, out))
        suggest_addresses(&answer, out);
    probe_dns_answer_free(&answer);
    return status;
}

static bool observed_well(const struct probe_check *check)
{
    int status = probe_check_status(check);

    return status == PROBE_STATUS_OK || status == PROBE_STATUS_WARNING;
}

/* What is served now; POLICY: its patterns. */
static struct probe_served find_served(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                                       struct probe_policy *policy)
{
    struct probe_served served = { .is_accepted = true };
    struct probe_result result;

    probe_domain_policy(context, dns, domain, &result, policy, NULL, NULL);
    for (size_t i = PROBE_CHECK_TXT; i <= PROBE_CHECK_POLICY; i++) {
        *(i == PROBE_CHECK_TXT ? &served.is_record_unknown : &served.is_unknown) |= result.checks[i].state == PROBE_UNKNOWN;
        served.is_accepted &= probe_check_status(&result.checks[i]) != PROBE_STATUS_CRITICAL;
    }
    served.has_record = observed_well(&result.checks[PROBE_CHECK_TXT]);
    served.has_mode = result.has_mode;
    served.mode = result.mode;
    served.has_max_age = result.has_max_age;
    served.max_age = result.max_age;
    probe_result_free(&result);
    return served;
}

/* The section's first lines. */
static void add_head(struct buf *out, const char *domain, const struct probe_served *served, int mx_status)
{
    struct probe_section section;
    struct buf why = { 0 };

    probe_section_decide(served, mx_status, &section, &why);
    if (why.text != NULL)
        write_comment(out, why.text);
    buf_print(out, "[%s]\nmode    = %s%s\nmax_age = ", domain, policy_mode_text(section.mode),
              section.mode == POLICY_TESTING ? "    ; enforce when the reports are clean" : "");
    write_age(out, section.max_age);
    buf_print(out, "\n");
    out->failed |= why.failed;
    buf_free(&why);
}

/* Adds the patterns of POLICY that no MX record needs; without one, that is the domain itself. */
static void suggest_unused(const char *domain, const struct probe_dns_answer *answer, const struct probe_policy *policy,
                           struct buf *out)
{
    const char **hosts = calloc(answer->count + 1, sizeof *hosts);

    if (hosts == NULL) {
        out->failed = true;
        return;
    }
    hosts[0] = domain;
    for (size_t i = 0; i < answer->count; i++)
        hosts[i] = answer->mx[i].host;
    probe_section_add_unused(policy->mx.text, policy->mx_count, hosts, answer->count > 0 ? answer->count : 1, out);
    out->failed |= policy->mx.failed;
    free(hosts);
}

static int suggest_section(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                           const struct probe_dns_answer *answer, struct buf *out)
{
    struct probe_findings findings = { 0 };
    struct buf hosts = { 0 };
    enum probe_mx_kind kind = probe_judge_mx(domain, answer, &findings);

    if (kind == PROBE_MX_IMPLICIT)
        probe_judge_no_mx(domain, NULL, 0, &findings);
    int found = add_findings(&findings, out);
    if (kind == PROBE_MX_NULL)
        return found;
    int status = kind == PROBE_MX_IMPLICIT ? suggest_host(context, dns, domain, true, clock_ms() + context->domain_ms, &hosts)
                                           : suggest_hosts(context, dns, answer, &hosts);
    struct probe_policy policy;
    const struct probe_served served = find_served(context, dns, domain, &policy);
    add_head(out, domain, &served, status);
    buf_add(out, hosts.text != NULL ? hosts.text : "", hosts.len);
    out->failed |= hosts.failed;
    buf_free(&hosts);
    suggest_unused(domain, answer, &policy, out);
    probe_policy_free(&policy);
    if (served.is_unknown || served.is_record_unknown)
        status = status_worse(status, PROBE_STATUS_UNKNOWN);
    status = status_worse(status, suggest_policy_host(dns, domain, out));
    return status_worse(status_worse(status, found), suggest_tlsrpt(dns, domain, out));
}

int probe_suggest(const struct probe_context *context, struct probe_dns *dns, const char *domain, struct buf *out)
{
    struct probe_dns_answer answer;
    struct buf line = { 0 };
    int status = PROBE_STATUS_UNKNOWN;

    probe_dns_mx(dns, domain, &answer);
    if (answer.state == PROBE_DNS_AGAIN) {
        buf_print(&line, "The MX records of %s could not be looked up: %s.", domain, answer.why);
        write_comment(out, line.text != NULL ? line.text : "");
    } else if (answer.state == PROBE_DNS_ABSENT && answer.no_such_name) {
        buf_print(&line, "%s: the domain does not exist (NXDOMAIN); check the spelling.", domain);
        write_comment(out, line.text != NULL ? line.text : "");
        status = PROBE_STATUS_CRITICAL;
    } else {
        status = suggest_section(context, dns, domain, &answer, out);
    }
    out->failed |= line.failed;
    buf_free(&line);
    probe_dns_answer_free(&answer);
    return status;
}
