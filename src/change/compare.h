/* Compares two states of policies.ini, domain by domain. Pure. */
#ifndef CHANGE_COMPARE_H
#define CHANGE_COMPARE_H

#include "change/judge.h"
#include "config/index.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum compare_kind {
    COMPARE_ADDED,   /* the domain had no policy before */
    COMPARE_REMOVED, /* it has none any more */
    COMPARE_CHANGED,
    COMPARE_UNKNOWN, /* a mistake in one of the files prevents the comparison */
    COMPARE_KINDS
};

/* A domain whose policy, host or tlsrpt differs. Valid during the call of VISIT alone. */
struct compare_change {
    const char *domain; /* in normal form, or "*" */
    enum compare_kind kind;
    const struct index_values *before, *after;
    char id_before[POLICY_ID_SIZE], id_after[POLICY_ID_SIZE]; /* of the TXT record; empty where there is no policy */
    bool host_differs, tlsrpt_differs;
    struct judge_findings findings;
};

struct compare {
    struct index *before, *after;
    int64_t now; /* the time when AFTER is served in place of BEFORE, in seconds since 1970 */
    void (*visit)(void *to, const struct compare_change *change);
    void *to;
};

struct compare_totals {
    size_t of_kind[COMPARE_KINDS], unsafe; /* domains; UNSAFE: with an unsafe finding */
};

/*
 * Calls VISIT for each domain that differs: those of AFTER in its order, then those that only BEFORE names in its order. Counts
 * them in TOTALS. False if memory runs out.
 */
bool compare_files(const struct compare *compare, struct compare_totals *totals);

#endif
