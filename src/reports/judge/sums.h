/*
 * What all reports say, summed up by domain, and there by reporter, day, policy and failure. The reports themselves are not kept,
 * and each list has a bound. What is said of one domain never changes the sums of another. Pure.
 */
#ifndef REPORTS_JUDGE_SUMS_H
#define REPORTS_JUDGE_SUMS_H

#include "config/index.h"
#include "reports/judge/keys.h"
#include "reports/judge/tally.h"
#include "reports/read/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SUMS_NAME_MAX = 64,      /* bytes of a reporter's name that are kept */
    SUMS_NAMES_MAX = 1000000 /* names of reporters of all domains */
};

struct sums {
    struct index *index; /* policies.ini; borrowed */
    int64_t since, now;  /* only reports of this time count */
    struct tally *domains;
    size_t domain_count, domain_room;
    char **names; /* of reporters */
    size_t name_count, name_room;
    struct keys domain_keys, name_keys, report_keys;
    /* Counts of reports: all; read before; of other domains than those of policies.ini alone; older than SINCE; not over yet. */
    size_t reports, duplicates, foreign, old, early;
    size_t unsigned_reports; /* those of known domains whose sender had to be verified, and is not */
};

/*
 * Prepares SUMS for the domains of INDEX and the reports of the time from SINCE to NOW. SEED is a random number. Free SUMS with
 * sums_free().
 */
void sums_init(struct sums *sums, struct index *index, int64_t since, int64_t now, uint64_t seed);

/* Adds REPORT. One that is unsigned is only counted, and hides no other one. False if memory runs out. */
bool sums_add(struct sums *sums, const struct report *report);

/* After the last report: sorts what is known of each domain, as in order.h. */
void sums_sort(struct sums *sums);

/* The sums of DOMAIN, a policy domain in normal form; NULL: there is no report. Valid until the next sums_add(). */
const struct tally *sums_find(struct sums *sums, const char *domain);

/* The name of REPORTER, or "further reporters": at most SUMS_NAME_MAX bytes, any but NUL. */
const char *sums_name(const struct sums *sums, const struct tally_reporter *reporter);

void sums_free(struct sums *sums);

#endif
