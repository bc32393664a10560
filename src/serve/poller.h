/*
 * Keeps the connections on which there is nothing to do, and waits for all of them with one poll(): each takes a descriptor, and
 * no thread. Closes those that are overdue, and some where there are too many. Safe to use from several threads at once.
 */
#ifndef SERVE_POLLER_H
#define SERVE_POLLER_H

#include "serve/connection.h"

#include <stdbool.h>
#include <stddef.h>

struct poller;

/* For about MOST connections. NULL where memory or descriptors run out. The caller calls poller_free(). */
struct poller *poller_new(size_t most);

/*
 * Takes CONNECTION over. Where there are more than MOST connections, or they hold over 16 MiB, some are closed: idle ones first,
 * of each kind the one that has waited longest, and none on which something has come.
 */
void poller_add(struct poller *poller, const struct connection *connection);

/*
 * Waits for a CONNECTION on which something has come, that has ended, or that takes more of its answer. The caller owns it from
 * then on. False after poller_close(), once no connection is left. For one thread at a time.
 */
bool poller_next(struct poller *poller, struct connection *connection);

/* Descriptors have run out: closes a connection, chosen as by poller_add(). */
void poller_drop(struct poller *poller);

/* The program ends: idle connections are closed at once, all others much earlier than before. */
void poller_hurry(struct poller *poller);

/* No connection will be added any more. */
void poller_close(struct poller *poller);

/* Closes the connections that are left. NULL does nothing. */
void poller_free(struct poller *poller);

#endif
