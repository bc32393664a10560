/* What is fetched, how, and what came of it: the types alone. Floor 1. */
#ifndef PROBE_ASK_FETCHED_H
#define PROBE_ASK_FETCHED_H

#include "base/buf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum probe_fetch_outcome {
    PROBE_FETCHED,           /* an HTTPS answer; an SMTP server that spoke TLS */
    PROBE_FETCH_REFUSED,     /* no connection to any address; SMTP: 5xx as a greeting */
    PROBE_FETCH_NO_ROUTE,    /* this machine has no way to any of them: no network, or not of that family */
    PROBE_FETCH_SLOW,        /* a time limit; WHY tells what did not come */
    PROBE_FETCH_TLS_OLD,     /* it speaks TLS, but nothing as new as TLS 1.2: WHY names the version */
    PROBE_FETCH_TLS,         /* TLS failed otherwise */
    PROBE_FETCH_NO_STARTTLS, /* SMTP: not offered, or refused when asked for */
    PROBE_FETCH_LATER,       /* SMTP: 4xx as a greeting or to EHLO (greylisting, too many connections) */
    PROBE_FETCH_PROTOCOL,    /* what came is no HTTP or SMTP, or was cut off */
    PROBE_FETCH_STOPPED,     /* by STOP */
    PROBE_FETCH_MEMORY
};

struct probe_fetched {
    enum probe_fetch_outcome outcome;
    char why[256];     /* what happened, from the library or the server: not fit to be shown before buf_add_shown() */
    char address[64];  /* that was spoken to; "": none */
    char *chain;       /* the certificates as the server sent them, its own first, in PEM; NULL: TLS did not get so far */
    unsigned ms;       /* from the connection's beginning to the end */
    bool has_starttls; /* SMTP: it was accepted, whatever came of it */
    /* HTTPS */
    long status;           /* 0: none */
    char *type, *location; /* header fields; NULL: not there */
    struct buf body;       /* no more than POLICY_BYTES_MAX + 1 bytes of it */
    bool has_null_body;    /* nothing came after the header */
};

struct probe_fetch_options {
    unsigned connect_ms, total_ms;
    unsigned https_port, smtp_port; /* 443 and 25 */
    const char *helo;               /* NULL: this machine's name */
    const atomic_bool *stop;        /* NULL, or ends what is under way within half a second once it is true */
};

#endif
