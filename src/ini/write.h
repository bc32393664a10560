/* Writes parts of policies.ini for people: comments, and values in the form that is easiest to read. Pure. */
#ifndef INI_WRITE_H
#define INI_WRITE_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Adds TEXT, LEN bytes, in ASCII: control characters and bytes that are not ASCII as \xNN. */
void write_ascii(struct buf *out, const char *text, size_t len);

/*
 * Adds TEXT, which begins in column AT, in lines of WIDTH columns at most, unless a word is longer. Lines after the first are
 * indented by INDENT spaces.
 */
void write_wrapped(struct buf *out, const char *text, size_t at, size_t indent, size_t width);

/*
 * Adds TEXT as lines of comment, ASCII only, for an INI file or a zone file. None ends in a backslash, which would join the next
 * line to it.
 */
void write_comment(struct buf *out, const char *text);

/* Adds SECONDS as a value of max_age: "4w", "10d" or "5000". */
void write_age(struct buf *out, uint32_t seconds);

#endif
