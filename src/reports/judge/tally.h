/*
 * What all reports say of one domain, summed up by reporter, day, policy and failure. Each list has a bound. Pure.
 */
#ifndef REPORTS_JUDGE_TALLY_H
#define REPORTS_JUDGE_TALLY_H

#include "reports/judge/gather.h"
#include "reports/judge/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name of all further reporters, where a list of reporters or of names is full. What they say counts, as if they were one. */
#define TALLY_FURTHER UINT32_MAX

enum {
    TALLY_REPORTERS_MAX = 200, /* of a domain, TALLY_FURTHER included */
    TALLY_FAILURES_MAX = 64,
    TALLY_POLICIES_MAX = 16,
    TALLY_SENDER_SIZE = 46 /* of an address as text */
};

/* All times are in seconds since 1970. LAST: the end of the last report. */

/* Who reported a failure. */
struct tally_by {
    uint32_t reporter; /* its number in the domain's list */
    uint64_t sessions;
    int64_t last;
    bool several;                   /* more than one sending address */
    char sender[TALLY_SENDER_SIZE]; /* the beginning of the first one; "": none was named */
};

struct tally_failure {
    enum kind_name kind;
    bool unmatched;      /* the policy that the reporters applied has no pattern for MX */
    char *mx, *result;   /* a host name in normal form, or ""; the result type of KIND_OTHER, or "" */
    struct tally_by *by; /* each reporter once */
    size_t by_count, by_room;
};

struct tally_reporter {
    uint32_t name; /* for sums_name(), or TALLY_FURTHER */
    uint64_t sessions, failed;
    int64_t last;
    int64_t in_force, older; /* LAST of the reports by which it applied the policy in force, and another one; 0: none */
    int64_t older_until;     /* until when it may keep that other one */
    int64_t no_policy;       /* LAST of the reports by which it found no policy */
    bool sts, tlsa;          /* in one of its reports; as in struct gather */
};

struct tally_day {
    int64_t day; /* days since 1970 */
    uint64_t sessions, failed;
    bool sts; /* in one of its reports; as in struct gather */
};

/* A policy that was applied, but is not the one in force. */
struct tally_policy {
    char *meaning; /* as from applied_read() */
    int64_t last, until;
};

struct tally {
    char *name;
    char *in_force; /* the meaning of the policy in force; NULL: there is none */
    uint64_t sessions, failed;
    size_t reports, further; /* FURTHER: those of TALLY_FURTHER */
    size_t unsigned_reports; /* those that do not count, since nobody signed their mails */
    struct tally_reporter *reporters;
    size_t reporter_count, reporter_room;
    struct tally_day *days; /* sorted */
    size_t day_count, day_room;
    struct tally_failure *failures;
    size_t failure_count, failure_room;
    struct tally_policy *policies;
    size_t policy_count, policy_room;
};

/*
 * Adds what a report of the reporter NAME, or of TALLY_FURTHER, which ended at END, says to DOMAIN. DAY, in days since 1970, is
 * the one that it is about. False if memory runs out.
 */
bool tally_add(struct tally *domain, uint32_t name, const struct gather *gather, int64_t end, int64_t day);

/* Frees what DOMAIN holds. */
void tally_free(struct tally *domain);

#endif
