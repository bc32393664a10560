/* The policy that a reporter applied, from the lines in its report, in a form that can be compared. Pure. */
#ifndef REPORTS_JUDGE_APPLIED_H
#define REPORTS_JUDGE_APPLIED_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed memory is none. */
struct applied {
    struct buf meaning; /* equal policies are equal here, whatever the order of their lines and the case of their names */
    uint32_t max_age;   /* how long senders may keep it, in seconds: POLICY_MAX_AGE_MAX if it does not say */
    bool is_none;       /* mode none: senders then require nothing */
    const char **mx;    /* MX_COUNT patterns in lower case, valid or not, sorted */
    size_t mx_count;
    struct buf patterns; /* their text */
};

/*
 * Reads BYTES, LEN of them, the lines of a policy, into APPLIED, which need not be initialised. What senders refuse is taken as
 * it is. False if memory runs out. Free APPLIED with applied_free(), also on an error.
 */
bool applied_read(const char *bytes, size_t len, struct applied *applied);
void applied_free(struct applied *applied);

/* Has APPLIED a pattern for MX, a host name in normal form? */
bool applied_names(const struct applied *applied, const char *mx);

#endif
