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

struct probe_host {
    struct probe_dns_answer addresses, tlsa;
    struct probe_fetched smtp; /* all zero where there are no addresses */
};

/* NULL where memory runs out. All hosts are to be released before it is freed. */
struct probe_hosts;
struct probe_hosts *probe_hosts_new(void);
void probe_hosts_free(struct probe_hosts *hosts);

/*
 * What the host NAME shows. Where it is not in the cache, it is asked with DNS, which is for the calling thread alone, and FETCH;
 * where another thread is asking it, this one waits. It does not change; probe_hosts_release() is due. NULL where memory runs
 * out.
 */
const struct probe_host *probe_hosts_get(struct probe_hosts *hosts, struct probe_dns *dns,
                                         const struct probe_fetch_options *fetch, const char *name);
void probe_hosts_release(struct probe_hosts *hosts, const struct probe_host *host);

#endif
