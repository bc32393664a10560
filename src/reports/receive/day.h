/* The folder of a day: its name, what is in it, and which days are over. */
#ifndef REPORTS_RECEIVE_DAY_H
#define REPORTS_RECEIVE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The size of a day as text, 2026-11-26, with a final NUL. */
#define DAY_SIZE 11

/* Writes the day of NOW, in seconds since 1970 UTC, to TEXT. */
void day_write(int64_t now, char text[DAY_SIZE]);

/* How many files a folder has, complete or not, and their bytes. */
struct day_sum {
    size_t complete, complete_bytes, parts, part_bytes;
};

/*
 * Counts what is in the folder FD. Removes parts that were last written to an hour before NOW: their writer was killed. False
 * with errno on an error.
 */
bool day_count(int fd, int64_t now, struct day_sum *sum);

/*
 * Cleans the folders of FD that are named for a day, when that of NOW has begun: removes the earlier ones but for DAYS - 1 days
 * up to the last one that has a folder, and from the others the parts that day_count() would remove. What it cannot remove it
 * leaves. It does not count back from NOW itself: a clock that is wrong by a year would remove all days at once.
 */
void day_clean(int fd, unsigned days, int64_t now);

#endif
