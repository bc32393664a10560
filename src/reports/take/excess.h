/*
 * Refuses mails that would cost too much: GMime makes objects of each part, each header field and each address, and calls itself
 * for nested groups of addresses. Pure.
 */
#ifndef REPORTS_TAKE_EXCESS_H
#define REPORTS_TAKE_EXCESS_H

#include <stddef.h>

/*
 * Bounds of a mail. Whatever is a header field, of the mail or of a part, counts as one here; so do other lines with a colon.
 * Each part but the first needs a line that begins with "--".
 */
enum {
    EXCESS_LINES = 100000,
    EXCESS_PARTS = 1000,
    EXCESS_FIELDS = 2000,
    EXCESS_COLONS = 1000,       /* in one field, with the lines that continue it: each may begin a group of addresses */
    EXCESS_FIELD_BYTES = 32768, /* of one field */
    EXCESS_FIELDS_BYTES = 262144
};

/* Returns what there is too much of in the mail BYTES, LEN of them: a phrase that follows the file's name; or NULL. */
const char *excess_find(const char *bytes, size_t len);

#endif
