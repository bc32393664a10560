/* The text of a Cloudflare Worker that answers as this program does. Pure. Floor 2. */
#ifndef COMMAND_WORKER_H
#define COMMAND_WORKER_H

#include "base/buf.h"
#include "policy/reply.h"

#include <stddef.h>

/* What the Worker answers for a domain: REPLY_POLICY, with the policy, or REPLY_ABSENT or REPLY_BROKEN, without. */
struct worker_answer {
    enum reply_kind kind;
    const char *policy;
    size_t len;
};

/* In this order: the beginning, each domain, and the end, with the answer for every other domain. */
void worker_begin(struct buf *out);
void worker_add(struct buf *out, const char *domain, const struct worker_answer *answer);
void worker_end(struct buf *out, const struct worker_answer *other);

#endif
