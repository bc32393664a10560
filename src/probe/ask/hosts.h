/*
 * What MX hosts show. Each is asked once, for all domains that name it: a thousand domains with one MX are one connection to it,
 * and not a thousand. Safe to use from several threads at once. Floor 5.
 */
#ifndef PROBE_ASK_HOSTS_H
#define PROBE_ASK_HOSTS_H

#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"

/* How many MX hosts of a domain are asked: a sender tries some, and not the hundreds that a hostile zone may name. */
enum { PROBE_HOSTS_MAX = 32 };

struct probe_host {
    struct probe_dns_answer addresses, tlsa;
    struct probe_fetched smtp; /* where there are addresses */
};

/* NULL where memory runs out. */
struct probe_hosts;
struct probe_hosts *probe_hosts_new(void);
void probe_hosts_free(struct probe_hosts *hosts);

/*
 * NAME, a host name, as it was seen, or is now: with DNS, the calling thread's own, and FETCH. It stays as it is until
 * probe_hosts_release(), which is due. NULL where memory runs out.
 */
const struct probe_host *probe_hosts_get(struct probe_hosts *hosts, struct probe_dns *dns,
                                         const struct probe_fetch_options *fetch, const char *name);
void probe_hosts_release(struct probe_hosts *hosts, const struct probe_host *host);

#endif
