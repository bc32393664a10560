/* The body of a CGI request (RFC 3875 4.2), on standard input. */
#ifndef SERVE_BODY_H
#define SERVE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the body has, by CONTENT_LENGTH. LLONG_MAX where only its end will tell, 0 where there is none. */
long long body_length(void);

/*
 * Reads LEFT bytes and passes them to TAKE, until it returns false, the body ends, or MS have passed. TAKE is NULL where they are
 * thrown away. Returns false with errno where the body cannot be read; ETIMEDOUT where that time was too short.
 */
bool body_read(long long left, int64_t ms, bool (*take)(void *to, const unsigned char *bytes, size_t len), void *to);

/*
 * Reads what is left of the body for some seconds. Some front servers report an error where a program ends while they still write
 * it.
 */
void body_read_away(void);

#endif
