/*
 * Connections on which there is nothing to answer: new ones without a request, kept ones between two, and those of which the rest
 * is only to be read away. They take a descriptor each, and no thread. Safe to use from several threads at once. Floor 1.
 */
#ifndef WAITING_H
#define WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct waiting;

enum waiting_for {
    WAITING_FOR_REQUEST, /* nothing has come yet */
    WAITING_FOR_REST,    /* a part of a request has: it stays where it is until all has come, so that nothing tells of more */
    WAITING_FOR_END      /* what comes is thrown away until the other side closes */
};

struct waiting_connection {
    int fd;
    enum waiting_for what;
    int64_t since;  /* in ms of CLOCK_MONOTONIC: when it began to wait for the request, or for the end */
    unsigned looks; /* how often WAITING_FOR_REST was looked at in vain */
};

/* For about MOST connections, each of which is closed when it has waited for PATIENCE ms. NULL where memory or descriptors run
 * out. */
struct waiting *waiting_new(size_t most, int64_t patience);

/*
 * Takes CONNECTION over. Where there are more than MOST, the one that has waited longest is closed.
 */
void waiting_add(struct waiting *waiting, const struct waiting_connection *connection);

/*
 * The next CONNECTION on which something has come, or ended; waits for one. It is the caller's from then on. False when no more
 * are to come: after waiting_close(), when none is left. For one thread at a time.
 */
bool waiting_next(struct waiting *waiting, struct waiting_connection *connection);

/* Closes the one that has waited longest, to have a descriptor back. */
void waiting_drop(struct waiting *waiting);

/* From now on all wait for PATIENCE ms at most. */
void waiting_hurry(struct waiting *waiting, int64_t patience);

/* No more will be added. */
void waiting_close(struct waiting *waiting);

void waiting_free(struct waiting *waiting);

#endif
