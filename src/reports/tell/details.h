/* What a verdict is made of: one line for each part, in ASCII and without its line end. Text from reports has a bound. Pure. */
#ifndef REPORTS_TELL_DETAILS_H
#define REPORTS_TELL_DETAILS_H

#include "base/buf.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/judge/verdict.h"

#include <stdint.h>

/* Adds how many reports of which days there are. TALLY has a day at least. */
void details_seen(const struct tally *tally, struct buf *out);

/* Adds what failed where, how often, and who reported it; then whose fault that is, and what to do. */
void details_failure(const struct sums *sums, const struct verdict *verdict, const struct verdict_failure *failure,
                     struct buf *out);
void details_fault(const char *domain, const struct verdict_failure *failure, struct buf *out);

/* Adds what REPORTER saw; NOW: seconds since 1970. */
void details_reporter(const struct sums *sums, const struct tally_reporter *reporter, int64_t now, struct buf *out);

/* Adds an older policy, and until when senders may have it. */
void details_policy(const struct tally_policy *policy, struct buf *out);

/* Adds how many reports are unsigned, and left out; how many are of further reporters, counted together. Nothing if none is. */
void details_unsigned(const struct verdict *verdict, struct buf *out);
void details_further(const struct tally *tally, struct buf *out);

#endif
