#include "probe/mail.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "probe/ask/answer.h"
#include "probe/ask/dns.h"
#include "probe/ask/fetched.h"
#include "probe/ask/hosts.h"
#include "probe/read/cert.h"
#include "probe/read/finding.h"
#include "probe/read/judge.h"
#include "probe/read/match.h"
#include "probe/read/result.h"
#include "probe/sight.h"

#include <stdlib.h>
#include <string.h>

/* --- mx --- */

static bool has_host(const struct sight *s, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < s->host_count; i++)
        if (strlen(s->hosts[i].name) == len && domain_same(s->hosts[i].name, name, len))
            return true;
    return false;
}

/* The host NAME, for smtp and dane; one that is no host name is not among them. */
static struct mail_host *add_host(struct sight *s, const char *name)
{
    if (domain_fault(name, strlen(name)) != DOMAIN_FINE || has_host(s, name))
        return NULL;
    if (s->host_count == SIGHT_HOSTS_MAX) {
        s->hosts_left_out++;
        return NULL;
    }
    struct mail_host *host = &s->hosts[s->host_count++];
    domain_normal(name, strlen(name), host->name);
    return host;
}

/* Matches NAME, an MX record's, unless there is no policy to do it by. */
static void match_host(struct sight *s, struct probe_check *check, const char *name)
{
    struct mail_host *host = add_host(s, name);

    if (!sight_has_patterns(s))
        return;
    bool unmatched = probe_match_host(s->policy.mx.text, s->policy.mx_count, name, &check->findings) == s->policy.mx_count;
    if (host != NULL)
        host->unmatched = unmatched;
}

static void match_patterns(struct sight *s, struct probe_check *check)
{
    const char *hosts[SIGHT_HOSTS_MAX];

    for (size_t i = 0; i < s->host_count; i++)
        hosts[i] = s->hosts[i].name;
    if (sight_has_patterns(s) && s->hosts_left_out == 0)
        probe_match_unused(s->policy.mx.text, s->policy.mx_count, hosts, s->host_count, &check->findings);
}

static void tell_mx(const struct sight *s, struct probe_check *check)
{
    size_t all = s->host_count + s->hosts_left_out;

    buf_print(&check->summary, "%zu MX host%s", all, sight_plural(all));
    if (sight_is_none(s))
        buf_print(&check->summary, ", of which mode none asks nothing");
    else if (!sight_has_patterns(s))
        buf_print(&check->summary, ", and no policy to match %s against", all == 1 ? "it" : "them");
    else if (check->findings.verdict != PROBE_FAIL)
        buf_print(&check->summary, ", %s", all == 1 ? "matched" : "all matched");
}

static void match_all(struct sight *s, struct probe_check *check, const struct probe_dns_answer *answer)
{
    enum probe_mx_kind kind = probe_judge_mx(s->probe->domain, answer, &check->findings);

    s->is_null_mx = kind == PROBE_MX_NULL;
    if (s->is_null_mx)
        return;
    if (kind == PROBE_MX_IMPLICIT)
        match_host(s, check, s->probe->domain);
    for (size_t i = 0; kind == PROBE_MX_RECORDS && i < answer->count; i++)
        match_host(s, check, answer->mx[i].host);
    match_patterns(s, check);
    tell_mx(s, check);
}

void probe_check_mx(struct sight *s, struct probe_check *check)
{
    struct probe_dns_answer answer;

    probe_dns_mx(s->dns, s->probe->domain, &answer);
    if (answer.state == PROBE_DNS_AGAIN) {
        sight_not_told(check, answer.why);
        probe_dns_answer_free(&answer);
        return;
    }
    s->has_mx = true;
    s->hosts = calloc(SIGHT_HOSTS_MAX, sizeof *s->hosts);
    if (s->hosts == NULL)
        check->findings.failed = true;
    else
        match_all(s, check, &answer);
    if (!sight_has_patterns(s) && check->findings.verdict == PROBE_OK)
        check->state = PROBE_SKIPPED;
    probe_dns_answer_free(&answer);
}

/* --- smtp, dane --- */

static void judge_smtp(struct sight *s, struct mail_host *host, struct probe_findings *findings)
{
    const struct probe_host *seen = host->seen;
    struct probe_findings own = { 0 };

    if (seen->addresses.state == PROBE_DNS_AGAIN) {
        host->unknown = true;
    } else if (seen->addresses.state == PROBE_DNS_ABSENT) {
        probe_judge_mx_no_address(host->name, &seen->addresses, findings);
        host->gone = true;
    } else {
        host->unknown = !probe_judge_smtp(host->name, &seen->smtp, findings);
        host->failed = !host->unknown && seen->smtp.outcome != PROBE_FETCHED;
        if (seen->smtp.outcome == PROBE_FETCHED && seen->smtp.chain != NULL)
            probe_cert_judge(s->options->trust, seen->smtp.chain, host->name, s->now, s->options->warn_days, &own);
        host->failed |= own.verdict == PROBE_FAIL;
        probe_findings_add_of(host->name, &own, findings);
        probe_findings_free(&own);
    }
}

/* What kept an MX from being looked at, where its findings do not tell. */
static const char *why_unknown(const struct probe_host *seen)
{
    return seen->addresses.state == PROBE_DNS_AGAIN ? seen->addresses.why : seen->smtp.why;
}

static void tell_smtp(struct sight *s, struct probe_check *check)
{
    size_t good = 0;
    bool unknown = false;

    for (size_t i = 0; i < s->host_count; i++) {
        good += !s->hosts[i].failed && !s->hosts[i].gone && !s->hosts[i].unknown;
        unknown |= s->hosts[i].unknown;
    }
    if (s->host_count == 1 && good == 1)
        probe_cert_describe(s->hosts[0].seen->smtp.chain, s->now, &check->summary);
    else
        buf_print(&check->summary, "%zu of %zu MX host%s with STARTTLS and a valid certificate", good, s->host_count,
                  sight_plural(s->host_count));
    if (s->hosts_left_out > 0)
        buf_print(&check->summary, "; %zu more were not looked at", s->hosts_left_out);
    if (!unknown)
        return;
    check->state = PROBE_UNKNOWN;
    for (size_t i = 0; i < s->host_count; i++) {
        if (!s->hosts[i].unknown || s->hosts[i].seen == NULL || check->findings.count > 0)
            continue;
        const char *why = why_unknown(s->hosts[i].seen);
        buf_print(&check->summary, "; %s: ", s->hosts[i].name);
        sight_add(&check->summary, why);
    }
}

void probe_check_smtp(struct sight *s, struct probe_check *check)
{
    for (size_t i = 0; i < s->host_count; i++) {
        struct mail_host *host = &s->hosts[i];
        host->seen = probe_hosts_look(s->options->hosts, s->dns, &s->options->fetch, host->name);
        if (host->seen == NULL) {
            check->findings.failed = true;
            return;
        }
        judge_smtp(s, host, &check->findings);
    }
    tell_smtp(s, check);
}

enum { DANE_TA = 2, DANE_EE = 3 };

/* How many of the TLSA records a sender would use; *MATCHES: does one of them match? */
static size_t count_tlsa(const struct probe_host *seen, bool *matches)
{
    size_t usable = 0;

    *matches = false;
    for (size_t i = 0; i < seen->tlsa.count && seen->tlsa.state == PROBE_DNS_FOUND; i++) {
        const struct probe_tlsa *tlsa = &seen->tlsa.tlsa[i];
        usable += tlsa->usage == DANE_TA || tlsa->usage == DANE_EE;
        if (seen->smtp.chain != NULL)
            *matches |= probe_cert_matches(seen->smtp.chain, tlsa->usage, tlsa->selector, tlsa->matching, tlsa->data, tlsa->len);
    }
    return usable;
}

static void tell_dane(struct mail_host *host, struct buf *out)
{
    const struct probe_host *seen = host->seen;
    bool matches, is_signed = seen->tlsa.authentic;
    size_t usable = count_tlsa(seen, &matches);

    host->dane = usable > 0 && is_signed && !matches && seen->smtp.chain != NULL;
    buf_print(out, "%s%s: ", out->len > 0 ? "; " : "", host->name);
    if (seen->tlsa.state == PROBE_DNS_AGAIN)
        buf_print(out, "%s", seen->tlsa.why);
    else if (usable == 0)
        buf_print(out, "no TLSA record");
    else
        buf_print(out, "%zu TLSA record%s, %s, %s", usable, sight_plural(usable),
                  is_signed ? "signed" : "not signed, so not used",
                  seen->smtp.chain == NULL ? "not compared with a certificate"
                  : matches                ? "matched by its certificate"
                                           : "not matched by its certificate");
}

void probe_check_dane(struct sight *s, struct probe_check *check)
{
    for (size_t i = 0; i < s->host_count; i++)
        if (s->hosts[i].seen != NULL)
            tell_dane(&s->hosts[i], &check->summary);
}
