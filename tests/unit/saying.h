/* Reports with one statement each, and the verdict on all of them. */
#ifndef SAYING_H
#define SAYING_H

#include "reports/read/report.h"
#include "summing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a report says: AGO days ago, of one domain. */
struct said {
    const char *domain, *org, *policy; /* POLICY: NULL: none */
    int ago;
    uint64_t successful;
    const char *result, *mx, *sender; /* of one failure; RESULT: NULL: none */
    uint64_t failed;
    enum report_type type;
    const char *id; /* NULL: "1" */
    bool is_unsigned;
    int longer; /* seconds; the report ends a second before midnight */
};

/* A policies.ini; and policies of reports: its own two of example.org and enforced.example, and one that is in neither. */
extern const char saying_policies[], saying_in_force[], saying_enforced[], saying_older[];

void saying_add(struct summing *lab, const struct said *said);

/* Adds good reports of DOMAIN for each of the last DAYS days, by each of the first COUNT reporters. */
void saying_good(struct summing *lab, const char *domain, const char *policy, int days, size_t count);

/* Asserts the line about DOMAIN, and its exit status. */
void saying_verdict(struct summing *lab, const char *domain, const char *expected, int status);

#endif
