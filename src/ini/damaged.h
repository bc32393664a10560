/* Lines that may have been headers before something happened to them. Pure. */
#ifndef INI_DAMAGED_H
#define INI_DAMAGED_H

#include "ini/lines.h"

/*
 * May LINE of TEXT, which has a mistake and begins with no bracket, have been a header, or the line before one? It holds a
 * bracket (in a comment only with the names of a header in it), or a key with a dot in it, or it is no value and is like a name.
 */
bool damaged_header(const char *text, const struct ini_line *line);

/*
 * May these LEN bytes of a damaged header have been [defaults]? The letters of the whole, of a word, or of what begins at a
 * bracket are nearly those of "defaults", or its beginning, or its end.
 */
bool damaged_defaults(const char *text, size_t len);

#endif
