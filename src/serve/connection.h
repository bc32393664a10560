/*
 * One connection: its descriptor, how far its stream has been read, a request that has come in part, an answer that has gone in
 * part. What is read from the descriptor comes from the caller; no call blocks.
 */
#ifndef SERVE_CONNECTION_H
#define SERVE_CONNECTION_H

#include "base/buf.h"
#include "serve/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a connection waits for. */
enum connection_waits {
    CONNECTION_NEW,    /* its first byte */
    CONNECTION_PART,   /* the rest of a request */
    CONNECTION_BODY,   /* the rest of a body that the program takes */
    CONNECTION_IDLE,   /* the next request, or the rest of a body: the request before it has been answered */
    CONNECTION_UNSENT, /* that the other side takes the rest of an answer; nothing is read until then */
    CONNECTION_END,    /* that the other side closes; what comes is thrown away */
    CONNECTION_WAITS
};

/* A new connection has its FD and SINCE; all else is zero. */
struct connection {
    int fd;
    enum connection_waits waits;
    int64_t since; /* since when it waits for that, by clock_ms() */
    struct stream_reader reader;
    struct buf held;   /* the bytes of the request so far; with UNREAD, what came after the last request */
    struct buf unsent; /* what the socket did not take of an answer */
    size_t sent;       /* how many bytes of UNSENT have gone since */
    bool unread;       /* HELD has not been read by stream_feed() */
    bool last;         /* no request is read after this answer */
    void *body;        /* what the program has of a body. NULL: it takes none now. HELD has the request then */
    void (*drop)(void *body);
};

/*
 * After STREAM_MORE: stream_feed() has read the USED bytes at BYTES. Keeps those that belong to the request so far. False where
 * memory runs out.
 */
bool connection_hold(struct connection *connection, const unsigned char *bytes, size_t used);

/*
 * After STREAM_REQUEST or STREAM_VALUES: returns the whole request, *LEN bytes, which lasts as long as BYTES and until
 * connection_drop_held(). NULL where memory runs out.
 */
const unsigned char *connection_whole(struct connection *connection, const unsigned char *bytes, size_t used, size_t *len);
void connection_drop_held(struct connection *connection);

/*
 * Keeps BODY, the program's, and the request of LEN bytes from connection_whole() until connection_drop_body() and
 * connection_drop_held(). DROP frees BODY, also where memory runs out: then it returns false.
 */
bool connection_hold_body(struct connection *connection, const unsigned char *request, size_t len, void *body,
                          void (*drop)(void *body));
void connection_drop_body(struct connection *connection);

/* Keeps the LEN bytes at BYTES, which stream_feed() has not read yet. False where memory runs out. */
bool connection_hold_unread(struct connection *connection, const unsigned char *bytes, size_t len);

/* Returns those bytes. The caller frees them. */
struct buf connection_take_unread(struct connection *connection);

/* Sends the LEN bytes at BYTES, and keeps what the socket does not take. False where the other side has gone or memory runs out.
 */
bool connection_send(struct connection *connection, const unsigned char *bytes, size_t len);

/* Sends more of what connection_send() kept. False where the other side has gone. */
bool connection_send_rest(struct connection *connection);
bool connection_is_unsent(const struct connection *connection);

/* How many bytes of memory it holds. */
size_t connection_size(const struct connection *connection);

/* Frees what it holds, and closes the descriptor. */
void connection_close(struct connection *connection);

#endif
