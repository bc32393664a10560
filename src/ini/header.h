/* The header of a section: the names between its brackets, and what is wrong with it. Pure. */
#ifndef INI_HEADER_H
#define INI_HEADER_H

#include "ini/lines.h"

struct header {
    const char *names; /* what stands between the brackets; borrowed, not ended by a NUL */
    size_t len;
    const char *fault; /* NULL, or a phrase that says what is wrong and what to write */
    bool several;      /* a character that ends a name stands between them: this is not one name alone */
};

/* Reads LINE of TEXT, a header by ini_is_header(). HEADER borrows from TEXT. */
void header_read(const char *text, const struct ini_line *line, struct header *header);

/* Does C end a name in a header: white space, a comma, a bracket, or what is a mistake there? */
bool header_ends_name(char c);

/*
 * The next name in NAMES of LEN bytes at *AT or after it. Sets *AT behind it and *NAME to it, and returns its length; 0 at the
 * end.
 */
size_t header_next_name(const char *names, size_t len, size_t *at, const char **name);

/* Is this name, of LEN bytes, a domain or *? Others are templates. */
bool header_names_domain(const char *name, size_t len);

/* Do NAMES, LEN bytes, hold a template's name and no domain? */
bool header_is_template(const char *names, size_t len);

/* May a template have this name, of LEN bytes? */
bool header_is_template_name(const char *name, size_t len);

/* Is the name "defaults" but for one or two slips of the keyboard? Of a name with a dot: is the dot the only slip? */
bool header_is_nearly_defaults(const char *name, size_t len);

/* The fault of a line whose final backslash is not followed, and of one that holds a CR: phrases. NULL: no such fault. */
const char *header_stop_fault(const struct ini_line *line);
const char *header_cr_fault(const struct ini_line *line);

#endif
