/* What mta-sts does with FastCGI requests: it answers them from the store. */
#ifndef SERVE_POLICIES_H
#define SERVE_POLICIES_H

#include "policy/reply.h"
#include "serve/handler.h"

#include <stdint.h>

/* The TO of its handlers. All zero at the beginning. */
struct policies {
    _Atomic int64_t hint_logged[REPLY_HINTS], broken_logged;
};

extern const struct handler_calls policies_calls;

#endif
