/* A growing buffer of bytes. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Zeroed memory is an empty buffer. TEXT is NULL until the first addition; after that a NUL follows its LEN bytes. Free it with
 * buf_free().
 */
struct buf {
    char *text;
    size_t len, room;
    bool failed; /* memory ran out: the text is incomplete, and later additions do nothing */
};

/* Appends LEN bytes, or formatted text. If memory runs out, FAILED is set. */
void buf_add(struct buf *buf, const char *bytes, size_t len);
__attribute__((format(printf, 2, 3))) void buf_print(struct buf *buf, const char *format, ...);

/*
 * Appends LEN untrusted bytes in a form that is safe for a terminal or a log: valid UTF-8, with control characters and invalid
 * bytes written as \xNN. If there are more than MOST bytes, "..." replaces the rest.
 */
void buf_add_shown(struct buf *buf, const char *bytes, size_t len, size_t most);

/*
 * Appends LEN bytes as a string in JSON, with its quotation marks: a byte that begins no valid UTF-8 as the character of its
 * number. In YAML and JavaScript it is the same string.
 */
void buf_add_json(struct buf *buf, const char *bytes, size_t len);

/* Frees the text. The buffer is then empty and can be used again. */
void buf_free(struct buf *buf);

#endif
