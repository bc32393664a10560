/*
 * The text of an INI file as iniparser takes it: where a section begins, where a line ends, what a line's key and value are.
 * The only file that knows iniparser. Cutting is done here, so that each section can be read by itself and each line
 * has a number; what a line says is iniparser's to tell.
 */
#ifndef INI_LINES_H
#define INI_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* What iniparser holds of one line, continuations included, with its final NUL. */
#define INI_LINE_SIZE 1024

enum ini_kind {
    INI_BLANK,   /* or a comment */
    INI_HEADER,  /* begins with [ */
    INI_VALUE,   /* key = value */
    INI_NEITHER, /* something else */
    INI_OPEN,    /* ends in a backslash, and nothing comes after it */
    INI_LONG,    /* more than iniparser reads */
    INI_NUL      /* holds a NUL byte */
};

/* A final backslash that is not followed: iniparser would, and hide what nobody means to hide. Whoever reads the line tells. */
enum ini_stop {
    INI_STOP_NONE,
    INI_STOP_COMMENT, /* it ends a comment */
    INI_STOP_HEADER   /* a header comes after it */
};

/* One logical line: a physical one, and those that a final backslash continues it with. */
struct ini_line {
    enum ini_kind kind;
    size_t at, next;  /* offsets: where it begins, and where the one after it does */
    size_t first_len; /* how long its first physical line is, without white space at its end */
    bool continued;   /* it has a final backslash: TEXT is in JOINED */
    bool glued;       /* a backslash joins two words without a space */
    bool holds_cr;    /* a CR stands within it, where other programs may see two lines */
    enum ini_stop stop;
    const char *text; /* joined, without white space around it; not ended by a NUL */
    size_t len;
    char joined[INI_LINE_SIZE];
};

struct ini_pair {
    char key[INI_LINE_SIZE], value[INI_LINE_SIZE]; /* the key in lower case, the value without quotes and comment */
};

/* To be called once before the others: makes iniparser silent, since who reads a line tells what is wrong with it. */
void ini_init(void);

/* Where TEXT begins: behind a UTF-8 byte order mark, if it has one. */
size_t ini_begin(const char *text, size_t size);

/* The logical line at offset AT (below SIZE) of TEXT, AT being the beginning of one. LINE borrows from TEXT and from itself. */
void ini_line(const char *text, size_t size, size_t at, struct ini_line *line);

/* Where in LINE's text its comment begins, at its ; or #; the text's length where there is none. */
size_t ini_comment(const struct ini_line *line);

/* White space as iniparser has it, whatever the locale. */
bool ini_is_space(char c);

/* Does LINE begin a section: is it a header, if one that is too long or unended? */
bool ini_is_header(const struct ini_line *line);

/* How many physical lines end between the offsets FROM and TO. */
unsigned ini_newlines(const char *text, size_t from, size_t to);

/*
 * The offset of the first header that begins at FROM or after it, FROM being the beginning of a line; SIZE where there is none. A
 * line that begins with [ is a header, whatever stands before it: no backslash hides one.
 */
size_t ini_next_header(const char *text, size_t size, size_t from);

/* Reads LINE, of kind INI_VALUE, of TEXT into PAIR. False only where memory runs out. */
bool ini_pair(const char *text, const struct ini_line *line, struct ini_pair *pair);

#endif
