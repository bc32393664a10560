/*
 * A cache of what MX hosts show: each is asked once, however many domains name it in their MX records. Several threads may use it
 * at once.
 */
#ifndef PROBE_ASK_HOSTS_H
#define PROBE_ASK_HOSTS_H

#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"

/* How many MX hosts of a domain are asked: a sender tries some, and not the hundreds that a hostile zone may name. */
enum { PROBE_HOSTS_MAX = 32 };

/* How many addresses of a host are asked. */
enum { PROBE_ADDRESSES_MAX = 16 };

struct probe_host {
    struct probe_dns_answer addresses, tlsa;
    struct probe_fetched *smtp; /* at the first SMTP_COUNT addresses; their certificates are there for JUDGE alone */
    size_t smtp_count;
    void *verdict; /* what JUDGE returned */
};

/*
 * What all domains that name a host conclude from it, once. JUDGE is called after the host NAME was asked, by the thread that
 * asked; DISCARD frees what it returned. Certificates are freed after JUDGE.
 */
struct probe_hosts_judge {
    void *(*judge)(const void *data, const char *name, const struct probe_host *host);
    void (*discard)(void *verdict);
    const void *data;
};

/* NULL where memory runs out. JUDGE's DATA is borrowed. All hosts are to be released before it is freed. */
struct probe_hosts;
struct probe_hosts *probe_hosts_new(const struct probe_hosts_judge *judge);
void probe_hosts_free(struct probe_hosts *hosts);

/*
 * What the hosts in NAMES, COUNT of them, PROBE_HOSTS_MAX at most, show: put into SHOWN. Those that are not in the cache are
 * asked side by side, with DNS, which is for the calling thread alone, and FETCH; what another thread is asking, this one waits
 * for. What FETCH's limit or a lack of this machine cut short is not kept for others; what another thread was not done with by
 * then is NULL. What is shown does not change; probe_hosts_release() is due for each. False where memory runs out, and some are
 * NULL for that.
 */
bool probe_hosts_get(struct probe_hosts *hosts, struct probe_dns *dns, const struct probe_fetch_options *fetch,
                     const char *const *names, size_t count, const struct probe_host **shown);
void probe_hosts_release(struct probe_hosts *hosts, const struct probe_host *host);

#endif
