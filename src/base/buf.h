/* A text that grows. Floor 0. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty one. TEXT is NULL until something was added, and ends in a NUL after that. */
struct buf {
    char *text;
    size_t len, room;
    bool failed; /* memory ran out: something is missing, and nothing more is added */
};

void buf_add(struct buf *buf, const char *bytes, size_t len);

__attribute__((format(printf, 2, 3))) void buf_print(struct buf *buf, const char *format, ...);

/*
 * Adds LEN bytes as they may be shown on a terminal or in a log, in valid UTF-8: control characters and what is no UTF-8 byte by
 * byte as \xNN, and "..." in place of what goes beyond MOST bytes.
 */
void buf_add_shown(struct buf *buf, const char *bytes, size_t len, size_t most);

/* Frees the text; the buf is empty again, and whole. */
void buf_free(struct buf *buf);

#endif
