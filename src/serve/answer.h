/* The answer to a request, from its names to its bytes, by what the store has: what CGI and FastCGI share. */
#ifndef SERVE_ANSWER_H
#define SERVE_ANSWER_H

#include "base/buf.h"
#include "config/store.h"
#include "policy/reply.h"

struct answer {
    struct reply reply;
    struct reading_answer found;
    struct buf log; /* the mistake that stands in the way; empty: none */
    enum reply_kind kind;
};

/*
 * Makes the answer to REQUEST of ANSWER's KIND, which reply_to() gave with DOMAIN. LOG and FOUND's length are to be empty; LOG is
 * to be freed. STORE may be NULL: there is nothing to answer from.
 */
void answer_make(struct store *store, const struct reply_request *request, const char *domain, struct answer *answer);

/* Adds to TEXT what the names of REQUEST are, and the HINT that follows from them. */
void answer_print_hint(struct buf *text, const struct reply_request *request, enum reply_hint hint);

#endif
