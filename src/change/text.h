/* Prints a comparison for people. Pure. */
#ifndef CHANGE_TEXT_H
#define CHANGE_TEXT_H

#include "base/buf.h"
#include "change/compare.h"

#include <stdbool.h>

/* Adds CHANGE to OUT: the domain, the lines of its policies, the records to renew, the findings. COLOUR: for a terminal. */
void text_change(const struct compare_change *change, bool colour, struct buf *out);

/* Adds the line at the end: FILE, and how many domains there are of each kind. */
void text_totals(const struct compare_totals *totals, const char *file, struct buf *out);

#endif
