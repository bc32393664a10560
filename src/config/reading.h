/*
 * One state of policies.ini, complete: its index, and the last good policies of the domains that it breaks. What is in force
 * changes by another reading, never within one. Safe to use from several threads at once, once it was checked.
 */
#ifndef CONFIG_READING_H
#define CONFIG_READING_H

#include "config/index.h"
#include "policy/model.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct reading;

/* Where messages go: one line, without a line end. */
typedef void reading_say(const char *line);

enum reading_found {
    READING_POLICY, /* the policy, to be served */
    READING_ABSENT, /* the file does not name the domain */
    READING_BROKEN, /* a mistake stands in the way, and there is no earlier good policy; the answer's text says which */
    READING_FAILED  /* memory ran out */
};

struct reading_answer {
    enum reading_found found;
    size_t len;                       /* of a policy: its bytes */
    char bytes[POLICY_BYTES_MAX + 1]; /* the policy, or the message; ends in a NUL */
};

/* A reading by INDEX, which it takes over also where it fails. NULL where memory ran out. reading_drop() is due. */
struct reading *reading_new(struct index *index);

/*
 * Says what is wrong in READING of FILE (the first 20 mistakes, and how many more), and takes over from BEFORE (NULL: there is
 * none) the last good policy of each domain that it breaks, or that a header that cannot be read may have hidden. False where
 * *STOP became true or memory ran out: READING is of no use then, unless BEFORE was NULL.
 */
bool reading_check(struct reading *reading, struct reading *before, const char *file, reading_say *say, const atomic_bool *stop);

/* The policy of DOMAIN, a policy domain in normal form (RFC 8461 3.4: never another's). */
void reading_find(struct reading *reading, const char *domain, struct reading_answer *answer);

/* It is the reading's. */
struct index *reading_index(const struct reading *reading);

/* One more user of READING, which is returned; each is to drop it. The last one frees it. NULL may be dropped. */
struct reading *reading_hold(struct reading *reading);
void reading_drop(struct reading *reading);

#endif
