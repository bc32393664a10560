/* Prints a comparison for programs: one JSON object; mta-sts(8) describes its members. Pure. */
#ifndef CHANGE_JSON_H
#define CHANGE_JSON_H

#include "base/buf.h"
#include "change/compare.h"

#include <stdbool.h>
#include <stdint.h>

/* Adds the beginning of the object: the files and the time of the comparison. */
void json_begin(const char *before, const char *after, int64_t now, struct buf *out);

/* Adds CHANGE to the member "domains". FIRST: it is the first one. */
void json_change(const struct compare_change *change, bool first, struct buf *out);

/* Adds the end of the object, with TOTALS. */
void json_end(const struct compare_totals *totals, struct buf *out);

#endif
