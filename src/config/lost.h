/*
 * Lines that are, or may have been, headers, and cannot be read: whom they name is not known, so that nobody may be taken for a
 * domain that the file does not name. Pure.
 */
#ifndef CONFIG_LOST_H
#define CONFIG_LOST_H

#include <stddef.h>

/* Where the first such line begins, and the first of those that may have been [defaults]; the text's size where there is none. */
struct lost {
    size_t header, defaults;
};

/*
 * Looks for them in TEXT, of SIZE bytes: headers with a mistake in them, and other lines with a mistake by
 * section_may_be_header(). One that may have been [defaults] has letters that are nearly
 * those, or a part of them.
 */
void lost_find(const char *text, size_t size, struct lost *lost);

#endif
