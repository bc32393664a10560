/*
 * One state of policies.ini: its index, and the last good policies of the domains that have a mistake in it. A snapshot never
 * changes: an edit makes a new one. Thread-safe after snapshot_audit() has returned.
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
    SNAPSHOT_POLICY, /* there is a policy to serve */
    SNAPSHOT_ABSENT, /* the file does not name the domain */
    SNAPSHOT_BROKEN, /* a mistake prevents it, and there is no last good policy; BYTES is a message */
    SNAPSHOT_FAILED  /* memory ran out */
};

struct snapshot_answer {
    enum snapshot_found found;
    size_t len;                       /* length of BYTES without the NUL */
    char bytes[POLICY_BYTES_MAX + 1]; /* the policy or the message, with a final NUL */
};

/*
 * Returns a snapshot of INDEX, or NULL if memory runs out. The snapshot owns INDEX, which is freed also on an error. Release it
 * with snapshot_drop().
 */
struct snapshot *snapshot_new(struct index *index);

/*
 * Reports the mistakes in SNAPSHOT of FILE to SAY: the first 20, and the number of the rest. Copies from BEFORE (may be NULL) the
 * last good policy of each domain that has a mistake in SNAPSHOT, or that a lost header may name. Returns false if *STOP became
 * true or memory ran out: drop SNAPSHOT then, unless BEFORE was NULL.
 */
bool snapshot_audit(struct snapshot *snapshot, struct snapshot *before, const char *file, say_line *say, const atomic_bool *stop);

/*
 * Looks up the policy of DOMAIN, a policy domain in normal form, and fills ANSWER. It is never that of a parent domain (RFC 8461
 * 3.4).
 */
void snapshot_find(struct snapshot *snapshot, const char *domain, struct snapshot_answer *answer);

enum snapshot_named {
    SNAPSHOT_NAMED,
    SNAPSHOT_UNNAMED,
    SNAPSHOT_UNSURE /* a lost header may name it */
};

/* Does the file name DOMAIN, a policy domain in normal form? [*] does not count. */
enum snapshot_named snapshot_names(struct snapshot *snapshot, const char *domain);

/* Returns the index. The snapshot owns it. */
struct index *snapshot_index(const struct snapshot *snapshot);

/*
 * Count references: snapshot_hold() adds one and returns SNAPSHOT; snapshot_drop() removes one, and frees SNAPSHOT with the last
 * one. snapshot_drop(NULL) does nothing.
 */
struct snapshot *snapshot_hold(struct snapshot *snapshot);
void snapshot_drop(struct snapshot *snapshot);

#endif
