/*
 * Handles a connection: reads what has come, answers its requests in order, and gives it to the poller where nothing more comes.
 * Each thread has a handler.
 */
#ifndef SERVE_HANDLER_H
#define SERVE_HANDLER_H

#include "config/store.h"
#include "policy/model.h"
#include "policy/reply.h"
#include "serve/answer.h"
#include "serve/connection.h"
#include "serve/poller.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What the handlers of all threads share. The caller sets STORE, POLLER and THREADS, all else to zero, and frees the two. */
struct handler_shared {
    struct store *store;
    struct poller *poller; /* for connections on which nothing comes */
    unsigned threads;      /* as FCGI_GET_VALUES reports it */
    atomic_uint idle;      /* threads that wait in accept() */
    atomic_bool stop;      /* the program ends: no connection is kept after its answer */
    _Atomic int64_t hint_logged[REPLY_HINTS], broken_logged, memory_logged, other_logged;
};

/* A policy of the greatest size, and a mistake of the same size for the front server's log; and what is around them. */
#define HANDLER_RESPONSE_MAX (2 * POLICY_BYTES_MAX + 32768)

/* One thread's. */
struct handler {
    struct handler_shared *shared;
    bool lingers;     /* waits some milliseconds for the next request before the connection goes to the poller */
    unsigned answers; /* how many so far */
    struct answer answer;
    unsigned char in[65536];
    unsigned char out[HANDLER_RESPONSE_MAX];
};

/* Handles what has come on CONNECTION, which then belongs to the poller or is closed. */
void handler_run(struct handler *handler, struct connection *connection);

#endif
