/* Points in time as text: RFC 3339 in UTC, to the second. Pure. */
#ifndef BASE_UTC_H
#define BASE_UTC_H

#include <stdbool.h>
#include <stdint.h>

/* The size of a time as text, 2026-11-26T07:00:00Z, with a final NUL. */
#define UTC_SIZE 21

/*
 * Reads TEXT, as in 2026-11-26T07:00:00Z, into *SECONDS since 1970. Returns false and leaves *SECONDS unchanged if it is not such
 * a time, is no date of the calendar, or is before 1970. A leap second is not valid.
 */
bool utc_read(const char *text, int64_t *seconds);

/* Writes SECONDS since 1970 to TEXT. A time before 1970 or after 9999 becomes the nearest one that can be written. */
void utc_write(int64_t seconds, char text[UTC_SIZE]);

#endif
