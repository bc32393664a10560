/* A part of what a domain publishes: bytes of any kind, which nothing ends. Pure. Floor 1. */
#ifndef PROBE_READ_SPAN_H
#define PROBE_READ_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/* LEN bytes at AT, borrowed. AT may be NULL where LEN is 0. */
struct span {
    const char *at;
    size_t len;
};

/* All of TEXT; NULL is no part at all. */
struct span span_of(const char *text);

/* S without the spaces and tabs (WSP, RFC 5234 B.1) that it begins with; that it ends in. */
struct span span_without_leading(struct span s);
struct span span_without_trailing(struct span s);

/* Is it TEXT; is it that but for ASCII capitals? */
bool span_is(struct span s, const char *text);
bool span_is_but_case(struct span s, const char *text);

/* Is it letters and digits alone, and at least one? */
bool span_is_alphanumeric(struct span s);

/* Is it a name that an unknown field may have (sts-ext-name, RFC 8461 3.1; sts-policy-ext-name, 3.2; tlsrpt-ext-name, RFC 8460
 * 3)? */
bool span_is_field_name(struct span s);

#endif
