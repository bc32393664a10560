/* Asks name servers, with c-ares. */
#ifndef PROBE_ASK_DNS_H
#define PROBE_ASK_DNS_H

#include "base/buf.h"
#include "probe/ask/dns_answer.h"

#include <stdatomic.h>
#include <stdint.h>

/* A query takes at most TIMEOUT_MS * (2^TRIES - 1) for each server: c-ares doubles the timeout with each try. */
struct probe_dns_options {
    const char *servers; /* "192.0.2.53,[2001:db8::53]:5353"; NULL: those of the system */
    unsigned timeout_ms, tries;
    const atomic_bool *stop; /* once it is true, every answer is AGAIN, within half a second; NULL: never */
};

/* A resolver, for one thread at a time. NULL where memory runs out or SERVERS is not valid. */
struct probe_dns;
struct probe_dns *probe_dns_new(const struct probe_dns_options *options);
void probe_dns_free(struct probe_dns *dns);

/* From LIMIT on, by clock_ms(), every answer is AGAIN; 0: never. */
void probe_dns_set_limit(struct probe_dns *dns, int64_t limit);

/* Adds the name and the version of the library, as it is linked at run time: "c-ares 1.34.5". */
void probe_dns_library(struct buf *out);

/*
 * Ask for the records of NAME, a name of any kind, with or without a final dot. Addresses are A and AAAA, joined by
 * probe_dns_answer_join(). Where no server answers, or memory runs out, the state is AGAIN. ANSWER need not be initialised;
 * The caller calls probe_dns_answer_free().
 */
void probe_dns_txt(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_mx(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_addresses(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_tlsa(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);

/* A name, and where the answers about it go: its addresses, and its TLSA records for SMTP. */
struct probe_dns_host {
    const char *name;
    struct probe_dns_answer *addresses, *tlsa;
};

/* Asks for all that of the COUNT names in LIST, several names at once. */
void probe_dns_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count);

#endif
