/*
 * Connections on which there is nothing to do: they take a descriptor each, and no thread. Safe to use from several threads at
 * once. Floor 2.
 */
#ifndef SERVE_POLLER_H
#define SERVE_POLLER_H

#include "serve/connection.h"

#include <stdbool.h>
#include <stddef.h>

struct poller;

/* For about MOST connections. NULL where memory or descriptors run out. */
struct poller *poller_new(size_t most);

/*
 * Takes CONNECTION over. Where there are more than MOST, or they hold too many bytes, some are closed: idle ones first, of each
 * kind the one that has waited longest, and none on which something has come.
 */
void poller_add(struct poller *poller, const struct connection *connection);

/*
 * The next CONNECTION on which something has come, or ended, or that takes more of its answer; waits for one. It is the caller's
 * from then on. False when no more are to come: after poller_close(), when none is left. For one thread at a time.
 */
bool poller_next(struct poller *poller, struct connection *connection);

/* Closes one, as poller_add() does, to have a descriptor back. */
void poller_drop(struct poller *poller);

/* The program is to end: from now on all are given up much earlier, and idle ones at once. */
void poller_hurry(struct poller *poller);

/* No more will be added. */
void poller_close(struct poller *poller);

void poller_free(struct poller *poller);

#endif
