/* A part of a text: bytes of any kind, with a length and no NUL at the end. Pure. */
#ifndef READ_SPAN_H
#define READ_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/* LEN bytes at AT, borrowed. AT may be NULL where LEN is 0. */
struct span {
    const char *at;
    size_t len;
};

/* All of TEXT, without its NUL. Of NULL: a span whose AT is NULL. */
struct span span_of(const char *text);

/* S without the spaces and tabs (WSP, RFC 5234 B.1) at its beginning; at its end. */
struct span span_without_leading(struct span s);
struct span span_without_trailing(struct span s);

/* Is it TEXT; is it TEXT in any case, by ASCII's rules? */
bool span_is(struct span s, const char *text);
bool span_is_but_case(struct span s, const char *text);

/* Is it one or more letters and digits? */
bool span_is_alphanumeric(struct span s);

/*
 * May an unknown field have this name (sts-ext-name, RFC 8461 3.1; sts-policy-ext-name, RFC 8461 3.2; tlsrpt-ext-name, RFC 8460
 * 3)?
 */
bool span_is_field_name(struct span s);

#endif
