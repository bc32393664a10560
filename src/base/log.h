/* The log: lines on standard error, without a time, as mta-sts(8) says. Thread-safe. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/buf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What each line of the log begins with: "mta-sts", or what the main file of a program says instead. */
extern const char log_program[];

/* Adds LINE to TEXT in the form that all lines of the log have, here and at a front server: "mta-sts: LINE" and a line end. */
void log_form(const char *line, struct buf *text);

/* Writes LINE in that form. It does not wait: if standard error is a full pipe, the line is lost. */
void log_line(const char *line);

/*
 * The same for the reason why the program cannot start. If standard error is /dev/null, as under spawn-fcgi without -n, the line
 * goes to syslog (/dev/log), too. Nothing else does: a program that serves opens no connection.
 */
void log_failed_start(const char *line);

/*
 * Limits a message to one a minute: returns true if *LAST, the time of the last one, is a minute ago, and sets *LAST. *LAST is 0
 * at the beginning.
 */
bool log_is_due(_Atomic int64_t *last);

#endif
