/*
 * Lines that are, or may have been, headers, and cannot be read. Whom they name is not known: no domain that the file does not
 * name may then be answered as if that was certain. Pure.
 */
#ifndef INI_LOST_H
#define INI_LOST_H

#include <stddef.h>

/*
 * Offsets of the first line that may begin a section of anybody, and of the first that may begin [defaults]; the text's size if
 * there is none.
 */
struct lost {
    size_t header, defaults;
};

/*
 * Looks for them in TEXT, of SIZE bytes: headers with a mistake, other lines with a mistake by damaged_header(), and values
 * before the first header. What may have been [defaults]: see damaged_defaults(). DEFAULTS counts only if the file has no
 * [defaults].
 */
void lost_find(const char *text, size_t size, struct lost *lost);

#endif
