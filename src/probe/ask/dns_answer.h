/* A DNS message as it came (RFC 1035 4), taken apart: every bound checked, nothing believed. Pure. Floor 3. */
#ifndef PROBE_ASK_DNS_ANSWER_H
#define PROBE_ASK_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* Three states, never one taken for another. AGAIN: nobody can say; WHY tells what happened. */
enum probe_dns_state { PROBE_DNS_FOUND, PROBE_DNS_ABSENT, PROBE_DNS_AGAIN };

struct probe_mx {
    unsigned preference;
    char *host; /* without a final dot, as the zone writes it; "" is a null MX (RFC 7505) */
};

/* The fields of a TLSA record that are used here (RFC 6698 2.1). */
enum { PROBE_TLSA_TA = 2, PROBE_TLSA_EE = 3 };
enum { PROBE_TLSA_CERT = 0, PROBE_TLSA_KEY = 1 };
enum { PROBE_TLSA_WHOLE = 0, PROBE_TLSA_SHA256 = 1, PROBE_TLSA_SHA512 = 2 };

struct probe_tlsa {
    unsigned usage, selector, matching;
    const unsigned char *data;
    size_t len;
};

/* One string of a record: the strings of all records stand one after the other, as resolver libraries hand them over. */
struct probe_txt_string {
    const char *bytes; /* any bytes, LEN of them */
    size_t len;
    bool begins; /* the first of its record */
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

/* The types that can be asked for. */
enum probe_dns_type { PROBE_DNS_A = 1, PROBE_DNS_MX = 15, PROBE_DNS_TXT = 16, PROBE_DNS_AAAA = 28, PROBE_DNS_TLSA = 52 };

/*
 * Reads the message BYTES of LEN, the answer to a question for NAME's records of TYPE. A chain of CNAMEs is followed within it.
 * ANSWER need not be initialised; probe_dns_answer_free() is due. Where memory runs out the state is AGAIN.
 */
void probe_dns_answer_read(const unsigned char *bytes, size_t len, const char *name, enum probe_dns_type type,
                           struct probe_dns_answer *answer);

/*
 * Makes one answer of two about addresses: what MORE has goes to ANSWER. FOUND where there is one of either; AGAIN only where
 * there is none and one of the two is AGAIN. MORE is freed.
 */
void probe_dns_answer_join(struct probe_dns_answer *answer, struct probe_dns_answer *more);

void probe_dns_answer_free(struct probe_dns_answer *answer);

#endif
