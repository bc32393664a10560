/* Reports that are summed up, for the tests of what is judged and told: it is the morning of 2026-11-26. */
#ifndef SUMMING_H
#define SUMMING_H

#include "config/index.h"
#include "reports/judge/sums.h"

enum {
    SUMMING_DAY = 86400,
    SUMMING_NOW = 1795676400, /* 2026-11-26T07:00:00Z */
    SUMMING_TODAY = SUMMING_NOW / SUMMING_DAY,
    SUMMING_WINDOW = 30 /* days that count */
};

struct summing {
    struct index *index;
    struct sums sums;
};

/* Prepares SUMMING for the domains of POLICIES, a policies.ini. */
void summing_begin(struct summing *summing, const char *policies);
void summing_end(struct summing *summing);

#endif
