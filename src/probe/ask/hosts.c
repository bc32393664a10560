#include "probe/ask/hosts.h"

#include "base/clock.h"
#include "base/hash.h"
#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetch.h"
#include "probe/ask/fetched.h"
#include "probe/ask/x509.h"

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
    bool ready, is_spoiled; /* SPOILED: it was cut short, is in no bucket, and is freed by its last user */
    bool is_wanted;         /* a second domain named it since evict() passed by */
    char name[DOMAIN_MAX + 1];
};

struct probe_hosts {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    struct entry *buckets[BUCKETS];
    size_t count, cursor; /* the bucket where evict() goes on */
    struct probe_hosts_judge judge;
};

struct probe_hosts *probe_hosts_new(const struct probe_hosts_judge *judge)
{
    struct probe_hosts *hosts = calloc(1, sizeof *hosts);

    if (hosts == NULL)
        return NULL;
    hosts->judge = *judge;
    if (pthread_mutex_init(&hosts->lock, NULL) == 0 && clock_condition(&hosts->ready))
        return hosts;
    free(hosts);
    return NULL;
}

static void free_entry(const struct probe_hosts *hosts, struct entry *entry)
{
    hosts->judge.discard(entry->host.verdict);
    probe_dns_answer_free(&entry->host.addresses);
    probe_dns_answer_free(&entry->host.tlsa);
    for (size_t i = 0; i < entry->host.smtp_count; i++)
        probe_fetched_free(&entry->host.smtp[i]);
    free(entry->host.smtp);
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
            free_entry(hosts, entry);
        }
    }
    (void)pthread_cond_destroy(&hosts->ready);
    (void)pthread_mutex_destroy(&hosts->lock);
    free(hosts);
}

static size_t bucket_of(const char *name)
{
    return hash_name(name, strlen(name)) % BUCKETS;
}

/* The first in the bucket AT that may go. Those that several domains name stay until the next time. */
static struct entry **find_unwanted(struct entry **at)
{
    while (*at != NULL && ((*at)->users > 0 || (*at)->is_wanted)) {
        (*at)->is_wanted = false;
        at = &(*at)->next;
    }
    return at;
}

/* Frees one that nobody uses. Where all are in use, there are more than KEPT_MAX for a while. */
static void evict(struct probe_hosts *hosts)
{
    for (size_t i = 0; i < 2 * (size_t)BUCKETS; i++) {
        struct entry **at = find_unwanted(&hosts->buckets[hosts->cursor++ % BUCKETS]);
        if (*at == NULL)
            continue;
        struct entry *entry = *at;
        *at = entry->next;
        free_entry(hosts, entry);
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

static struct entry *find_entry(struct probe_hosts *hosts, const char *normal, bool *is_new)
{
    struct entry **bucket = &hosts->buckets[bucket_of(normal)], *entry = *bucket;

    while (entry != NULL && strcmp(entry->name, normal) != 0)
        entry = entry->next;
    *is_new = entry == NULL;
    if (entry != NULL)
        entry->is_wanted = true;
    else
        entry = add_entry(hosts, bucket, normal);
    if (entry != NULL)
        entry->users++;
    return entry;
}

/* --- asking --- */

static void look_up(struct probe_dns *dns, struct entry *const *own, size_t count)
{
    struct probe_dns_host list[PROBE_HOSTS_MAX];

    for (size_t i = 0; i < count; i++)
        list[i] = (struct probe_dns_host) { own[i]->name, &own[i]->host.addresses, &own[i]->host.tlsa };
    probe_dns_hosts(dns, list, count);
}

/* Makes room for what the host shows at each address, and adds that to LIST. Returns how many were added. */
static size_t plan(struct entry *entry, struct probe_fetch *list)
{
    struct probe_host *host = &entry->host;
    size_t count = host->addresses.count < PROBE_ADDRESSES_MAX ? host->addresses.count : PROBE_ADDRESSES_MAX;

    if (host->addresses.state != PROBE_DNS_FOUND || count == 0)
        return 0;
    host->smtp = calloc(count, sizeof *host->smtp);
    host->smtp_count = host->smtp != NULL ? count : 0;
    for (size_t i = 0; i < host->smtp_count; i++)
        list[i] = (struct probe_fetch) { entry->name, host->addresses.addresses[i], &host->smtp[i] };
    return host->smtp_count;
}

/* Is something not known of HOST that another domain may learn? IS_LATE: the limit has come. */
static bool is_cut_short(const struct probe_host *host, bool is_late)
{
    bool cut = is_late && (host->addresses.state == PROBE_DNS_AGAIN || host->addresses.is_partial);

    for (size_t i = 0; i < host->smtp_count; i++)
        cut |= host->smtp[i].outcome == PROBE_FETCH_STOPPED || host->smtp[i].outcome == PROBE_FETCH_LACK;
    return cut || (host->smtp == NULL && host->addresses.count > 0);
}

/* Certificates take more room than all else of a host, and JUDGE was the last to look at them. */
static void drop_certificates(struct probe_host *host)
{
    for (size_t i = 0; i < host->smtp_count; i++) {
        probe_x509_free(host->smtp[i].chain);
        host->smtp[i].chain = NULL;
    }
}

static void judge(const struct probe_hosts *hosts, struct entry *entry)
{
    entry->host.verdict = hosts->judge.judge(hosts->judge.data, entry->name, &entry->host);
    drop_certificates(&entry->host);
}

/* Asks the COUNT hosts in OWN, which are new. */
static void ask_hosts(const struct probe_hosts *hosts, struct probe_dns *dns, const struct probe_fetch_options *fetch,
                      struct entry *const *own, size_t count)
{
    struct probe_fetch *list = calloc(count * PROBE_ADDRESSES_MAX + 1, sizeof *list);
    size_t planned = 0;

    look_up(dns, own, count);
    for (size_t i = 0; i < count && list != NULL; i++)
        planned += plan(own[i], list + planned);
    if (planned > 0)
        probe_fetch_smtp(fetch, list, planned);
    free(list);
    for (size_t i = 0; i < count; i++)
        judge(hosts, own[i]);
}

static void remove_entry(struct probe_hosts *hosts, struct entry *entry)
{
    struct entry **at = &hosts->buckets[bucket_of(entry->name)];

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    hosts->count--;
    entry->is_spoiled = true;
}

static void publish(struct probe_hosts *hosts, const struct probe_fetch_options *fetch, struct entry *const *own, size_t count)
{
    bool is_late = fetch->limit != 0 && clock_ms() >= fetch->limit;

    (void)pthread_mutex_lock(&hosts->lock);
    for (size_t i = 0; i < count; i++) {
        own[i]->ready = true;
        if (is_cut_short(&own[i]->host, is_late))
            remove_entry(hosts, own[i]);
    }
    (void)pthread_cond_broadcast(&hosts->ready);
    (void)pthread_mutex_unlock(&hosts->lock);
}

/* Waits until ENTRY is ready, which another thread sees to, or until LIMIT. False: it is not. */
static bool wait_for(struct probe_hosts *hosts, const struct entry *entry, int64_t limit)
{
    bool in_time = true;

    while (!entry->ready && in_time)
        in_time =
            limit != 0 ? clock_wait(&hosts->ready, &hosts->lock, limit) : pthread_cond_wait(&hosts->ready, &hosts->lock) == 0;
    return entry->ready;
}

/* Puts what is ready into SHOWN, and gives up the rest. */
static void take_all(struct probe_hosts *hosts, struct entry *const *entries, size_t count, int64_t limit,
                     const struct probe_host **shown)
{
    (void)pthread_mutex_lock(&hosts->lock);
    for (size_t i = 0; i < count; i++) {
        bool is_ready = entries[i] != NULL && wait_for(hosts, entries[i], limit);
        shown[i] = is_ready ? &entries[i]->host : NULL;
        if (entries[i] != NULL && !is_ready)
            entries[i]->users--;
    }
    (void)pthread_mutex_unlock(&hosts->lock);
}

bool probe_hosts_get(struct probe_hosts *hosts, struct probe_dns *dns, const struct probe_fetch_options *fetch,
                     const char *const *names, size_t count, const struct probe_host **shown)
{
    struct entry *all[PROBE_HOSTS_MAX], *own[PROBE_HOSTS_MAX] = { 0 };
    char normal[DOMAIN_MAX + 1];
    size_t new = 0;
    bool good = true, is_new;

    (void)pthread_mutex_lock(&hosts->lock);
    for (size_t i = 0; i < count; i++) {
        domain_normal(names[i], strnlen(names[i], DOMAIN_MAX), normal);
        all[i] = find_entry(hosts, normal, &is_new);
        if (all[i] != NULL && is_new)
            own[new ++] = all[i];
        good &= all[i] != NULL;
    }
    (void)pthread_mutex_unlock(&hosts->lock);
    ask_hosts(hosts, dns, fetch, own, new);
    publish(hosts, fetch, own, new);
    take_all(hosts, all, count, fetch->limit, shown);
    return good;
}

void probe_hosts_release(struct probe_hosts *hosts, const struct probe_host *host)
{
    struct entry *entry = (struct entry *)(uintptr_t)host;

    if (entry == NULL)
        return;
    (void)pthread_mutex_lock(&hosts->lock);
    entry->users--;
    bool is_last = entry->users == 0 && entry->is_spoiled;
    (void)pthread_mutex_unlock(&hosts->lock);
    if (is_last)
        free_entry(hosts, entry);
}
