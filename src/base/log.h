/* The log: lines to standard error. Safe to use from several threads at once. Floor 2. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Writes "mta-sts: LINE". Where nobody reads the log and it is full, the line is lost, no more. */
void log_line(const char *line);

/* True once a minute; *LAST is 0 to begin with. */
bool log_is_due(_Atomic int64_t *last);

#endif
