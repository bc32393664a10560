/* What one report says of one domain: its blocks about that domain, each session counted once. Pure. */
#ifndef REPORTS_JUDGE_GATHER_H
#define REPORTS_JUDGE_GATHER_H

#include "base/buf.h"
#include "policy/domain.h"
#include "reports/judge/kind.h"
#include "reports/read/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Further failures of the same report are counted as one, KIND_UNEXPLAINED. */
enum { GATHER_FAILURES_MAX = 64, GATHER_RESULT_MAX = 64 };

struct gather_failure {
    enum kind_name kind;
    bool unmatched;          /* the policy that was applied has no pattern for MX */
    bool several;            /* reported by more than one sending address */
    char mx[DOMAIN_MAX + 1]; /* in normal form; "": not named, or no host name */
    const char *result;      /* of KIND_OTHER: the result type, borrowed; else "" */
    const char *sender;      /* a sending address, borrowed; "": none */
    uint64_t sessions;
};

struct gather_policy {
    struct buf meaning; /* as from applied_read() */
    uint32_t max_age;
};

/* Zeroed memory is nothing. */
struct gather {
    uint64_t sessions, failed;
    bool no_policy; /* the reporter found no policy */
    bool sts, tlsa; /* sessions were held to a policy of mode testing or enforce, or to TLSA records */
    struct gather_failure failures[GATHER_FAILURES_MAX];
    size_t failure_count;
    struct gather_policy *policies; /* that the reporter applied; one may be there twice */
    size_t policy_count;
};

/* A block, and its policy-domain in normal form. */
struct gather_part {
    char domain[DOMAIN_MAX + 1];
    const struct report_block *block;
};

/*
 * Fills PARTS, which has room for all blocks of REPORT, with those that have a policy domain: those of one domain are in a row,
 * in their order. Returns how many there are. They borrow from REPORT.
 */
size_t gather_parts(const struct report *report, struct gather_part *parts);

/* How many of the COUNT PARTS, at least one, have the domain of the first: those at the beginning. */
size_t gather_same(const struct gather_part *parts, size_t count);

/*
 * Adds what COUNT PARTS, all of one domain, say of it to GATHER, which is zeroed. The same sessions may be in a block about
 * MTA-STS and in one about DANE: the greater number counts. False if memory runs out. Free GATHER with gather_free(), also on an
 * error.
 */
bool gather_domain(const struct gather_part *parts, size_t count, struct gather *gather);
void gather_free(struct gather *gather);

#endif
