/*
 * Verdicts as one page, in the frame of page/frame.h: each domain has a row, in which its details are folded: a plot of its days,
 * what failed, whose fault that is and what to do, and who reported. What a page can have of this is bounded. Pure.
 */
#ifndef REPORTS_TELL_HTML_H
#define REPORTS_TELL_HTML_H

#include "base/buf.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTML_OPEN_MAX = 10,      /* a page of more domains has the details folded */
    HTML_FULL_MAX = 1000,    /* on a page of more domains, those with exit status 0 have no details */
    HTML_DETAILS_MAX = 8000, /* KB of details; further domains have none */
    /* Of a domain. The others are counted. */
    HTML_FAILURES_MAX = 10,
    HTML_REPORTERS_MAX = 10,
    HTML_POLICIES_MAX = 3,
    HTML_LINE_MAX = 400 /* characters of a line from reports, before they are escaped */
};

/* A page while it is written. Zeroed memory, with COUNT, is one that was not begun. */
struct html {
    size_t count; /* domains of policies.ini */
    bool quiet;   /* domains with exit status 0 are left out, but counted */
    size_t of[VERDICTS], details_size, without_details;
};

/* Adds the page up to the first domain. NOW: seconds since 1970. */
void html_begin(const struct html *html, int64_t now, struct buf *out);

/* Counts DOMAIN, and adds its row, unless it is left out. */
void html_domain(struct html *html, const struct sums *sums, const char *domain, const struct verdict *verdict,
                 const struct verdict_rules *rules, struct buf *out);

/* Adds the rest of the page. REPORTS is a sentence on what was read, or "". */
void html_end(const struct html *html, const struct verdict_rules *rules, const char *reports, struct buf *out);

#endif
