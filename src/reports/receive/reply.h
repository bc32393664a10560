/* The answers to a request that brings a report: which status, and why. Pure. */
#ifndef REPORTS_RECEIVE_REPLY_H
#define REPORTS_RECEIVE_REPLY_H

#include <stddef.h>
#include <stdint.h>

/*
 * A report that may be taken later gets 503 with Retry-After, since a sender tries again for a day (RFC 8460 5.5). 4xx is for
 * what will never be taken as it is; but for 408, after which a client may repeat its request (RFC 9110 15.5.9).
 */
enum receive_answer {
    RECEIVE_TAKEN,     /* 201: it is on the disk */
    RECEIVE_CUT,       /* 400: shorter or longer than its Content-Length */
    RECEIVE_EMPTY,     /* 400 */
    RECEIVE_NO_DOMAIN, /* 404: the path does not end in a domain of policies.ini */
    RECEIVE_METHOD,    /* 405 */
    RECEIVE_SLOW,      /* 408: it takes longer than CGI waits */
    RECEIVE_LARGE,     /* 413: over TAKE_BYTES_MAX */
    RECEIVE_TYPE,      /* 415: another media type */
    RECEIVE_DAY_FULL,  /* 503 until tomorrow: the domain has its reports of today */
    RECEIVE_BUSY,      /* 503: the reports on their way take what is left of the day */
    RECEIVE_DISK_FULL, /* 503 */
    RECEIVE_UNSURE,    /* 503: it is not known whether the domain is one of policies.ini, since that has a mistake */
    RECEIVE_FAILED,    /* 503: an error of the system, or in the settings */
    RECEIVE_ANSWERS
};

/* The most bytes of an answer, with a final NUL. */
#define RECEIVE_REPLY_MAX 512

/*
 * Writes the whole answer to OUT: header lines with CRLF, an empty line, and a line of text, which METHOD HEAD (may be NULL) does
 * not get. NOW is the time in seconds since 1970. Returns the length. Allocates nothing: there is an answer without memory, too.
 */
size_t receive_reply(enum receive_answer answer, const char *method, int64_t now, char out[RECEIVE_REPLY_MAX]);

/* What the log says of ANSWER, after the domain. Do not free it. */
const char *receive_reply_text(enum receive_answer answer);

#endif
