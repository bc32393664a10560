/* The DNS records of a policy domain: what every format of the command dns prints. */
#ifndef COMMAND_DNS_RECORD_H
#define COMMAND_DNS_RECORD_H

#include "base/buf.h"
#include "config/index.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names are absolute, in lower case. */
struct dns_record {
    const char *name; /* without a final dot */
    const char *type; /* A, AAAA, CNAME or TXT; NULL: the record cannot be made, and only NAME and WHY are set */
    const char *data; /* an address, a name with a final dot, or the whole text of a TXT record, unquoted and of any length */
    uint32_t ttl;     /* seconds */
    unsigned order;   /* 1: publish it first; 2: publish it when the policy is served (RFC 8461 8.1) */
    const char *why;  /* what the record is for, or why it cannot be made and what to write */
};

/* Zeroed memory is an empty list. Free it with dns_list_free(). The list owns all texts but DOMAIN and ORIGIN. */
struct dns_list {
    const char *domain;  /* the policy domain; "*" for [*] */
    const char *heading; /* what a person has to know of the lists of this origin; or NULL */
    const char *origin;  /* all names are below this one, and are printed without it where a format has relative names */
    bool first;          /* no list was printed before */
    bool opens;          /* the list before had another origin */
    bool leaving;        /* mode none */
    struct dns_record *records;
    size_t count, made; /* all of RECORDS; those that have a type */
    size_t room;
    char host_name[DOMAIN_MAX + 1], id_name[DOMAIN_MAX + 1], tlsrpt_name[DOMAIN_MAX + 1];
    char targets[3][DOMAIN_MAX + 2]; /* of CNAME records */
    char id[sizeof "v=STSv1; id=;" + POLICY_ID_SIZE];
    struct buf tlsrpt;
    struct index_records values;
};

/*
 * Fills LIST with the records of DOMAIN, which stays in use. VERDICT is its policy, or NULL if it has none. If ZONE is not NULL,
 * the records are in this zone, to which the owner of DOMAIN delegates them: see dns_list_delegate(). values.mistake is then a
 * message about a mistake in host or tlsrpt, or NULL. LIST may have been filled before; FIRST and OPENS stay as they are.
 * Returns false if memory runs out.
 */
bool dns_list_make(struct dns_list *list, struct index *index, const char *domain, const char *zone,
                   const struct index_verdict *verdict, uint32_t ttl);

/*
 * Fills LIST with the three CNAME records by which the owner of DOMAIN delegates all others to ZONE: each name points to the same
 * name below ZONE. They depend on nothing else (RFC 8461 8.2). Returns false if memory runs out.
 */
bool dns_list_delegate(struct dns_list *list, const char *domain, const char *zone, uint32_t ttl);

/* Fills LIST for [*], which has no records of its own. Returns false if memory runs out. */
bool dns_list_make_any(struct dns_list *list);

/* Returns the length of RECORD's name without LIST's origin and the dot before it. */
size_t dns_relative_len(const struct dns_list *list, const struct dns_record *record);

/* True if record I can be made and is the first of its name and type. The others of them are those that dns_same() it. */
bool dns_is_first(const struct dns_list *list, size_t i);
bool dns_same(const struct dns_record *a, const struct dns_record *b);

void dns_list_free(struct dns_list *list);

#endif
