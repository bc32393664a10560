/* A buffer of bytes that grows. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty buffer. TEXT is NULL until something was added; from then on a NUL follows its LEN bytes. */
struct buf {
    char *text;
    size_t len, room;
    bool failed; /* memory ran out: something is missing, and nothing is added any more */
};

void buf_add(struct buf *buf, const char *bytes, size_t len);

__attribute__((format(printf, 2, 3))) void buf_print(struct buf *buf, const char *format, ...);

/*
 * Adds LEN bytes from elsewhere so that a terminal or a log may show them, as valid UTF-8. Control characters, and bytes that are
 * no UTF-8, become \xNN; "..." stands for what exceeds MOST bytes.
 */
void buf_add_shown(struct buf *buf, const char *bytes, size_t len, size_t most);

/* Frees the text. The buffer is empty and may be used again. */
void buf_free(struct buf *buf);

#endif
