#include "probe/ask/hosts.h"

#include "base/hash.h"
#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetch.h"
#include "probe/ask/fetched.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many are kept, at some kilobytes each. Beyond that, one that nobody uses is evicted. */
enum { KEPT_MAX = 1024, BUCKETS = 1024 };

struct entry {
    struct probe_host host; /* first: callers hold a pointer to it */
    struct entry *next;     /* in the same bucket */
    unsigned users;
    bool ready;
    char name[DOMAIN_MAX + 1];
};

struct probe_hosts {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    struct entry *buckets[BUCKETS];
    size_t count, cursor; /* the bucket where evict() goes on */
};

struct probe_hosts *probe_hosts_new(void)
{
    struct probe_hosts *hosts = calloc(1, sizeof *hosts);

    if (hosts == NULL)
        return NULL;
    if (pthread_mutex_init(&hosts->lock, NULL) != 0 || pthread_cond_init(&hosts->ready, NULL) != 0) {
        free(hosts);
        return NULL;
    }
    return hosts;
}

static void free_entry(struct entry *entry)
{
    probe_dns_answer_free(&entry->host.addresses);
    probe_dns_answer_free(&entry->host.tlsa);
    probe_fetched_free(&entry->host.smtp);
    free(entry);
}

void probe_hosts_free(struct probe_hosts *hosts)
{
    if (hosts == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (hosts->buckets[i] != NULL) {
            struct entry *entry = hosts->buckets[i];
            hosts->buckets[i] = entry->next;
            free_entry(entry);
        }
    }
    (void)pthread_cond_destroy(&hosts->ready);
    (void)pthread_mutex_destroy(&hosts->lock);
    free(hosts);
}

static size_t bucket_of(const char *name)
{
    uint64_t hash = HASH_EMPTY;

    for (; *name != '\0'; name++)
        hash = hash_add(hash, *name);
    return hash_short(hash) % BUCKETS;
}

/* Frees one that nobody uses. Where all are in use, there are more than KEPT_MAX for a while. */
static void evict(struct probe_hosts *hosts)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct entry **at = &hosts->buckets[hosts->cursor++ % BUCKETS];
        while (*at != NULL && (*at)->users > 0)
            at = &(*at)->next;
        if (*at == NULL)
            continue;
        struct entry *entry = *at;
        *at = entry->next;
        free_entry(entry);
        hosts->count--;
        return;
    }
}

static struct entry *add_entry(struct probe_hosts *hosts, struct entry **bucket, const char *name)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL)
        return NULL;
    if (hosts->count >= KEPT_MAX)
        evict(hosts);
    (void)snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->next = *bucket;
    *bucket = entry;
    hosts->count++;
    return entry;
}

static void ask_host(struct probe_host *host, struct probe_dns *dns, const struct probe_fetch_options *fetch, const char *name)
{
    char tlsa[DOMAIN_MAX + sizeof "_25._tcp."];

    probe_dns_addresses(dns, name, &host->addresses);
    (void)snprintf(tlsa, sizeof tlsa, "_25._tcp.%s", name);
    probe_dns_tlsa(dns, tlsa, &host->tlsa);
    if (host->addresses.state == PROBE_DNS_FOUND)
        probe_fetch_smtp(fetch, name, host->addresses.addresses, host->addresses.count, &host->smtp);
}

const struct probe_host *probe_hosts_get(struct probe_hosts *hosts, struct probe_dns *dns,
                                         const struct probe_fetch_options *fetch, const char *name)
{
    char normal[DOMAIN_MAX + 1];
    bool found;

    domain_normal(name, strnlen(name, DOMAIN_MAX), normal);
    (void)pthread_mutex_lock(&hosts->lock);
    struct entry **bucket = &hosts->buckets[bucket_of(normal)], *entry = *bucket;
    while (entry != NULL && strcmp(entry->name, normal) != 0)
        entry = entry->next;
    found = entry != NULL;
    if (!found)
        entry = add_entry(hosts, bucket, normal);
    if (entry != NULL)
        entry->users++;
    while (found && !entry->ready)
        (void)pthread_cond_wait(&hosts->ready, &hosts->lock);
    (void)pthread_mutex_unlock(&hosts->lock);
    if (found || entry == NULL)
        return found ? &entry->host : NULL;

    ask_host(&entry->host, dns, fetch, normal);
    (void)pthread_mutex_lock(&hosts->lock);
    entry->ready = true;
    (void)pthread_cond_broadcast(&hosts->ready);
    (void)pthread_mutex_unlock(&hosts->lock);
    return &entry->host;
}

void probe_hosts_release(struct probe_hosts *hosts, const struct probe_host *host)
{
    struct entry *entry = (struct entry *)(uintptr_t)host;

    if (entry == NULL)
        return;
    (void)pthread_mutex_lock(&hosts->lock);
    entry->users--;
    (void)pthread_mutex_unlock(&hosts->lock);
}
