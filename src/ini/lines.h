/*
 * Splits the text of an INI file into sections and lines, in the same way as iniparser does. Only this file uses iniparser. It
 * splits the text itself, since iniparser can neither read one section alone nor give line numbers. iniparser then reads the key
 * and value of each line.
 */
#ifndef INI_LINES_H
#define INI_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* The size of iniparser's buffer for a line, with its continuation lines and a final NUL. */
#define INI_LINE_SIZE 1024

enum ini_kind {
    INI_BLANK,   /* empty, or only a comment */
    INI_HEADER,  /* begins with [ */
    INI_VALUE,   /* key = value */
    INI_NEITHER, /* none of the others */
    INI_OPEN,    /* ends in a backslash at the end of the text */
    INI_LONG,    /* longer than iniparser reads */
    INI_NUL      /* contains a NUL byte, also in a comment */
};

/*
 * Why a final backslash does not continue the line. iniparser would join the next line, and hide it. The reader of the line
 * reports a mistake.
 */
enum ini_stop {
    INI_STOP_NONE,
    INI_STOP_COMMENT, /* the backslash ends a comment */
    INI_STOP_HEADER   /* the next line is a header */
};

/*
 * One logical line: a physical line, and the lines that final backslashes join to it. A header without its ] goes on over the
 * lines below it, up to the ]. Each of these begins with white space or with the ], and has only characters of names; or it is
 * empty. So two lines that a lost line end joins are still two names, and a damaged header swallows no other header.
 */
struct ini_line {
    enum ini_kind kind;
    size_t at, next;  /* offsets of this line and of the next logical line */
    size_t first_len; /* length of its first physical line, of a header that of all lines, without trailing white space */
    bool continued;   /* its first physical line ends in a backslash; TEXT points into JOINED */
    bool glued;       /* a backslash joins two words without a space or comma between them */
    bool holds_cr;    /* contains a CR that is not part of a line end; other programs may see two lines */
    enum ini_stop stop;
    const char *text; /* the joined text, LEN bytes, without white space around it; no final NUL. Only a header has newlines */
    size_t len;
    char joined[INI_LINE_SIZE];
};

struct ini_pair {
    char key[INI_LINE_SIZE], value[INI_LINE_SIZE]; /* key in lower case; value without quotes and comment */
};

/* Takes iniparser's messages, which would be printed. Call it once, before the other functions. */
void ini_init(void);

/* Returns the offset of the first line: 3 after a UTF-8 byte order mark, else 0. */
size_t ini_begin(const char *text, size_t size);

/*
 * Reads the logical line that begins at offset AT of TEXT; AT is less than SIZE. LINE borrows from TEXT, and points into itself:
 * do not copy it.
 */
void ini_line(const char *text, size_t size, size_t at, struct ini_line *line);

/* Returns the offset of the comment's ; or # in LINE's text, or the text's length if there is no comment. */
size_t ini_comment(const struct ini_line *line);

/* True if C is white space for iniparser (the C locale's isspace()). */
bool ini_is_space(char c);

/* True if LINE begins a section. That includes a header that is too long, has a NUL, or ends in a backslash. */
bool ini_is_header(const struct ini_line *line);

/* Returns the number of newlines between the offsets FROM and TO. */
unsigned ini_newlines(const char *text, size_t from, size_t to);

/*
 * Returns the offset of the first header at or after FROM, or SIZE if there is none. FROM is the beginning of a line. Every line
 * that begins with [ is a header, even after a line that ends in a backslash.
 */
size_t ini_next_header(const char *text, size_t size, size_t from);

/* Reads LINE of TEXT, of kind INI_VALUE, into PAIR. False if memory runs out. */
bool ini_pair(const char *text, const struct ini_line *line, struct ini_pair *pair);

#endif
