#include "probe/check/mx_host.h"

#include "base/buf.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetched.h"
#include "probe/ask/hosts.h"
#include "probe/ask/lack.h"
#include "probe/judge/addresses.h"
#include "probe/judge/cert.h"
#include "probe/judge/dane.h"
#include "probe/judge/records.h"
#include "probe/judge/servers.h"
#include "read/finding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is said of a host in the results of all domains that name it. */
struct verdict {
    struct probe_mx_host host;
    struct probe_findings findings;
    struct buf described;
};

/* Is TLS good enough there? */
static bool judge_address(const struct probe_mx_terms *terms, const char *name, const struct probe_fetched *fetched, int64_t now,
                          struct probe_address *address)
{
    struct probe_findings own = { 0 };
    bool is_known = probe_judge_smtp(name, fetched, &address->findings);

    if (fetched->outcome == PROBE_FETCHED && fetched->chain != NULL)
        probe_cert_judge(terms->trust, fetched->chain, name, now, terms->warn_days, &own);
    probe_findings_add_of(name, &own, &address->findings);
    probe_findings_free(&own);
    address->state = probe_address_state(fetched, is_known, &address->findings);
    bool is_good = address->state == PROBE_ADDRESS_GOOD;
    probe_address_judge_use(address);
    return is_good;
}

static const char *why_unknown(const struct probe_host *shown, const struct probe_address *list)
{
    for (size_t i = 0; i < shown->smtp_count; i++)
        if (list[i].state == PROBE_ADDRESS_NOT_ASKED)
            return shown->smtp[i].why;
    for (size_t i = 0; i < shown->smtp_count; i++)
        if (list[i].state != PROBE_ADDRESS_SPECIAL)
            return shown->smtp[i].why;
    return shown->smtp_count > 0 ? "it has no public address" : PROBE_LACK_MEMORY;
}

/* The certificates from a good address; else from the first that showed some. */
static struct stack_st_X509 *find_chain(const struct probe_host *shown, const struct probe_address *list)
{
    struct stack_st_X509 *chain = NULL;

    for (size_t i = 0; i < shown->smtp_count; i++) {
        if (shown->smtp[i].chain != NULL && list[i].state == PROBE_ADDRESS_GOOD)
            return shown->smtp[i].chain;
        if (chain == NULL)
            chain = shown->smtp[i].chain;
    }
    return chain;
}

/* Does one of the TLSA records match CHAIN? */
static bool matches_tlsa(const struct probe_dns_answer *answer, struct stack_st_X509 *chain)
{
    bool matches = false;

    for (size_t i = 0; i < answer->count; i++) {
        const struct probe_tlsa *tlsa = &answer->tlsa[i];
        matches |= probe_dane_is_usable(tlsa) &&
                   probe_cert_matches(chain, tlsa->usage, tlsa->selector, tlsa->matching, tlsa->data, tlsa->len);
    }
    return matches;
}

static void count_matched(const struct probe_host *shown, struct probe_mx_host *host)
{
    for (size_t i = 0; i < shown->smtp_count; i++) {
        struct stack_st_X509 *chain = shown->smtp[i].chain;
        host->chains += chain != NULL;
        host->matched += chain != NULL && shown->tlsa.state == PROBE_DNS_FOUND && matches_tlsa(&shown->tlsa, chain);
    }
}

static struct probe_mx_key key_of(struct stack_st_X509 *chain, size_t at)
{
    unsigned char digest[PROBE_CERT_DIGEST_MAX];
    struct probe_mx_key key = { 0 };

    key.is_there = probe_cert_digest(chain, at, PROBE_TLSA_KEY, PROBE_TLSA_SHA256, digest) == sizeof key.sha256;
    if (key.is_there)
        memcpy(key.sha256, digest, sizeof key.sha256);
    return key;
}

/* Keeps what is wanted of the certificates: they themselves are not kept. */
static void take_certificates(const struct probe_host *shown, struct stack_st_X509 *best, int64_t now, struct verdict *verdict)
{
    count_matched(shown, &verdict->host);
    if (best == NULL)
        return;
    verdict->host.own = key_of(best, 0);
    verdict->host.issuer = key_of(best, 1);
    probe_cert_describe(best, now, &verdict->described);
}

static void judge_addresses(const struct probe_mx_terms *terms, const char *name, const struct probe_host *shown, int64_t now,
                            struct verdict *verdict)
{
    struct probe_address list[PROBE_ADDRESSES_MAX] = { 0 };
    size_t count = shown->smtp_count, good = 0;

    for (size_t i = 0; i < count; i++) {
        list[i].name = shown->addresses.addresses[i];
        good += judge_address(terms, name, &shown->smtp[i], now, &list[i]);
    }
    bool is_known = good + probe_addresses_count(list, count, PROBE_ADDRESS_BAD) > 0;
    for (size_t i = 0; i < count && is_known; i++)
        if (list[i].state == PROBE_ADDRESS_NO_ROUTE)
            probe_judge_smtp_no_route(name, &list[i].findings);
    verdict->host = (struct probe_mx_host) {
        .reach = probe_addresses_join(list, count, &verdict->findings),
        .count = count,
        .good = good,
        .not_asked = probe_addresses_count(list, count, PROBE_ADDRESS_NOT_ASKED),
        .left_out = shown->addresses.count - count,
        .why = why_unknown(shown, list),
    };
    take_certificates(shown, find_chain(shown, list), now, verdict);
    probe_addresses_free(list, count);
    verdict->host.is_told = verdict->findings.count > 0;
    verdict->host.is_hidden = probe_judge_mx_addresses(name, &shown->addresses, &verdict->findings);
    if (shown->addresses.is_partial) {
        verdict->host.not_asked++;
        verdict->host.why = shown->addresses.why;
    }
}

static void *judge(const void *terms, const char *name, const struct probe_host *shown)
{
    struct verdict *verdict = calloc(1, sizeof *verdict);
    int64_t now = (int64_t)time(NULL);

    if (verdict != NULL && shown->addresses.state == PROBE_DNS_FOUND)
        judge_addresses(terms, name, shown, now, verdict);
    return verdict;
}

static void discard(void *data)
{
    struct verdict *verdict = data;

    if (verdict == NULL)
        return;
    probe_findings_free(&verdict->findings);
    buf_free(&verdict->described);
    free(verdict);
}

struct probe_hosts *probe_mx_hosts_new(const struct probe_mx_terms *terms)
{
    const struct probe_hosts_judge once = { judge, discard, terms };

    return probe_hosts_new(&once);
}

struct probe_mx_host probe_mx_host_judge(const char *name, bool is_implicit, const struct probe_host *shown,
                                         struct probe_findings *findings)
{
    const struct verdict *verdict = shown != NULL ? shown->verdict : NULL;

    if (shown == NULL)
        return (struct probe_mx_host) { .reach = PROBE_REACH_UNKNOWN,
                                        .why = "there was no time left to ask; raise --domain-timeout" };
    if (shown->addresses.state == PROBE_DNS_AGAIN)
        return (struct probe_mx_host) { .reach = PROBE_REACH_UNKNOWN, .why = shown->addresses.why };
    if (verdict == NULL) {
        findings->failed = true;
        return (struct probe_mx_host) { .reach = PROBE_REACH_UNKNOWN, .why = PROBE_LACK_MEMORY };
    }
    if (shown->addresses.state == PROBE_DNS_FOUND) {
        probe_findings_add_all(&verdict->findings, findings);
        return verdict->host;
    }
    probe_judge_mx_no_address(name, is_implicit, &shown->addresses, findings);
    return (struct probe_mx_host) { .reach = PROBE_REACH_NONE, .is_gone = true };
}

void probe_mx_host_describe(const struct probe_host *shown, struct buf *out)
{
    const struct verdict *verdict = shown->verdict;

    buf_add(out, verdict->described.len > 0 ? verdict->described.text : "", verdict->described.len);
    out->failed |= verdict->described.failed;
}
