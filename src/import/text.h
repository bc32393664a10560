/* A policy's text as it was found in a file, and the lines of the file that it came from. Pure. */
#ifndef IMPORT_TEXT_H
#define IMPORT_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Zeroed memory is an empty text. Free it with import_text_free(). If memory runs out, BYTES or LINES has failed.
 */
struct import_text {
    struct buf bytes;
    struct buf lines; /* of type unsigned: the number of the line in the file, for each line of BYTES */
};

/* Empties TEXT; what is added next is in LINE of the file. */
void import_text_begin(struct import_text *text, unsigned line);

/* Adds C. NEXT is the line of the file in which the next character is. */
void import_text_add(struct import_text *text, char c, unsigned next);

/* Makes TEXT the LEN bytes of a whole file. */
void import_text_set(struct import_text *text, const char *bytes, size_t len);

/* Adds MORE, with its lines. */
void import_text_append(struct import_text *text, const struct import_text *more);

/* Returns the line of the file in which line NUMBER of the text is, counted from 1; 0 is the text as a whole. */
unsigned import_text_line(const struct import_text *text, unsigned number);

/* True if a part of TEXT looks like a field of a policy: the text is meant to be one, right or wrong. */
bool import_text_is_policy(const struct import_text *text);

/* True if TEXT has a version, a mode and a max_age: it is no part of a policy that other parts complete. */
bool import_text_is_whole(const struct import_text *text);

/* True if TEXT has an mx with a value. */
bool import_text_has_mx(const struct import_text *text);

/* Removes white space and line ends around TEXT. */
void import_text_trim(struct import_text *text);

void import_text_free(struct import_text *text);

#endif
