/* Asks name servers, with libunbound, which validates what they answer (DNSSEC, RFC 4035). */
#ifndef PROBE_ASK_DNS_H
#define PROBE_ASK_DNS_H

#include "probe/ask/dns_answer.h"
#include "probe/ask/resolver.h"

#include <stdint.h>

/* What one thread at a time asks with. NULL where memory runs out. */
struct probe_dns;
struct probe_dns *probe_dns_new(const struct probe_dns_options *options);
void probe_dns_free(struct probe_dns *dns);

/* From LIMIT on, by clock_ms(), every answer is AGAIN; 0: never. */
void probe_dns_set_limit(struct probe_dns *dns, int64_t limit);

/* A question: the records of NAME, which is of any kind, with or without a final dot; and where the answer goes. */
struct probe_dns_question {
    const char *name;
    enum probe_dns_type type;
    struct probe_dns_answer *answer;
};

/*
 * Asks all COUNT questions in LIST side by side. Where no server answers, or memory or descriptors run out, the state is AGAIN.
 * The answers need not be initialised; the caller calls probe_dns_answer_free() for each.
 */
void probe_dns_ask(struct probe_dns *dns, const struct probe_dns_question *list, size_t count);

/* The same for one. Addresses are A and AAAA, joined by probe_dns_answer_join(). */
void probe_dns_txt(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_mx(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_addresses(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_cname(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_tlsa(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);

/* A name, and where the answers about it go: its addresses, and its TLSA records for SMTP. */
struct probe_dns_host {
    const char *name;
    struct probe_dns_answer *addresses, *tlsa;
};

/* Asks for all that of the COUNT names in LIST, several names at once. */
void probe_dns_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count);

#endif
