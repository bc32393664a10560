/* What the probe asks the DNS. The only file with c-ares. Floor 4. */
#ifndef PROBE_ASK_DNS_H
#define PROBE_ASK_DNS_H

#include "probe/ask/dns_answer.h"

#include <stdatomic.h>

/* The longest that a question takes is TIMEOUT_MS * (2^TRIES - 1), for each server (c-ares doubles it with each try). */
struct probe_dns_options {
    const char *servers; /* "192.0.2.53,[2001:db8::53]:5353"; NULL: those of the system */
    unsigned timeout_ms, tries;
    const atomic_bool *stop; /* NULL, or once it is true every answer is AGAIN, within half a second */
};

/* A resolver, for one thread at a time. NULL where memory runs out or SERVERS cannot be read. */
struct probe_dns;
struct probe_dns *probe_dns_new(const struct probe_dns_options *options);
void probe_dns_free(struct probe_dns *dns);

/*
 * Ask for NAME's records. ANSWER need not be initialised; probe_dns_answer_free() is due. Where memory runs out the state is
 * AGAIN. Addresses are both A and AAAA, as probe_dns_answer_join() has it.
 */
void probe_dns_txt(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_mx(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_addresses(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_tlsa(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);

#endif
