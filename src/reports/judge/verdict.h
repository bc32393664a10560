/* What the reports about one domain mean: may it go to mode enforce? Pure: the time is a parameter. */
#ifndef REPORTS_JUDGE_VERDICT_H
#define REPORTS_JUDGE_VERDICT_H

#include "base/buf.h"
#include "config/index.h"
#include "policy/model.h"
#include "reports/judge/tally.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict_word {
    VERDICT_READY,
    VERDICT_NOT_YET, /* sessions failed, and would fail in mode enforce */
    VERDICT_WAIT,    /* nothing failed, but not enough is known */
    VERDICT_NO_REPORTS,
    VERDICT_ENFORCED, /* mode enforce already, and nothing failed */
    VERDICT_FAILING,  /* mode enforce already, and sessions failed */
    VERDICT_LEAVING,  /* mode none: senders require nothing */
    VERDICT_UNKNOWN,  /* policies.ini has a mistake, and no policy */
    VERDICTS
};

/* What VERDICT_WAIT waits for. */
enum verdict_wait {
    VERDICT_WAIT_OLDER,     /* reporters apply an older policy */
    VERDICT_WAIT_MORE,      /* too few days, or too few reporters */
    VERDICT_WAIT_NO_POLICY, /* no reporter says that it applied the policy in force */
};

/* Whose fault a failure is. */
enum verdict_fault {
    FAULT_MX,          /* of the MX host: its certificate, its TLS */
    FAULT_NOT_IN_MX,   /* of policies.ini: the MX host is not in mx */
    FAULT_TLSA,        /* of the TLSA records: senders that honour DANE defer mail in any mode */
    FAULT_POLICY_HOST, /* of the policy host: senders cannot have the policy */
    FAULT_UNKNOWN,     /* reports do not say */
    FAULT_OLDER,       /* of an older policy, which does not name the MX host */
    FAULT_SENDER,      /* of one sender alone, it seems: one reporter of many, from one address at most */
    FAULTS
};

struct verdict_failure {
    const struct tally_failure *failure;
    enum verdict_fault fault;
    bool blocks; /* it was seen lately, and is neither FAULT_OLDER nor FAULT_SENDER */
    uint64_t sessions;
    int64_t last;
};

/* How many days, and how many reporters, that applied a policy are enough; a failure counts for that many DAYS. */
struct verdict_rules {
    unsigned days, reporters;
    int64_t now;     /* seconds since 1970 */
    bool incomplete; /* files or folders could not be read: that there are no reports is not known */
};

/* With this many other reporters that would have seen a failure, one that alone reports it is "one of many". */
enum { VERDICT_OTHERS = 3 };

struct verdict {
    enum verdict_word word;
    enum verdict_wait wait;
    bool has_mode;
    enum policy_mode mode;
    const struct tally *tally;                           /* NULL: no reports that count */
    size_t unsigned_reports;                             /* that do not count, since nobody signed their mails */
    size_t days, reporters;                              /* with sessions that a policy was applied to, see struct gather */
    size_t applied;                                      /* reporters that applied the policy in force */
    size_t older;                                        /* reporters that still apply an older one */
    int64_t until;                                       /* until when they may, in seconds since 1970 */
    uint64_t blocked;                                    /* sessions of the failures that block */
    struct verdict_failure failures[TALLY_FAILURES_MAX]; /* those that block first, then by sessions */
    size_t failure_count;
    struct buf mistake; /* of VERDICT_UNKNOWN: a message that names file and line */
};

/*
 * Judges DOMAIN, which INDEX names, by TALLY (NULL: no reports) and RULES. Fills VERDICT, which borrows TALLY and need not be
 * initialised. False if memory runs out. Free it with verdict_free(), also on an error.
 */
bool verdict_on_domain(struct index *index, const char *domain, const struct tally *tally, const struct verdict_rules *rules,
                       struct verdict *verdict);
void verdict_free(struct verdict *verdict);

/* Does REPORTER, at NOW, still apply an older policy? */
bool verdict_is_older(const struct tally_reporter *reporter, int64_t now);

/* The exit status of a verdict: 0 ready, 1 wait, 2 not yet, 3 could not tell. */
int verdict_status(enum verdict_word word);

#endif
