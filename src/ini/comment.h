/* Finds what a comment hides by mistake: the rest of a list, or a header or a key after a lost line end. Pure. */
#ifndef INI_COMMENT_H
#define INI_COMMENT_H

#include "ini/key.h"
#include "ini/lines.h"

/*
 * Checks the value of KEY in LINE for text that iniparser would drop without a message, after a closing quote, a ; or a #. It
 * also checks quotes and joined lines. Returns NULL, or a phrase that says what is wrong and what to write. Do not free it.
 */
const char *comment_fault(const struct ini_line *line, enum key key);

/*
 * True if WORDS, of LEN bytes, contains only hosts: it is then probably the rest of a list, after a ; instead of a comma, or on a
 * new line.
 */
bool comment_is_list(const char *words, size_t len);

enum comment_header {
    COMMENT_NO_HEADER,
    COMMENT_PERHAPS_HEADER, /* "; see [example.org]" */
    COMMENT_GLUED_HEADER    /* "; mail[example.org]", "####[example.org]": joined to it by a lost line end */
};

/* Looks for the names of a header in brackets in LINE's comment. A disabled header, ";[example.org]", does not count. */
enum comment_header comment_header(const struct ini_line *line);

/*
 * Returns the first key with a = in LINE's comment, or KEY_ANY. If the whole line is a comment, only a key that is joined to the
 * character before it counts, since "mode = enforce" may be prose.
 */
enum key comment_key(const struct ini_line *line);

/* Returns the first key with a = in LINE's value, as in "host = mail.example.org mode = enforce", or KEY_ANY. */
enum key comment_key_in_value(const struct ini_line *line);

/* True if the comment after LINE's header contains only host names, which probably belong into the header. */
bool comment_is_names(const struct ini_line *line);

#endif
