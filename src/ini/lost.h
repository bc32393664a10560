/*
 * Lost headers: lines that are or were headers, but cannot be read. They may name any domain. So while the file has one, it is
 * not certain that a domain without a section is missing from the file. Pure.
 */
#ifndef INI_LOST_H
#define INI_LOST_H

#include <stddef.h>

/*
 * Offsets of the first line that may begin any section, and of the first that may begin [defaults]. The text's size means none.
 */
struct lost {
    size_t header, defaults;
};

/*
 * Finds the first lost headers in TEXT, of SIZE bytes: headers with a mistake, other lines with a mistake for which
 * damaged_header() is true, and keys above the first header. damaged_defaults() decides whether one may have been [defaults].
 * Ignore LOST's defaults if the file has a [defaults].
 */
void lost_find(const char *text, size_t size, struct lost *lost);

#endif
