/* The reports in a mail, with GMime. */
#ifndef REPORTS_TAKE_MAIL_H
#define REPORTS_TAKE_MAIL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* The most levels of parts. Further bounds are in excess.h. */
enum { MAIL_DEPTH_MAX = 32 };

/*
 * Is as much memory there as GMime may need for one mail? False: call mail_read() for none. GLib, under GMime, ends the process
 * where it gets no memory.
 */
bool mail_has_memory(void);

/* What is told of a mail. */
struct mail_reader {
    const char *verifiers; /* as for signer_read(); NULL: signatures do not matter */
    /*
     * Called for each part that may be a report, with its bytes. IS_REPORT: its type says so (RFC 8460 5.3,
     * application/tlsrpt+gzip and +json). SIGNER: the domain that signed the mail; NULL: none that is known.
     */
    void (*part)(void *to, const char *signer, const char *bytes, size_t len, bool is_report);
    void *to;
};

/*
 * Reads the mail in BYTES, LEN of them, and passes its parts to READER. Returns NULL, or why it cannot be read: a phrase that
 * follows the file's name; do not free it.
 */
const char *mail_read(const char *bytes, size_t len, const struct mail_reader *reader);

/* Appends the name and the version of GMime, as it is linked at run time. */
void mail_library(struct buf *out);

#endif
