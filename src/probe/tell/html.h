/*
 * Results as one page that needs no other file: all of them in a table, which a script in the page sorts and filters. Without the
 * script everything is there. The summary is the last thing that is written, and stands first: a page without it is not complete,
 * and says so. Pure.
 */
#ifndef PROBE_TELL_HTML_H
#define PROBE_TELL_HTML_H

#include "base/buf.h"
#include "probe/judge/result.h"
#include "probe/tell/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Adds TEXT, LEN bytes from anywhere, as text of a page or of an attribute's value between quotation marks: in ASCII, control
 * characters and bytes that are not ASCII as \xNN, and nothing of it is markup. Whatever came from the network goes through this.
 */
void probe_html_text(struct buf *out, const char *text, size_t len);

/* Adds the page up to the first domain. NOW: seconds since 1970. QUIET: domains that are ok will be left out. */
void probe_html_begin(int64_t now, bool quiet, struct buf *out);

/* Adds a row about RESULT, on one line with its line end. It shows the checks that the text shows with the same OPTIONS. */
void probe_html_row(const struct probe_result *result, const struct probe_report_options *options, struct buf *out);

/* Adds the rest of the page; the run took MS milliseconds. IS_LOST: memory ran out, and domains are missing. */
void probe_html_end(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out);

#endif
