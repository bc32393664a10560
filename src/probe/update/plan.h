/*
 * Decides which DNS records of a domain may be changed now. What is published, what policies.ini wants, and whether the policy is
 * served go in; a step for each name comes out. Pure.
 */
#ifndef PROBE_UPDATE_PLAN_H
#define PROBE_UPDATE_PLAN_H

#include "command/dns/record.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns_answer.h"

#include <stdbool.h>
#include <stddef.h>

/* A record as it is published. */
struct update_record {
    const char *type;                       /* A, AAAA, CNAME or TXT; constant */
    char *data;                             /* as in struct dns_record */
    char *exact;                            /* as a zone file has it: the strings of a TXT record are apart, and quoted */
    const struct probe_txt_string *strings; /* STRING_COUNT of them, of a TXT record */
    size_t string_count;
};

/* The records at one name. */
struct update_name {
    enum place place;
    const char *domain;               /* the policy domain, in normal form */
    const char *name;                 /* without a final dot */
    const char *beside;               /* the type of another record there, beside which no CNAME can stand; NULL: none is known */
    const char *unknown;              /* why it is not known what is published, a phrase; NULL: it is known */
    bool is_mistaken;                 /* a mistake in policies.ini hides what is wanted */
    const struct update_record *seen; /* SEEN_COUNT records of the types above that are published */
    size_t seen_count;
    const struct dns_record *wanted; /* WANTED_COUNT records with a type; 0: policies.ini asks for none */
    size_t wanted_count;
};

struct update_terms {
    bool replaces; /* other people's records may be replaced */
    bool leaves;   /* mode none: a record that is removed already stays away (RFC 8461 8.3) */
    bool is_safe;  /* the new id may be published: probe_compare_is_safe() (judge/compare.h) */
};

enum update_step {
    UPDATE_NOTHING,    /* what is published is what is wanted; or nothing is wanted */
    UPDATE_CHANGE,     /* it is to be changed, and that is safe */
    UPDATE_MISTAKE,    /* what is wanted is not known */
    UPDATE_UNKNOWN,    /* what is published is not known */
    UPDATE_FOREIGN,    /* other people's records are there */
    UPDATE_BESIDE,     /* a CNAME is wanted, and another record is there, beside which it cannot stand */
    UPDATE_UNSAFE,     /* the id has to wait for the policy, or for the MX hosts (RFC 8461 8.1) */
    UPDATE_HOST_FIRST, /* the id has to wait for the policy host, which changes now (RFC 8461 8.1, 8.2) */
};

/* Puts the step for each of NAMES, which are in the order of enum place, into STEPS. False where memory runs out. */
bool update_plan(const struct update_name names[PLACES], const struct update_terms *terms, enum update_step steps[PLACES]);

/* True if a CNAME is wanted at NAME. */
bool update_adds_cname(const struct update_name *name);

/* True if RECORD, one of NAME's, stays when NAME is changed: other people's TXT record beside the id, if REPLACES is false. */
bool update_stays(const struct update_name *name, const struct update_record *record, bool replaces);

/* True if a CNAME that is published at NAME, a name of the domain's own, delegates it: writes where to to ZONE (policy/place.h).
 */
bool update_delegates(const struct update_name *name, char zone[DOMAIN_MAX + 1]);

#endif
