#include "probe/ask/dns.h"

#include "base/clock.h"
#include "policy/domain.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/dns_setup.h"
#include "probe/ask/lack.h"
#include "probe/ask/resolver.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

enum { LOOK_MS = 200 /* how often STOP is read while waiting */, HOSTS_AT_ONCE = 32, OF_HOST = 3 };

struct probe_dns {
    struct probe_resolver *resolver;
    unsigned timeout_ms;
    const atomic_bool *stop;
    int64_t limit;   /* by clock_ms(); 0: none */
    bool is_primary; /* it is asked for its own zones */
};

struct probe_dns *probe_dns_new(const struct probe_dns_options *options)
{
    struct probe_dns *dns = calloc(1, sizeof *dns);

    if (dns == NULL)
        return NULL;
    dns->resolver = options->resolver;
    dns->timeout_ms = options->timeout_ms;
    dns->stop = options->stop;
    dns->is_primary = options->is_primary;
    return dns;
}

void probe_dns_free(struct probe_dns *dns)
{
    free(dns);
}

void probe_dns_set_limit(struct probe_dns *dns, int64_t limit)
{
    dns->limit = limit;
}

/* --- what is validated --- */

static bool is_stopped(const struct probe_dns *dns, int64_t now)
{
    return (dns->stop != NULL && atomic_load(dns->stop)) || (dns->limit != 0 && now >= dns->limit);
}

/* Waits for the answers to BATCH, as long as DNS may. */
static void wait_for(const struct probe_dns *dns, struct probe_batch *batch)
{
    int64_t now = clock_ms(), end = now + dns->timeout_ms;
    bool all = false;

    if (dns->limit != 0 && dns->limit < end)
        end = dns->limit;
    while (!all && now < end && !is_stopped(dns, now)) {
        all = probe_batch_wait(batch, end - now < LOOK_MS ? end : now + LOOK_MS);
        now = clock_ms();
    }
}

/*
 * An answer is bogus. The keys of the trust anchor tell whether others can be validated at all: they are not secure where the
 * name servers leave out DNSSEC records, or do not look these keys up, or where the clock or the anchor itself is wrong.
 */
static void find_validation(const struct probe_dns *dns)
{
    struct probe_batch *batch = probe_batch_new(dns->resolver, 1);
    const struct ub_result *result;

    if (batch == NULL)
        return;
    probe_batch_ask(batch, 0, probe_resolver_anchor(dns->resolver), PROBE_DNS_DNSKEY);
    wait_for(dns, batch);
    if (probe_batch_end(batch, 0, &result) == PROBE_BATCH_ANSWERED)
        probe_resolver_set_validation(dns->resolver, result->secure ? PROBE_VALIDATION_WORKS : PROBE_VALIDATION_FAILS);
    probe_batch_free(batch);
}

/* Why nothing is validated; NULL: it is. */
static const char *find_unvalidated(const struct probe_dns *dns, bool is_bogus)
{
    if (probe_resolver_anchor(dns->resolver)[0] == '\0')
        return "this machine has no key of the DNS root; install dns-root-data, or give --trust-anchor";
    if (is_bogus && probe_resolver_validation(dns->resolver) == PROBE_VALIDATION_UNKNOWN)
        find_validation(dns);
    if (probe_resolver_validation(dns->resolver) != PROBE_VALIDATION_FAILS)
        return NULL;
    return "the name servers leave out DNSSEC records, or the clock or the trust anchor here is wrong; check the clock (date), "
           "then try --dns root";
}

/* --- asking --- */

static void fail(struct probe_dns_answer *answer, enum probe_dns_state state, const char *why)
{
    *answer = (struct probe_dns_answer) { .state = state, .no_such_name = state == PROBE_DNS_ABSENT, .why = why };
}

/* Why there is no answer yet. */
static const char *why_late(const struct probe_dns *dns, int64_t now)
{
    if (dns->stop != NULL && atomic_load(dns->stop))
        return "the run was stopped";
    if (is_stopped(dns, now))
        return "there was no time left to wait for it; raise --domain-timeout";
    return "no name server answered in time; check the network here, then try --dns root";
}

static void take_answer(const struct probe_dns *dns, const struct ub_result *result, const struct probe_dns_question *question)
{
    struct probe_dns_answer *answer = question->answer;

    probe_dns_answer_read(result, question->type, find_unvalidated(dns, result->bogus != 0), answer);
    if (!dns->is_primary || answer->state != PROBE_DNS_ABSENT || !answer->is_referral)
        return;
    answer->state = PROBE_DNS_AGAIN;
    answer->is_unanswered = true;
    answer->why = "the name server does not have the zone, and names others that have";
}

static void take(const struct probe_dns *dns, const struct probe_batch *batch, size_t i,
                 const struct probe_dns_question *question)
{
    const struct ub_result *result;

    switch (probe_batch_end(batch, i, &result)) {
    case PROBE_BATCH_ANSWERED:
        take_answer(dns, result, question);
        break;
    case PROBE_BATCH_NAME:
        fail(question->answer, PROBE_DNS_ABSENT, "the DNS has no room for such a name");
        break;
    case PROBE_BATCH_LACK:
        fail(question->answer, PROBE_DNS_AGAIN, PROBE_LACK_SOMETHING);
        break;
    case PROBE_BATCH_WAITS:
        fail(question->answer, PROBE_DNS_AGAIN, why_late(dns, clock_ms()));
        question->answer->is_unanswered = !is_stopped(dns, clock_ms());
        break;
    }
}

void probe_dns_ask(struct probe_dns *dns, const struct probe_dns_question *list, size_t count)
{
    struct probe_batch *batch = probe_batch_new(dns->resolver, count);

    for (size_t i = 0; i < count; i++) {
        if (batch == NULL)
            fail(list[i].answer, PROBE_DNS_AGAIN, PROBE_LACK_MEMORY);
        else
            probe_batch_ask(batch, i, list[i].name, list[i].type);
    }
    if (batch == NULL)
        return;
    wait_for(dns, batch);
    for (size_t i = 0; i < count; i++)
        take(dns, batch, i, &list[i]);
    probe_batch_free(batch);
}

static void ask_one(struct probe_dns *dns, const char *name, enum probe_dns_type type, struct probe_dns_answer *answer)
{
    const struct probe_dns_question question = { name, type, answer };

    probe_dns_ask(dns, &question, 1);
}

void probe_dns_txt(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    ask_one(dns, name, PROBE_DNS_TXT, answer);
}

void probe_dns_mx(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    ask_one(dns, name, PROBE_DNS_MX, answer);
}

void probe_dns_cname(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    ask_one(dns, name, PROBE_DNS_CNAME, answer);
}

void probe_dns_tlsa(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    ask_one(dns, name, PROBE_DNS_TLSA, answer);
}

void probe_dns_addresses(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    struct probe_dns_answer six;
    const struct probe_dns_question questions[] = { { name, PROBE_DNS_A, answer }, { name, PROBE_DNS_AAAA, &six } };

    probe_dns_ask(dns, questions, 2);
    probe_dns_answer_join(answer, &six);
}

static void ask_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count)
{
    char tlsa[HOSTS_AT_ONCE][DOMAIN_MAX + sizeof "_25._tcp."];
    struct probe_dns_answer six[HOSTS_AT_ONCE];
    struct probe_dns_question questions[HOSTS_AT_ONCE * OF_HOST];

    for (size_t i = 0; i < count; i++) {
        struct probe_dns_question *own = &questions[i * OF_HOST];
        (void)snprintf(tlsa[i], sizeof tlsa[i], "_25._tcp.%s", list[i].name);
        own[0] = (struct probe_dns_question) { list[i].name, PROBE_DNS_A, list[i].addresses };
        own[1] = (struct probe_dns_question) { list[i].name, PROBE_DNS_AAAA, &six[i] };
        own[2] = (struct probe_dns_question) { tlsa[i], PROBE_DNS_TLSA, list[i].tlsa };
    }
    probe_dns_ask(dns, questions, count * OF_HOST);
    for (size_t i = 0; i < count; i++)
        probe_dns_answer_join(list[i].addresses, &six[i]);
}

void probe_dns_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count)
{
    for (size_t i = 0; i < count; i += HOSTS_AT_ONCE)
        ask_hosts(dns, list + i, count - i < HOSTS_AT_ONCE ? count - i : HOSTS_AT_ONCE);
}
