/*
 * The FastCGI records of a request as they come in (FastCGI 1.0, 3): is it all there, and fit for libfcgi? What libfcgi does not
 * bound, or answers by aborting the process, does not get past here. Pure. Floor 0.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>

/* The most bytes that a request with its variables may take. Front servers pass names of 60 kB twice. */
#define RECORD_REQUEST_MAX 163840

enum record_look {
    RECORD_PART,   /* so far, so good: more is to come */
    RECORD_READY,  /* a request with all its variables; its body is not all there, or something comes after it */
    RECORD_WHOLE,  /* a request, its body included, and nothing more */
    RECORD_VALUES, /* FCGI_GET_VALUES stands first (4.1): *LEN bytes, to be answered by record_values() */
    RECORD_BAD     /* another version, role or order, records of several requests, variables that do not fill their records */
};

/* What the SIZE bytes at BYTES, the first ones that are not dealt with on a connection, are. */
enum record_look record_look(const unsigned char *bytes, size_t size, size_t *len);

/* The most that an answer to FCGI_GET_VALUES takes. */
#define RECORD_VALUES_MAX 96

/*
 * The answer to the record FCGI_GET_VALUES of LEN bytes, which record_look() found: as many connections as THREADS (1 to 9999),
 * and one request at a time on each. Returns its length.
 */
size_t record_values(const unsigned char *record, size_t len, unsigned threads, unsigned char answer[RECORD_VALUES_MAX]);

#endif
