/* Reads the header of a section: its names and its mistakes. Pure. */
#ifndef INI_HEADER_H
#define INI_HEADER_H

#include "ini/lines.h"

struct header {
    const char *names; /* the LEN bytes between the brackets; borrowed, no final NUL */
    size_t len;
    const char *fault; /* NULL, or a phrase that says what is wrong and what to write; do not free it */
    bool several;      /* NAMES contains a character that ends a name, so it may be several names */
};

/* Reads LINE of TEXT, for which ini_is_header() is true. HEADER borrows from TEXT. */
void header_read(const char *text, const struct ini_line *line, struct header *header);

/* True if C ends a name in a header: white space, a comma, a bracket, or a character that is not allowed there. */
bool header_ends_name(char c);

/*
 * Finds the next name in NAMES, of LEN bytes, at or after *AT. Sets *NAME to it and *AT to its end, and returns its length.
 * Returns 0 if there is no other name.
 */
size_t header_next_name(const char *names, size_t len, size_t *at, const char **name);

/* True if NAME, of LEN bytes, is a domain (it has a dot) or *. Other names are templates. */
bool header_names_domain(const char *name, size_t len);

/* True if NAMES, of LEN bytes, contains at least one name and no domain. */
bool header_is_template(const char *names, size_t len);

/* True if NAME, of LEN bytes, is valid for a template. */
bool header_is_template_name(const char *name, size_t len);

/* True if NAME is "defaults" with one or two typing mistakes. In a name with a dot the dot must be the only mistake. */
bool header_is_nearly_defaults(const char *name, size_t len);

/* Return NULL, or a phrase about LINE's mistake: a final backslash that does not continue it, or a CR. Do not free it. */
const char *header_stop_fault(const struct ini_line *line);
const char *header_cr_fault(const struct ini_line *line);

#endif
