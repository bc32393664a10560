/* One connection through libcurl: what it is to do, and what came of it. For probe_fetch alone. Floor 2. */
#ifndef PROBE_ASK_TRANSFER_H
#define PROBE_ASK_TRANSFER_H

#include "probe/ask/fetched.h"

#include <curl/curl.h>
#include <stdint.h>

/* Bytes of a header, or of all replies of an SMTP server. */
#define PROBE_TRANSFER_HEADER_MAX 65536

struct probe_protocol;

/* What one connection is to do, and what came of it so far. */
struct probe_transfer {
    const struct probe_protocol *protocol;
    const struct probe_fetch_options *options;
    struct probe_fetched *fetched;
    const char *host, *address;
    long version;   /* of TLS, as CURLOPT_SSLVERSION has it */
    bool old;       /* only to see whether it speaks that version */
    int64_t limit;  /* by clock_ms(), when all is to be over */
    size_t header;  /* bytes of it */
    bool too_large; /* the header is; the body is cut and that is no failure */
    bool cut;
    bool garbage;     /* no reply of an SMTP server */
    unsigned replies; /* of an SMTP server, that are complete */
    char line[256];   /* the last one */
    bool was_stopped, was_slow, connected;
    int socket;
    char error[CURL_ERROR_SIZE];
};

struct probe_protocol {
    const char *scheme, *path;
    size_t port; /* where the options have it */
    curl_write_callback take_line;
    enum probe_fetch_outcome (*judge)(struct probe_transfer *t, CURLcode code);
    const char *(*phase)(const struct probe_transfer *t);
    bool is_smtp;
};

void probe_transfer_why(struct probe_transfer *transfer, const char *why);

/* One connection to one address. What it is to do, and FETCHED, is filled in; all else is zero. */
void probe_transfer_run(struct probe_transfer *transfer);

#endif
