/* What a comment may hide: the rest of a list, a header or a key that a lost line end has put there. Pure. */
#ifndef INI_COMMENT_H
#define INI_COMMENT_H

#include "ini/key.h"
#include "ini/lines.h"

/*
 * What iniparser would drop of the value in LINE, of KEY, without a word: the rest of a list behind a closing quote, a ; or a #.
 * Returns a phrase that says what is wrong and what to write; NULL if nothing is dropped.
 */
const char *comment_fault(const struct ini_line *line, enum key key);

/* Are the LEN bytes of WORDS hosts and nothing else: a list that goes on behind a ; instead of a comma, or in a new line? */
bool comment_is_list(const char *words, size_t len);

enum comment_header {
    COMMENT_NO_HEADER,
    COMMENT_PERHAPS_HEADER, /* "; see [example.org]" */
    COMMENT_GLUED_HEADER    /* "; mail[example.org]", "####[example.org]": a lost line end makes it */
};

/* Does the comment of LINE hold names in brackets? Those of a header that was made a comment, ";[example.org]", do not count. */
enum comment_header comment_header(const struct ini_line *line);

/*
 * The first key that stands with a = in the comment of LINE; KEY_ANY if none does. In a line that is all comment only one that
 * was joined to what is before it: prose has others.
 */
enum key comment_key(const struct ini_line *line);

/* The first key that stands with a = in the value of LINE, as in "host = mail.example.org mode = enforce"; KEY_ANY if none does.
 */
enum key comment_key_in_value(const struct ini_line *line);

/* Does the comment behind the header of LINE hold hosts and nothing else: names that should stand in the header? */
bool comment_is_names(const struct ini_line *line);

#endif
