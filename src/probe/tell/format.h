/* The forms of the output: what stands before the results, what each result becomes, and what stands after them. Pure. */
#ifndef PROBE_TELL_FORMAT_H
#define PROBE_TELL_FORMAT_H

#include "base/buf.h"
#include "probe/judge/result.h"
#include "probe/tell/report.h"

#include <stdbool.h>
#include <stdint.h>

enum probe_format { PROBE_FORMAT_TEXT, PROBE_FORMAT_JSON, PROBE_FORMAT_HTML };

/* Each adds to OUT, or adds nothing. NOW: seconds since 1970. QUIET: domains that are ok are left out. */
void probe_format_begin(enum probe_format format, int64_t now, bool quiet, struct buf *out);
void probe_format_result(enum probe_format format, const struct probe_result *result, const struct probe_report_options *options,
                         struct buf *out);

/* The run took MS milliseconds. IS_LOST: memory ran out, and results are missing. */
void probe_format_end(enum probe_format format, const struct probe_report_counts *counts, unsigned long ms, bool is_lost,
                      struct buf *out);

/* Is what stands after the results a part of the output that cannot be left out? */
bool probe_format_needs_end(enum probe_format format);

#endif
