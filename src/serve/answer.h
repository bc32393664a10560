/* Answers a request from the store: looks the policy up, and has policy/reply make the bytes. CGI and FastCGI share this. */
#ifndef SERVE_ANSWER_H
#define SERVE_ANSWER_H

#include "base/buf.h"
#include "config/store.h"
#include "policy/reply.h"

struct answer {
    struct reply reply;
    struct snapshot_answer found;
    struct buf log; /* the mistake that stands in the way, for the log; empty: there is none */
    enum reply_kind kind;
};

/*
 * Makes the answer to REQUEST. The caller sets ANSWER's KIND to what reply_to() returned with DOMAIN, and LOG and FOUND's length
 * to empty; it frees LOG. Where STORE is NULL, a policy that is asked for is answered with REPLY_FAILED.
 */
void answer_make(struct store *store, const struct reply_request *request, const char *domain, struct answer *answer);

/* Adds to TEXT both names of REQUEST, made fit for a log, and the HINT that follows from them. */
void answer_print_hint(struct buf *text, const struct reply_request *request, enum reply_hint hint);

#endif
