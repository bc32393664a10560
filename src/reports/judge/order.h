/* Sorts the sums of a domain, so that the output is the same in whatever order the reports were read. Pure. */
#ifndef REPORTS_JUDGE_ORDER_H
#define REPORTS_JUDGE_ORDER_H

#include "reports/judge/tally.h"

/*
 * Sorts the lists of DOMAIN: reporters, and those of each failure, by their sessions, most first, then by NAMES; failures by
 * what they are; policies by the last report, newest first. NAMES are those of sums.h.
 */
void order_tally(struct tally *domain, char *const *names);

#endif
