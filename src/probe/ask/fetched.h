/* The result of one HTTPS or SMTP connection, and how it is to be made: types only, for fetch.h and transfer.h. */
#ifndef PROBE_ASK_FETCHED_H
#define PROBE_ASK_FETCHED_H

#include "base/buf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct probe_turns;
struct stack_st_X509; /* libcrypto's STACK_OF(X509) */

enum probe_fetch_outcome {
    PROBE_FETCHED,           /* it worked: an HTTPS answer came; the SMTP server spoke TLS */
    PROBE_FETCH_REFUSED,     /* no connection; SMTP: 5xx as a greeting */
    PROBE_FETCH_NO_ROUTE,    /* this machine has no way to the address: no network, none of that family, or its firewall */
    PROBE_FETCH_SLOW,        /* a time limit passed; WHY says what did not come */
    PROBE_FETCH_TLS_OLD,     /* it speaks TLS, but no version as new as 1.2; WHY names the newest */
    PROBE_FETCH_TLS,         /* the TLS handshake failed for another reason */
    PROBE_FETCH_NO_STARTTLS, /* SMTP: not offered, or refused when asked for */
    PROBE_FETCH_LATER,       /* SMTP: 4xx as a greeting or to EHLO (greylisting, too many connections) */
    PROBE_FETCH_PROTOCOL,    /* what came is not HTTP or SMTP, or ended too early */
    PROBE_FETCH_STOPPED,     /* STOP became true, or LIMIT came before the server had time to answer */
    PROBE_FETCH_LACK         /* this machine lacks memory or descriptors, or its libraries do not work; WHY says which */
};

struct probe_fetched {
    enum probe_fetch_outcome outcome;
    char why[256];    /* what happened, in the words of the library or the server: any bytes; buf_add_shown() makes them fit to be
                         shown */
    char address[64]; /* that took the connection; "": it did not */
    struct stack_st_X509 *chain; /* the certificates, in the order in which the server sent them, its own first, not verified;
                                    NULL: none came, or the handshake failed; for x509.h */
    unsigned ms;                 /* from the beginning of the connection to the end */
    bool has_starttls;           /* SMTP: STARTTLS was accepted; the handshake may have failed */
    /* HTTPS */
    long status;           /* 0: no answer */
    char *type, *location; /* header fields Content-Type and Location; NULL: not there */
    struct buf body;       /* POLICY_BYTES_MAX + 1 bytes of it at most; then it is too large */
    bool has_null_body;    /* nothing came after the header */
};

struct probe_fetch_options {
    unsigned connect_ms, total_ms;
    unsigned https_port, smtp_port; /* 443 and 25 */
    const char *helo;               /* the name in EHLO; NULL: this machine's */
    const atomic_bool *stop;        /* once it is true, the connection ends within half a second; NULL: never */
    int64_t limit;                  /* by clock_ms(): every connection ends then; 0: never */
    struct probe_turns *turns;      /* of all connections of the program; NULL: this one need not care for others */
};

#endif
