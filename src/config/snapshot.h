/*
 * One state of policies.ini, complete: its index, and the last good policies of the domains that it breaks. What is in force
 * changes by another snapshot, never within one. Safe to use from several threads at once, once snapshot_audit() is through.
 */
#ifndef CONFIG_SNAPSHOT_H
#define CONFIG_SNAPSHOT_H

#include "base/say.h"
#include "config/index.h"
#include "policy/model.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct snapshot;

enum snapshot_found {
    SNAPSHOT_POLICY, /* the policy, to be served */
    SNAPSHOT_ABSENT, /* the file does not name the domain */
    SNAPSHOT_BROKEN, /* a mistake stands in the way, and there is no earlier good policy; the answer's text says which */
    SNAPSHOT_FAILED  /* memory ran out */
};

struct snapshot_answer {
    enum snapshot_found found;
    size_t len;                       /* of a policy: its bytes */
    char bytes[POLICY_BYTES_MAX + 1]; /* the policy, or the message; ends in a NUL */
};

/* A snapshot by INDEX, which it takes over also where it fails. NULL where memory ran out. snapshot_drop() is due. */
struct snapshot *snapshot_new(struct index *index);

/*
 * Says what is wrong in SNAPSHOT of FILE (the first 20 mistakes, and how many more), and takes over from BEFORE (NULL: there is
 * none) the last good policy of each domain that it breaks, or that a header that cannot be read may have hidden. False where
 * *STOP became true or memory ran out: SNAPSHOT is of no use then, unless BEFORE was NULL.
 */
bool snapshot_audit(struct snapshot *snapshot, struct snapshot *before, const char *file, say_line *say, const atomic_bool *stop);

/* The policy of DOMAIN, a policy domain in normal form (RFC 8461 3.4: never another's). */
void snapshot_find(struct snapshot *snapshot, const char *domain, struct snapshot_answer *answer);

/* It is the snapshot's. */
struct index *snapshot_index(const struct snapshot *snapshot);

/* One more user of SNAPSHOT, which is returned; each is to drop it. The last one frees it. NULL may be dropped. */
struct snapshot *snapshot_hold(struct snapshot *snapshot);
void snapshot_drop(struct snapshot *snapshot);

#endif
