/*
 * One connection: its descriptor, how far its stream has been read, and the bytes that it holds while it waits. No call blocks.
 * Floor 1.
 */
#ifndef SERVE_CONNECTION_H
#define SERVE_CONNECTION_H

#include "base/buf.h"
#include "serve/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What it waits for. */
enum connection_waits {
    CONNECTION_NEW,    /* something to come, for the first time */
    CONNECTION_PART,   /* the rest of a request */
    CONNECTION_IDLE,   /* the next request, or the rest of a body that nobody needs: the request before has been answered */
    CONNECTION_UNSENT, /* the other side has not taken all of its answer; nothing is read until then */
    CONNECTION_END,    /* the other side to close; what comes is thrown away */
    CONNECTION_WAITS
};

/* All zero, but for FD, is a new one. */
struct connection {
    int fd;
    enum connection_waits waits;
    int64_t since; /* in ms of CLOCK_MONOTONIC: since when it waits for that */
    struct stream_reader reader;
    struct buf held;   /* the bytes of the request so far; or, with UNREAD, what came behind the last one */
    struct buf unsent; /* the rest of an answer */
    size_t sent;       /* so many of those were sent since */
    bool unread, last; /* LAST: no request is read after the answer */
};

/*
 * What stream_feed() has read of the connection's stream: the last USED bytes, at BYTES. Holds what is to be kept of it. False
 * where memory runs out.
 */
bool connection_hold(struct connection *connection, const unsigned char *bytes, size_t used);

/*
 * The same behind STREAM_REQUEST or STREAM_VALUES: returns all that is kept, LEN bytes; NULL where memory runs out. It lasts
 * until connection_drop_held().
 */
const unsigned char *connection_whole(struct connection *connection, const unsigned char *bytes, size_t used, size_t *len);
void connection_drop_held(struct connection *connection);

/* Holds the LEN bytes at BYTES, which stream_feed() has not read yet. False where memory runs out. */
bool connection_hold_unread(struct connection *connection, const unsigned char *bytes, size_t len);

/* Gives them back; AT is to be freed. */
struct buf connection_take_unread(struct connection *connection);

/* Sends the LEN bytes at BYTES, and holds what the socket does not take. False where the other side has gone, or memory. */
bool connection_send(struct connection *connection, const unsigned char *bytes, size_t len);

/* Goes on with what connection_send() held. False where the other side has gone. */
bool connection_send_rest(struct connection *connection);
bool connection_is_unsent(const struct connection *connection);

/* The bytes of memory that it takes. */
size_t connection_size(const struct connection *connection);

/* Frees what it holds, and closes it. */
void connection_close(struct connection *connection);

#endif
