/*
 * What the probe fetches: a policy by HTTPS, and what an MX shows by SMTP with STARTTLS. The only file with libcurl. Certificates
 * are brought home and not judged: that is probe_cert's. Floor 2.
 */
#ifndef PROBE_FETCH_H
#define PROBE_FETCH_H

#include "buf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum probe_fetch_outcome {
    PROBE_FETCHED,           /* an HTTPS answer; an SMTP server that spoke TLS */
    PROBE_FETCH_REFUSED,     /* no connection to any address */
    PROBE_FETCH_NO_ROUTE,    /* this machine has no way to any of them: no network, or not of that family */
    PROBE_FETCH_SLOW,        /* a time limit */
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
    char why[256];    /* what happened, from the library or the server: not fit to be shown before buf_add_shown() */
    char address[64]; /* that was spoken to; "": none */
    char *chain;      /* the certificates as the server sent them, its own first, in PEM; NULL: TLS did not get so far */
    unsigned ms;      /* from the connection's beginning to the end */
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

/* To be called once, before threads are started; false where it fails. */
bool probe_fetch_init(void);

/*
 * Asks HOST for its policy (RFC 8461 3.3) at one of ADDRESSES, tried in turn until one takes the connection. No redirect is
 * followed, no proxy used, nothing trusted that comes: the certificate is not verified here. FETCHED need not be initialised;
 * probe_fetched_free() is due.
 */
void probe_fetch_policy(const struct probe_fetch_options *options, const char *host, char *const *addresses, size_t count,
                        struct probe_fetched *fetched);

/* Speaks SMTP with the MX HOST at one of ADDRESSES: EHLO, STARTTLS, EHLO, QUIT (RFC 3207). No mail is begun. */
void probe_fetch_smtp(const struct probe_fetch_options *options, const char *host, char *const *addresses, size_t count,
                      struct probe_fetched *fetched);

void probe_fetched_free(struct probe_fetched *fetched);

#endif
