/* Points in time as reporters write them. Pure. */
#ifndef REPORTS_READ_DATE_H
#define REPORTS_READ_DATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads TEXT, a time by RFC 3339, into *SECONDS since 1970. A fraction of a second is ignored. UTC is assumed if there is no
 * zone, as in reports of Microsoft, and midnight if there is only a date. A space may stand for the T. Returns false and leaves
 * *SECONDS unchanged if it is not such a time, or is before 1970.
 */
bool report_date_read(const char *text, int64_t *seconds);

#endif
