/*
 * Handles a connection: reads what has come, has its requests answered in order, and gives it to the poller where nothing more
 * comes. Each thread has a handler. What an answer is the program decides.
 */
#ifndef SERVE_HANDLER_H
#define SERVE_HANDLER_H

#include "config/store.h"
#include "policy/model.h"
#include "serve/connection.h"
#include "serve/exchange.h"
#include "serve/poller.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct handler;

/* What a program does with requests. It is called by several threads at once, each with its own HANDLER. */
struct handler_calls {
    /*
     * Makes the answer to a request. Or it sets HANDLER->BODY, and writes nothing: then the body is passed to add(). A program
     * that takes no body has NULL in the three calls below.
     */
    void (*answer)(struct handler *handler, struct exchange *exchange);
    /* Takes LEN more bytes. False where no more are wanted: the answer is made now. */
    bool (*add)(void *body, const unsigned char *bytes, size_t len);
    /* Makes the answer after the last byte, or after add() has returned false. */
    void (*answer_body)(struct handler *handler, void *body, struct exchange *exchange);
    /* Frees BODY: after its answer, or where the front server has gone before. */
    void (*drop)(void *body);
    size_t own;           /* how many bytes of memory each thread has for itself */
    unsigned descriptors; /* the most that a body takes, besides its connection */
    unsigned passing;     /* the most that a thread takes besides these, while it is in one of the calls */
};

/* What the handlers of all threads share. The caller sets STORE, CALLS, TO, POLLER and THREADS, all else to zero. */
struct handler_shared {
    struct store *store;
    const struct handler_calls *calls;
    void *to;              /* the program's */
    struct poller *poller; /* for connections on which nothing comes */
    unsigned threads;      /* as FCGI_GET_VALUES reports it */
    atomic_uint idle;      /* threads that wait in accept() */
    atomic_bool stop;      /* the program ends: no connection is kept after its answer */
    _Atomic int64_t memory_logged, other_logged;
};

/* A policy of the greatest size, and a mistake of the same size for the front server's log; and what is around them. */
#define HANDLER_RESPONSE_MAX (2 * POLICY_BYTES_MAX + 32768)

/* One thread's. */
struct handler {
    struct handler_shared *shared;
    void *own; /* CALLS->OWN bytes */
    void *body;
    bool lingers;     /* waits some milliseconds for the next request before the connection goes to the poller */
    unsigned answers; /* how many so far */
    unsigned char in[65536];
    unsigned char out[HANDLER_RESPONSE_MAX];
};

/* Handles what has come on CONNECTION, which then belongs to the poller or is closed. */
void handler_run(struct handler *handler, struct connection *connection);

/* Adds LINE in the form of the log to the front server's log. */
void handler_log_to_front(struct exchange *exchange, const char *line);

#endif
