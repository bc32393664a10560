/* The log: lines to standard error, without a time (mta-sts(8) and two READMEs in examples say so). Safe to use from several
 * threads at once. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Writes "mta-sts: LINE", and waits for nobody: where standard error is a pipe that is full, the line is lost. */
void log_line(const char *line);

/* True once a minute, by *LAST, which begins as 0. */
bool log_is_due(_Atomic int64_t *last);

#endif
