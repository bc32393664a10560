/*
 * The answer to one DNS query: whether there are records of the type that was asked for, which, and if not, why not. Pure: it is
 * made of what libunbound hands over; dns.h asks for that. Names are as the zone has them, in any case and without a final dot,
 * and perhaps no valid host names.
 */
#ifndef PROBE_ASK_DNS_ANSWER_H
#define PROBE_ASK_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct ub_result;

/* AGAIN: it is not known whether there are such records; asking again may help. */
enum probe_dns_state { PROBE_DNS_FOUND, PROBE_DNS_ABSENT, PROBE_DNS_AGAIN };

struct probe_mx {
    unsigned preference;
    char *host; /* "" is a null MX (RFC 7505) */
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

/* One string of a TXT record. The strings of all records are in one list. */
struct probe_txt_string {
    const char *bytes; /* any bytes, LEN of them */
    size_t len;
    bool begins; /* it is the first of its record */
};

/* Only the list of the type that was asked for is there; what it points to lasts as long as the answer. */
struct probe_dns_answer {
    enum probe_dns_state state;
    bool no_such_name;                /* with ABSENT: the name does not exist (NXDOMAIN) */
    bool is_referral;                 /* with ABSENT: the name servers have no such zone, and name others (RFC 2308 2.2) */
    bool authentic;                   /* DNSSEC: it was validated here, and is secure */
    bool is_unanswered;               /* with AGAIN: the name servers failed, refused, or gave no answer in time */
    bool is_bogus;                    /* DNSSEC, with AGAIN: it was validated here, and is bogus; WHY has the reason */
    bool is_partial;                  /* with FOUND, joined: there may be more addresses; WHY says why they are not known */
    const char *unvalidated;          /* why nothing is validated here, a phrase, constant; NULL: it is */
    const char *why;                  /* a phrase for ABSENT and AGAIN: "the name does not exist" */
    char *alias;                      /* the last target of the name's CNAMEs; NULL: it has none */
    struct probe_txt_string *strings; /* TXT */
    struct probe_mx *mx;              /* sorted by preference, then name */
    char **addresses;                 /* "192.0.2.1", "2001:db8::1"; sorted after probe_dns_answer_join() */
    struct probe_tlsa *tlsa;
    char **targets; /* CNAME: where it leads */
    size_t count;   /* of that list */
    void *memory;   /* of all that is pointed to */
};

/* The types of records that can be asked for; there is no list of SOA and DNSKEY records. */
enum probe_dns_type {
    PROBE_DNS_A = 1,
    PROBE_DNS_CNAME = 5,
    PROBE_DNS_SOA = 6,
    PROBE_DNS_MX = 15,
    PROBE_DNS_TXT = 16,
    PROBE_DNS_AAAA = 28,
    PROBE_DNS_DNSKEY = 48,
    PROBE_DNS_TLSA = 52
};

/*
 * Reads RESULT, the result of a query for records of TYPE. Where a record is malformed, or memory runs out, the state is AGAIN;
 * so it is where RESULT is bogus, unless UNVALIDATED says that nothing can be validated here. ANSWER need not be initialised; the
 * caller calls probe_dns_answer_free().
 */
void probe_dns_answer_read(const struct ub_result *result, enum probe_dns_type type, const char *unvalidated,
                           struct probe_dns_answer *answer);

/*
 * Adds MORE to ANSWER, both about addresses, and frees MORE. The state is FOUND where one of the two is; else AGAIN where one of
 * the two is; else ABSENT.
 */
void probe_dns_answer_join(struct probe_dns_answer *answer, struct probe_dns_answer *more);

/* Makes ANSWER, which need not be initialised, one that has ADDRESS alone: no name server was asked. */
void probe_dns_answer_set_address(struct probe_dns_answer *answer, const char *address);

void probe_dns_answer_free(struct probe_dns_answer *answer);

#endif
