/* Finds out what a file holds, whatever its name: a report, a gzip, a mail, an mbox. */
#ifndef REPORTS_TAKE_CONTENT_H
#define REPORTS_TAKE_CONTENT_H

#include "reports/take/sink.h"

#include <stdbool.h>

/*
 * Reads the open file FD up to its end, and passes the reports in it to SINK. NAME is for messages. NAMED: the user named it, so
 * it is wrong if it holds no report. A file that is no mbox may have TAKE_BYTES_MAX bytes, and a mail in an mbox as many.
 * Returns false if the system refused to read it, or memory ran out; that was reported.
 */
bool content_read(const struct take_sink *sink, int fd, const char *name, bool named);

#endif
