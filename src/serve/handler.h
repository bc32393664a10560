/* The life of a connection: its requests are answered in order, and it waits where there is nothing to do. Floor 7. */
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

/* What all attendants share. */
struct handler_shared {
    struct store *store;
    struct poller *poller; /* where connections go on which nothing comes */
    unsigned threads;      /* as FCGI_GET_VALUES is answered */
    atomic_uint idle;      /* threads that have nothing to do */
    atomic_bool stop;      /* no connection is kept any more */
    _Atomic int64_t hint_logged[REPLY_HINTS], broken_logged, memory_logged, other_logged;
};

/* A mistake goes to the front server's log, too. */
#define HANDLER_RESPONSE_MAX (2 * POLICY_BYTES_MAX + 32768)

/* A thread's own. */
struct handler {
    struct handler_shared *shared;
    bool lingers; /* stays with a connection while nothing comes, for some milliseconds */
    unsigned answers;
    struct answer answer;
    unsigned char in[65536];
    unsigned char out[HANDLER_RESPONSE_MAX];
};

/* Deals with what has come on CONNECTION, which goes to the waiting ones after that, or is closed. */
void handler_run(struct handler *handler, struct connection *connection);

#endif
