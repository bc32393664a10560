/* A result as text, for a terminal of 80 columns or a mail; and the lines about many of them. Pure. */
#ifndef PROBE_TELL_REPORT_H
#define PROBE_TELL_REPORT_H

#include "probe/judge/result.h"

struct probe_report_options {
    bool colour;
    bool apart; /* an empty line after each domain that takes more than one line */
    bool brief; /* one line for a domain that is fine; of the others, only the checks that are not fine */
};

/* How many domains have which status. */
struct probe_report_counts {
    size_t of[PROBE_STATUSES], left; /* LEFT: not probed */
};

/* Adds RESULT to OUT, in lines of 80 columns; only a record to publish may be longer. */
void probe_report(const struct probe_result *result, const struct probe_report_options *options, struct buf *out);

/* The word for STATUS: "FAIL". That for CHECK: "-" where it was skipped. What is said of the domains with STATUS: "failing". */
const char *probe_report_label(int status);
const char *probe_report_check_label(const struct probe_check *check);
const char *probe_report_words(int status);

/* Does the domain take one line only, without its checks? Is the check NAME among those that are shown? */
bool probe_report_is_line(const struct probe_result *result, const struct probe_report_options *options);
bool probe_report_shows(const struct probe_result *result, enum probe_check_name name,
                        const struct probe_report_options *options);

/* Adds the text of the finding I to OUT: any bytes. Adds how many more there were, or nothing. Neither ends the line. */
void probe_report_finding(const struct probe_findings *findings, size_t i, struct buf *out);
void probe_report_left_out(const struct probe_findings *findings, struct buf *out);

/* Adds "10 domains in 12.34 s", where the run took MS milliseconds, and "; stopped, 9 not looked at", or nothing. */
void probe_report_total(const struct probe_report_counts *counts, unsigned long ms, struct buf *out);
void probe_report_left(const struct probe_report_counts *counts, struct buf *out);

/* Adds the last line, about all domains; the run took MS milliseconds. */
void probe_report_summary(const struct probe_report_counts *counts, unsigned long ms, struct buf *out);

/* Adds a progress bar for TOTAL domains, in less than 80 columns and without a line end, after MS milliseconds. */
void probe_report_bar(const struct probe_report_counts *counts, size_t total, unsigned long ms, struct buf *out);

#endif
