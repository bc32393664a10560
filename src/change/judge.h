/*
 * Judges an edit of one domain's policy: which mail senders would not deliver after it, and from when on it would be safe. A
 * sender keeps a policy until its max_age has passed since the fetch, and need not look for a newer one before that (RFC
 * 8461 3.3, 5.1). So for every sender to have lost the old policy takes the old max_age, counted from the moment when it was last
 * served. Pure.
 */
#ifndef CHANGE_JUDGE_H
#define CHANGE_JUDGE_H

#include "base/buf.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum judge_rule {
    JUDGE_MX_ADDED,      /* the old policy, in mode enforce, does not match these MX hosts */
    JUDGE_MX_REMOVED,    /* the new policy, in mode enforce, does not match these MX hosts any more */
    JUDGE_REMOVED,       /* a policy in mode enforce vanishes */
    JUDGE_HOST_MOVED,    /* the policy host gets another address while the old policy is enforced */
    JUDGE_ENFORCE_FIRST, /* mode enforce, with no mode testing before */
    JUDGE_ENFORCE,       /* mode enforce after mode testing */
    JUDGE_TESTING,       /* mode testing after mode enforce */
    JUDGE_NONE,          /* mode none after mode enforce: the first step of leaving (RFC 8461 8.3) */
    JUDGE_NONE_AFTER_TESTING,
    JUDGE_NONE_LONG,       /* mode none with a max_age of over a day */
    JUDGE_REMOVED_TESTING, /* a policy in mode testing vanishes */
    JUDGE_REMOVED_NONE,    /* a policy in mode none vanishes: the last step of leaving */
    JUDGE_MAX_AGE_LOWERED, /* mode enforce before and after: the old policy may outlast the new one in caches */
    JUDGE_MAX_AGE_RAISED,  /* mode enforce: a later mistake stays longer */
    JUDGE_RULES
};

/* Which MX hosts some senders refuse. */
enum judge_refused {
    JUDGE_REFUSED_NONE,   /* no host because of this finding */
    JUDGE_REFUSED_LISTED, /* those that a pattern of MX matches, and no pattern of the policy that these senders have */
    JUDGE_REFUSED_OTHERS  /* all that no pattern of MX matches */
};

/* Which senders refuse them: those that keep the old policy, until the time SAFE; or those that have the new one, without end. */
enum judge_holder { JUDGE_NOBODY, JUDGE_OLD, JUDGE_NEW };

/* What is the same for all findings of a rule. */
struct judge_meaning {
    const char *name; /* as in the output */
    bool unsafe;
    enum judge_refused refused;
    enum judge_holder holder;
};

/* The time at which an edit would be safe is not known here: it depends on the DNS. */
#define JUDGE_UNTIMED INT64_MIN

struct judge_finding {
    enum judge_rule rule;
    int64_t safe;  /* the earliest safe time, in seconds since 1970, or JUDGE_UNTIMED */
    struct buf mx; /* MX_COUNT patterns, each with a final NUL */
    size_t mx_count;
};

/* An empty list is zeroed memory. Each rule is in it once at most, in the order of the rules. Free it with judge_free(). */
struct judge_findings {
    struct judge_finding list[JUDGE_RULES];
    size_t count;
    bool failed; /* memory ran out: the list is not complete */
};

/* A domain before or after the edit. */
struct judge_side {
    const struct policy *policy; /* NULL: the domain has none */
    const char *host;            /* its name or its addresses, with a space between them; NULL: not known */
};

/*
 * Adds what the edit from FROM to TO means to FINDINGS. NOW is the time when the new policy is served in place of the old
 * one, in seconds since 1970.
 */
void judge_edit(const struct judge_side *from, const struct judge_side *to, int64_t now, struct judge_findings *findings);

/* Returns the meaning of RULE. Do not free it. */
const struct judge_meaning *judge_meaning(enum judge_rule rule);

/* True if a finding is unsafe. */
bool judge_is_unsafe(const struct judge_findings *findings);

void judge_free(struct judge_findings *findings);

#endif
