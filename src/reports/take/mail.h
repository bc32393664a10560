/* The reports in a mail, with GMime. */
#ifndef REPORTS_TAKE_MAIL_H
#define REPORTS_TAKE_MAIL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* The most levels of parts. Further bounds are in excess.h. */
enum { MAIL_DEPTH_MAX = 32 };

/*
 * Called for each part that may be a report, with its bytes. IS_REPORT: its type says so (RFC 8460 5.3, application/tlsrpt+gzip
 * and +json).
 */
typedef void mail_part_fn(void *to, const char *bytes, size_t len, bool is_report);

/*
 * Reads the mail in BYTES, LEN of them, and passes its parts to PART. Returns NULL, or why it cannot be read: a phrase that
 * follows the file's name; do not free it.
 */
const char *mail_read(const char *bytes, size_t len, mail_part_fn *part, void *to);

/* Appends the name and the version of GMime, as it is linked at run time. */
void mail_library(struct buf *out);

#endif
