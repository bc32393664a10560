/*
 * Connections on which there is nothing to do: they take a descriptor each, and no thread. Safe to use from several threads at
 * once. Floor 2.
 */
#ifndef SERVE_WAITING_H
#define SERVE_WAITING_H

#include "serve/connection.h"

#include <stdbool.h>
#include <stddef.h>

struct waiting;

/* For about MOST connections. NULL where memory or descriptors run out. */
struct waiting *waiting_new(size_t most);

/*
 * Takes CONNECTION over. Where there are more than MOST, or they hold too many bytes, some are closed: idle ones first, of each
 * kind the one that has waited longest, and none on which something has come.
 */
void waiting_add(struct waiting *waiting, const struct connection *connection);

/*
 * The next CONNECTION on which something has come, or ended, or that takes more of its answer; waits for one. It is the caller's
 * from then on. False when no more are to come: after waiting_close(), when none is left. For one thread at a time.
 */
bool waiting_next(struct waiting *waiting, struct connection *connection);

/* Closes one, as waiting_add() does, to have a descriptor back. */
void waiting_drop(struct waiting *waiting);

/* The program is to end: from now on all are given up much earlier, and idle ones at once. */
void waiting_hurry(struct waiting *waiting);

/* No more will be added. */
void waiting_close(struct waiting *waiting);

void waiting_free(struct waiting *waiting);

#endif
