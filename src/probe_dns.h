/* What the probe asks the DNS. The only file with c-ares. Floor 2. */
#ifndef PROBE_DNS_H
#define PROBE_DNS_H

#include "probe_txt.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Three states, never one taken for another. AGAIN: nobody can say; WHY tells what happened. */
enum probe_dns_state { PROBE_DNS_FOUND, PROBE_DNS_ABSENT, PROBE_DNS_AGAIN };

struct probe_mx {
    unsigned preference;
    char *host; /* without a final dot, as the zone writes it; "" is a null MX (RFC 7505) */
};

struct probe_tlsa {
    unsigned usage, selector, matching;
    const unsigned char *data;
    size_t len;
};

/* An answer, all of it freed by probe_dns_answer_free(). Only the list that was asked for is there. */
struct probe_dns_answer {
    enum probe_dns_state state;
    bool no_such_name;                /* with ABSENT: NXDOMAIN, and not just no record of that type */
    bool authentic;                   /* the resolver says that it is signed, and right (AD) */
    const char *why;                  /* a phrase for ABSENT and AGAIN: "the name server failed (SERVFAIL)"; constant */
    char *alias;                      /* where a CNAME led to in the end; NULL: none */
    struct probe_txt_string *strings; /* all three: as long as the answer */
    struct probe_mx *mx;              /* by preference, then name */
    char **addresses;                 /* "192.0.2.1", "2001:db8::1" */
    struct probe_tlsa *tlsa;
    size_t count; /* of that list */
    void *memory;
};

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
 * AGAIN. Addresses are both A and AAAA: FOUND where there is one of either; AGAIN only where there is none and one of the two
 * questions got no answer.
 */
void probe_dns_txt(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_mx(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_addresses(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
void probe_dns_tlsa(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);

void probe_dns_answer_free(struct probe_dns_answer *answer);

#endif
