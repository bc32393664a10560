/* One connection to one address, made by libcurl. For fetch.c alone, which knows the protocols. */
#ifndef PROBE_ASK_TRANSFER_H
#define PROBE_ASK_TRANSFER_H

#include "probe/ask/fetched.h"

#include <curl/curl.h>
#include <stdint.h>

/* The most bytes of an HTTP header, or of all replies of an SMTP server. */
#define PROBE_TRANSFER_HEADER_MAX 65536

struct probe_protocol;

/* What one connection is to do, and its state. */
struct probe_transfer {
    const struct probe_protocol *protocol;
    const struct probe_fetch_options *options;
    struct probe_fetched *fetched;
    const char *host, *address;
    long version;        /* of TLS, a value for CURLOPT_SSLVERSION */
    bool only_handshake; /* ends after it: only the version is of interest */
    int64_t limit;       /* by clock_ms(): when it has to end */
    size_t header;       /* how many bytes of it came */
    bool too_large;      /* the header is too large */
    bool is_cut;         /* the body was larger than what is kept; that is no failure */
    bool is_not_smtp;    /* what came is no reply of an SMTP server */
    unsigned replies;    /* how many of an SMTP server are complete */
    char line[256];      /* the last one */
    bool was_stopped, was_slow, connected;
    int socket;
    int open_error; /* errno where no socket could be opened; 0: one was, or none was tried */
    char error[CURL_ERROR_SIZE];
};

struct probe_protocol {
    const char *scheme, *path;
    size_t port; /* offset of the port in struct probe_fetch_options */
    curl_write_callback take_line;
    enum probe_fetch_outcome (*judge)(struct probe_transfer *t, CURLcode code);
    const char *(*phase)(const struct probe_transfer *t);
    bool is_smtp;
};

/* Says WHY it failed, in FETCHED. */
void probe_transfer_why(struct probe_transfer *transfer, const char *why);

/* Makes the connection, and fills the transfer's FETCHED. Set what it is to do, and FETCHED, before; the rest is zero. */
void probe_transfer_run(struct probe_transfer *transfer);

#endif
