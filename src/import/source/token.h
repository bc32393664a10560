/* The tokens of JavaScript, as far as string literals need them. Nothing is run or evaluated. Pure. */
#ifndef IMPORT_SOURCE_TOKEN_H
#define IMPORT_SOURCE_TOKEN_H

#include "import/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_kind {
    TOKEN_END,
    TOKEN_STRING, /* '...', "..." or `...`: its text is decoded */
    TOKEN_WORD,   /* a name, a keyword or a number */
    TOKEN_SIGN    /* any other character; a regular expression is one, too */
};

struct token {
    enum token_kind kind;
    char sign;      /* of TOKEN_SIGN; '/' for a regular expression */
    const char *at; /* its beginning */
    size_t len;
    unsigned line;
    bool is_filled; /* a template string with a ${...} whose value is not known; its text lacks these parts */
    bool is_broken; /* a string without its end */
};

/* So many constants are looked through for each ${NAME}. */
#define KNOWN_MAX 32

/* A name and its value, LEN and VALUE_LEN printable ASCII characters, borrowed from the source. */
struct known_constant {
    const char *name, *value;
    size_t len, value_len;
    bool is_doubtful; /* the name may also stand for something else */
};

/* See known.h. */
struct known {
    struct known_constant list[KNOWN_MAX];
    size_t count;
};

/* Where the reader is. TEXT has no final NUL. Set TEXT, NO_REGEX (the same), END and LINE (1); the rest is zero. */
struct token_reader {
    const char *text, *end;
    unsigned line;
    const struct known *known; /* the values for ${NAME}; NULL: none */
    const char *no_regex;      /* up to here there is no end of a regular expression: the rest of a line is looked through once */
    bool ends_value;           /* the last token ends a value: a slash divides then, and begins no regular expression */
    bool is_condition;         /* the last token is if, for or while: the parenthesis that follows does not end a value */
    uint64_t conditions;       /* for each open parenthesis, the last one in the lowest bit, if it is such a one */
};

/* Reads the next token, behind white space and comments, into TOKEN. If it is a string, STRING becomes its text. */
void token_next(struct token_reader *reader, struct token *token, struct import_text *string);

/* True if TOKEN is this sign, or this word. */
bool token_is_sign(const struct token *token, char sign);
bool token_is_word(const struct token *token, const char *word);

/* True of the words that may be between a host name and its policy: case "host": return new Response(`policy`). */
bool token_is_before_policy(const struct token *token);

#endif
