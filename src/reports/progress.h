/* A progress bar on standard error, while reports are read. */
#ifndef REPORTS_PROGRESS_H
#define REPORTS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool is_shown;
    size_t total, done;   /* bytes; TOTAL: 0 if it is not known */
    int64_t begin, drawn; /* by clock_ms() */
};

/* Begins to count. The bar is shown if WANTED, on a terminal. PATHS: COUNT of them, what will be read. */
void progress_begin(struct progress *progress, bool wanted, const char *const *paths, size_t count);

/* BYTES more are done, and so many REPORTS in all. */
void progress_add(struct progress *progress, size_t bytes, size_t reports);

/* Wipes the bar, before anything else is printed. */
void progress_wipe(const struct progress *progress);

#endif
