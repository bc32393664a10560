/*
 * The frame of a page that needs no other file: all domains are in a table, which a script in the page sorts and filters. Without
 * the script everything is there. The summary is the last thing that is written, and is shown first: a page without it is not
 * complete, and says so.
 *
 * The page is page_begin(), a row for each domain, page_end_table(), sections, a section with the id "_summary", and page_end().
 * A row begins with <tr class=sN id="DOMAIN">, where N is its status, 0 to 3, and has a cell for each column. Pure.
 */
#ifndef PAGE_FRAME_H
#define PAGE_FRAME_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The exit statuses of monitoring plugins; see program/status.h. */
enum { PAGE_STATUSES = 4, PAGE_COLUMNS = 4 };

/* They from bad to good. */
extern const int page_worst_first[PAGE_STATUSES];

/* What the pages of two programs differ in. All of it is markup. */
struct page_frame {
    const char *program;
    const char *title;                   /* before the day */
    const char *heading;                 /* above all */
    const char *made;                    /* before the time: "Checked by mta-sts-probe on " */
    const char *caption, *quiet_caption; /* of the table; what is added if good domains are left out */
    const char *columns[PAGE_COLUMNS];   /* the first is the status, the second the domain */
    const char *choices[PAGE_STATUSES];  /* the filter: what the domains of each status are */
    const char *not_good;                /* the filter: what all but those of status 0 are */
};

/* Adds the page up to the first domain. NOW: seconds since 1970. QUIET: domains that are good will be left out. */
void page_begin(const struct page_frame *frame, int64_t now, bool quiet, struct buf *out);

/* Adds the end of the table. */
void page_end_table(struct buf *out);

/* Adds an item of a list with the class "counts": COUNT domains, what they are, and the status that colours them. */
void page_count(size_t count, const char *what, int status, struct buf *out);

/* Adds the end of the page. */
void page_end(struct buf *out);

#endif
