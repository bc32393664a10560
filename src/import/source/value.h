/* Reads a string value of JavaScript: literals, those with + between them, and lists of lines. Pure. */
#ifndef IMPORT_SOURCE_VALUE_H
#define IMPORT_SOURCE_VALUE_H

#include "import/source/token.h"
#include "import/text.h"

#include <stdbool.h>

/* Why a value cannot be read, for a message. */
extern const char value_computed[];

/* Set READER as token.h says; the rest is zero. Free it with value_free(). */
struct value {
    struct token_reader reader;
    struct token token;       /* the current one */
    struct import_text piece; /* its text, if it is a string */
    struct import_text text;  /* the value that was read last */
    unsigned line;            /* where that begins */
    unsigned end;             /* the line in which the token before the current one ends */
    const char *why;          /* what makes it unreadable ("what is wrong; what to do"); NULL: nothing */
    bool failed;              /* memory ran out */
};

/* Goes on to the next token. */
void value_next(struct value *value);

/*
 * Reads the value that begins with the current token, a string: "text" + "text", with .trim() behind it or not. The current token
 * is then what follows.
 */
void value_read(struct value *value);

/* Reads ["line", "line"].join("\n") and what may follow, from the token behind the first bracket on. */
void value_read_list(struct value *value);

void value_free(struct value *value);

#endif
