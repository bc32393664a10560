/* Unpacks gzip (RFC 1952) within bounds. Pure. */
#ifndef REPORTS_TAKE_UNZIP_H
#define REPORTS_TAKE_UNZIP_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* More than TAKE_RATIO times as many bytes are only unpacked up to TAKE_SMALL. */
enum { TAKE_RATIO = 50, TAKE_SMALL = 1 << 20 };

/* Do the LEN bytes begin like gzip? */
bool unzip_is_gzip(const char *bytes, size_t len);

/*
 * Appends what BYTES, LEN of them, unpack to to OUT, which is empty. Several archives may follow each other; what follows the
 * last one is ignored. Returns NULL, or why that is not possible: a phrase that follows the file's name; do not free it.
 */
const char *unzip(const char *bytes, size_t len, struct buf *out);

/* Appends the name and the version of zlib, as it is linked at run time. */
void unzip_library(struct buf *out);

#endif
