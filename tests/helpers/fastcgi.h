/*
 * FastCGI 1.0 records, as the tests' own clients in C write them. They share no code with the program's reader
 * (src/serve/stream.c), so that a mistake there cannot hide.
 */
#ifndef HELPERS_FASTCGI_H
#define HELPERS_FASTCGI_H

#include <stddef.h>

enum { HEADER = 8 }; /* bytes of a record's header */

/* The types of records. */
enum {
    BEGIN_REQUEST = 1,
    ABORT_REQUEST = 2,
    END_REQUEST = 3,
    PARAMS = 4,
    STDIN = 5,
    STDOUT = 6,
    STDERR = 7,
    DATA = 8,
    GET_VALUES = 9,
    GET_VALUES_RESULT = 10
};

/* Writes the header of a record to TO. */
static inline void fastcgi_header(unsigned char *to, unsigned type, unsigned id, size_t len, unsigned padding)
{
    to[0] = 1;
    to[1] = (unsigned char)type;
    to[2] = (unsigned char)(id >> 8);
    to[3] = (unsigned char)id;
    to[4] = (unsigned char)(len >> 8);
    to[5] = (unsigned char)len;
    to[6] = (unsigned char)padding;
    to[7] = 0;
}

/* How many bytes of content the record with this header has, and how many bytes it takes in all. */
static inline size_t fastcgi_content(const unsigned char *header)
{
    return (size_t)header[4] << 8 | header[5];
}

static inline size_t fastcgi_size(const unsigned char *header)
{
    return HEADER + fastcgi_content(header) + header[6];
}

/* The number of the request that the record belongs to. */
static inline unsigned fastcgi_id(const unsigned char *header)
{
    return (unsigned)header[2] << 8 | header[3];
}

#endif
