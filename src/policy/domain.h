/* Host names: which are valid, their normal form, and from a policy host to its policy domain. Pure. */
#ifndef POLICY_DOMAIN_H
#define POLICY_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

/* The longest name, in characters, without a final dot (RFC 1035 2.3.4). */
#define DOMAIN_MAX 253

/* The longest policy domain: the longest of the names made of it, _smtp._tls.<domain>, has to fit (RFC 8460 3). */
#define DOMAIN_POLICY_MAX (DOMAIN_MAX - 11)

/* What a policy host's name begins with (RFC 8461 3.3). */
#define DOMAIN_POLICY_HOST_PREFIX "mta-sts."

enum domain_fault {
    DOMAIN_FINE,
    DOMAIN_EMPTY,
    DOMAIN_DOT_LAST,
    DOMAIN_NOT_ASCII,
    DOMAIN_ADDRESS,
    DOMAIN_NUMBER,
    DOMAIN_UNDERSCORE,
    DOMAIN_CHARACTER,
    DOMAIN_HYPHEN,
    DOMAIN_LABEL_EMPTY,
    DOMAIN_LABEL_LONG,
    DOMAIN_LONG,
    DOMAIN_WILDCARD,    /* found by policy_mx_fault() only */
    DOMAIN_POLICY_LONG, /* found by domain_policy_fault() only */
    DOMAIN_FAULTS
};

/*
 * Is NAME, of LEN bytes, a host name: A-labels of letters, digits and inner hyphens, 1 to 63 each, 253 in all, no final
 * dot, the last label not a number (RFC 8461 3.2, RFC 5321 4.1.2, RFC 1123 2.1)? Upper case is fine. Returns the first
 * fault in the order that helps most, or DOMAIN_FINE.
 */
enum domain_fault domain_fault(const char *name, size_t len);

/* The same for a policy domain, which is at most DOMAIN_POLICY_MAX characters long. */
enum domain_fault domain_policy_fault(const char *name, size_t len);

/*
 * FAULT as a phrase that goes on after the name ("is an IP address"), and what to write instead, as one that goes on
 * after "write". The advice for DOMAIN_DOT_LAST is NULL: the caller knows the name without its dot. Both are constant.
 */
const char *domain_fault_phrase(enum domain_fault fault);
const char *domain_fault_advice(enum domain_fault fault);

/*
 * The policy domain that HOST asks for, HOST being a host name as a front server hands it over: any case, with or
 * without a port, with or without a final dot; NULL is taken for no name (RFC 8461 3.3). Writes the policy domain in normal
 * form (lower case, no port, no final dot) to DOMAIN, and returns true; false, and DOMAIN empty, where HOST is not
 * mta-sts.<valid policy domain>.
 */
bool domain_from_host(const char *host, char domain[DOMAIN_MAX + 1]);

/* Lower case by ASCII's rules, whatever the locale. */
char domain_lower(char c);

/* Writes NAME, of LEN bytes (DOMAIN_MAX at most), to DOMAIN in normal form: lower case, ended by a NUL. */
void domain_normal(const char *name, size_t len, char domain[DOMAIN_MAX + 1]);

/* Are A and B, each of LEN bytes, the same name by ASCII's rules? */
bool domain_same(const char *a, const char *b, size_t len);

#endif
