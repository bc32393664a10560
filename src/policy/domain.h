/* Host names and policy domains: checks, normal form, and the policy domain of a policy host. Pure. */
#ifndef POLICY_DOMAIN_H
#define POLICY_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

/* The greatest length of a name in characters, without a final dot (RFC 1035 2.3.4). */
#define DOMAIN_MAX 253

/* The greatest length of a policy domain: _smtp._tls.<domain> must not exceed DOMAIN_MAX (RFC 8460 3). */
#define DOMAIN_POLICY_MAX (DOMAIN_MAX - 11)

/* The beginning of a policy host's name (RFC 8461 3.3). */
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
    DOMAIN_WILDCARD,    /* only from policy_mx_fault() */
    DOMAIN_POLICY_LONG, /* only from domain_policy_fault() */
    DOMAIN_FAULTS
};

/*
 * Checks that NAME, of LEN bytes, is a host name: labels of 1 to 63 letters, digits and inner hyphens, at most DOMAIN_MAX
 * characters, no final dot, and a last label that is not a number (RFC 8461 3.2, RFC 5321 4.1.2, RFC 1123 2.1). Upper case is
 * valid. Returns DOMAIN_FINE, or the fault that helps the user most.
 */
enum domain_fault domain_fault(const char *name, size_t len);

/* Checks like domain_fault() that NAME is a policy domain: a host name of at most DOMAIN_POLICY_MAX characters. */
enum domain_fault domain_policy_fault(const char *name, size_t len);

/*
 * Describe FAULT. The phrase follows the name ("is an IP address"); the advice follows "write" ("a host name"). The advice for
 * DOMAIN_DOT_LAST is NULL: the caller writes the name without its dot. Do not free them.
 */
const char *domain_fault_phrase(enum domain_fault fault);
const char *domain_fault_advice(enum domain_fault fault);

/*
 * Gets the policy domain of the policy host HOST (RFC 8461 3.3). HOST comes from a front server: any case, with or without a
 * port, with or without a final dot; NULL counts as no name. Writes the policy domain in normal form (lower case, no port, no
 * final dot) to DOMAIN and returns true. If HOST is not mta-sts.<valid policy domain>, empties DOMAIN and returns false.
 */
bool domain_from_host(const char *host, char domain[DOMAIN_MAX + 1]);

/* Returns C in lower case (ASCII only, in any locale). */
char domain_lower(char c);

/* Writes NAME, of at most DOMAIN_MAX bytes, to DOMAIN in lower case with a final NUL. */
void domain_normal(const char *name, size_t len, char domain[DOMAIN_MAX + 1]);

/* True if A and B, of LEN bytes each, differ at most in case (ASCII only). */
bool domain_same(const char *a, const char *b, size_t len);

#endif
