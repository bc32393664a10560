/* Results as one page, in the frame of page/frame.h. Pure. */
#ifndef PROBE_TELL_HTML_H
#define PROBE_TELL_HTML_H

#include "base/buf.h"
#include "probe/judge/result.h"
#include "probe/tell/report.h"

#include <stdbool.h>
#include <stdint.h>

/* Adds the page up to the first domain. NOW: seconds since 1970. QUIET: domains that are ok will be left out. */
void probe_html_begin(int64_t now, bool quiet, struct buf *out);

/* Adds a row about RESULT, on one line with its line end. It shows the checks that the text shows with the same OPTIONS. */
void probe_html_row(const struct probe_result *result, const struct probe_report_options *options, struct buf *out);

/* Adds the rest of the page; the run took MS milliseconds. IS_LOST: memory ran out, and domains are missing. */
void probe_html_end(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out);

#endif
