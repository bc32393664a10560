/* A plot of sessions and failures a day, as a figure of a page in HTML: SVG, and its labels. Numbers and dates only. Pure. */
#ifndef REPORTS_TELL_PLOT_H
#define REPORTS_TELL_PLOT_H

#include "base/buf.h"
#include "reports/judge/tally.h"

#include <stddef.h>
#include <stdint.h>

/* Earlier days are left out. */
enum { PLOT_DAYS_MAX = 400 };

/*
 * Adds a figure about DAYS, COUNT of them, at least one, sorted. It ends with the day TODAY, in days since 1970, or the last of
 * DAYS. Sessions are bars up, failures are bars down, each to its own scale; the caption says so, and what the highest are. A
 * text says the same to those who do not see it.
 */
void plot_days(const struct tally_day *days, size_t count, int64_t today, struct buf *out);

#endif
