/* Recognises lines that may have been headers before the file was damaged. Pure. */
#ifndef INI_DAMAGED_H
#define INI_DAMAGED_H

#include "ini/lines.h"

/*
 * True if LINE of TEXT may have been a header, or may have been joined to the header below it. LINE has a mistake and does not
 * begin with a bracket. It counts if it contains a bracket (in a comment, only brackets with the names of a header), has a key
 * with a dot, or has no = and looks like a name. A line with a NUL always counts.
 */
bool damaged_header(const char *text, const struct ini_line *line);

/*
 * True if TEXT, LEN bytes of a damaged header, may have been [defaults]. It is compared as a whole, word by word, and from each [
 * on. Its letters must be nearly those of "defaults", or be the beginning or the end of that word.
 */
bool damaged_defaults(const char *text, size_t len);

#endif
