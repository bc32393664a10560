/* Connections, each to one address, made by libcurl. For fetch.c, which knows the protocols, and transfers.c. */
#ifndef PROBE_ASK_TRANSFER_H
#define PROBE_ASK_TRANSFER_H

#include "probe/ask/fetched.h"
#include "probe/ask/turns.h"

#include <curl/curl.h>
#include <stdint.h>

/* The most bytes of an HTTP header, or of all replies of an SMTP server. */
#define PROBE_TRANSFER_HEADER_MAX 65536

struct probe_protocol;

enum probe_transfer_state { PROBE_TRANSFER_WAITS, PROBE_TRANSFER_OPEN, PROBE_TRANSFER_ENDED };

/* What one connection is to do, and its state. */
struct probe_transfer {
    const struct probe_protocol *protocol;
    const struct probe_fetch_options *options;
    struct probe_fetched *fetched; /* of the connection that is open */
    const char *host, *address;
    long version;        /* of TLS, a value for CURLOPT_SSLVERSION */
    bool only_handshake; /* ends after it: only the version is of interest */
    /*
     * Called at the end of a connection. True: another one to the same address is to follow, and is set up for. NULL: none ever
     * is.
     */
    bool (*again)(struct probe_transfer *t);
    unsigned attempts;            /* for AGAIN: how many it set up */
    struct probe_fetched *result; /* for AGAIN: of the first connection */
    struct probe_fetched other;   /* for AGAIN: of later ones */
    /* State. The times are by clock_ms(). */
    enum probe_transfer_state state;
    struct probe_turn turn;
    bool has_asked; /* for its turn */
    CURL *easy;
    char *url;
    struct curl_slist *target;
    int64_t begin;                /* of the connection that is open */
    int64_t connect_limit, limit; /* when it has to be there; when all has to end, set by the first connection */
    size_t header;                /* how many bytes of it came */
    bool too_large;               /* the header is too large */
    bool is_cut;                  /* the body was larger than what is kept; that is no failure */
    bool is_not_smtp;             /* what came is no reply of an SMTP server */
    unsigned replies;             /* how many of an SMTP server are complete */
    char line[256];               /* the last one */
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

/* Makes its connection with MULTI, within the transfer's limit. False where it ended at once; the result is in FETCHED. */
bool probe_transfer_begin(struct probe_transfer *transfer, CURLM *multi);

/* Has it to end: was it stopped, or does it take too long? */
bool probe_transfer_is_over(struct probe_transfer *transfer);

/* Ends it with CODE, libcurl's result, or with CURLE_OPERATION_TIMEDOUT after probe_transfer_is_over(). Fills its FETCHED. */
void probe_transfer_end(struct probe_transfer *transfer, CURLM *multi, CURLcode code);

#endif
