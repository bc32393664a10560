/* Asks name servers, with libunbound, which validates what they answer (DNSSEC, RFC 4035). */
#ifndef PROBE_ASK_DNS_H
#define PROBE_ASK_DNS_H

#include "base/buf.h"
#include "probe/ask/dns_answer.h"

#include <stdatomic.h>
#include <stdint.h>

/* In place of a list of servers: none is asked to look things up; that is done here, from the root servers on. */
#define PROBE_DNS_ROOT "root"

/* How many descriptors a resolver needs beside its sockets. */
enum { PROBE_DNS_DESCRIPTORS = 12 };

struct probe_dns_options {
    const char *servers;             /* "192.0.2.53,[2001:db8::53]:5353"; PROBE_DNS_ROOT; NULL: those of the system */
    const char *anchors;             /* a file with trust anchors; NULL: the key of the DNS root, where the system has it */
    unsigned sockets;                /* how many queries may be under way at once */
    unsigned timeout_ms;             /* how long a question may take in total */
    const atomic_bool *stop;         /* once it is true, every answer is AGAIN, within half a second; NULL: never */
    struct probe_resolver *resolver; /* what probe_resolver_new() returned for the options above */
};

/*
 * Sets up libunbound, one for all threads, with one cache. It starts threads of its own with the first question. NULL with a full
 * phrase in WHY, SIZE bytes, where OPTIONS are not valid, or memory or descriptors run out. Freed after all that is made of it.
 */
struct probe_resolver *probe_resolver_new(const struct probe_dns_options *options, char *why, size_t size);
void probe_resolver_free(struct probe_resolver *resolver);

/* What one thread at a time asks with. NULL where memory runs out. */
struct probe_dns;
struct probe_dns *probe_dns_new(const struct probe_dns_options *options);
void probe_dns_free(struct probe_dns *dns);

/* From LIMIT on, by clock_ms(), every answer is AGAIN; 0: never. */
void probe_dns_set_limit(struct probe_dns *dns, int64_t limit);

/* Adds the name and the version of the library, as it is linked at run time: "libunbound 1.22.0". */
void probe_dns_library(struct buf *out);

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
void probe_dns_tlsa(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);

/* A name, and where the answers about it go: its addresses, and its TLSA records for SMTP. */
struct probe_dns_host {
    const char *name;
    struct probe_dns_answer *addresses, *tlsa;
};

/* Asks for all that of the COUNT names in LIST, several names at once. */
void probe_dns_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count);

#endif
