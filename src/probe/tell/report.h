/* What the probe found, as text for a terminal of 80 columns or a mail. Pure. Floor 6. */
#ifndef PROBE_TELL_REPORT_H
#define PROBE_TELL_REPORT_H

#include "probe/read/result.h"

struct probe_report_options {
    bool colour;
    bool apart; /* an empty line after each domain that has more than one */
    bool brief; /* one line for a domain that is fine; of the others, only the checks that are not */
};

/* How many domains came to which status. */
struct probe_report_counts {
    size_t of[PROBE_STATUSES], left; /* LEFT: not looked at */
};

/* Adds what was found of PROBE's domain to OUT, in lines of 80 columns; but a record to publish stays on one line. */
void probe_report(const struct probe_result *result, const struct probe_report_options *options, struct buf *out);

/* Adds the line that comes last, after several domains in MS milliseconds. */
void probe_report_summary(const struct probe_report_counts *counts, unsigned long ms, struct buf *out);

/* Adds a bar of TOTAL domains in less than 80 columns, without a line end; MS have passed. */
void probe_report_bar(const struct probe_report_counts *counts, size_t total, unsigned long ms, struct buf *out);

/* Adds LEN bytes at TEXT as ASCII: what is none, or is a control character, as \xNN. */
void probe_report_add_ascii(struct buf *out, const char *text, size_t len);

/* Adds TEXT in lines of WIDTH columns at most, but for words that are longer, each after the first behind INDENT spaces; AT is
 * the column where it begins. */
void probe_report_wrap(struct buf *out, const char *text, size_t at, size_t indent, size_t width);

#endif
