#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 64 };

/* Room for LEN more bytes and a NUL. */
static bool make_room(struct buf *buf, size_t len)
{
    if (buf->failed)
        return false;
    if (buf->text != NULL && len < buf->room - buf->len)
        return true;
    size_t room = buf->room > 0 ? buf->room : ROOM_FIRST;
    while (room - buf->len <= len)
        room *= 2;
    char *text = realloc(buf->text, room);
    if (text == NULL) {
        buf->failed = true;
        return false;
    }
    buf->text = text;
    buf->room = room;
    return true;
}

void buf_add(struct buf *buf, const char *bytes, size_t len)
{
    if (!make_room(buf, len))
        return;
    if (len > 0)
        memcpy(buf->text + buf->len, bytes, len);
    buf->len += len;
    buf->text[buf->len] = '\0';
}

void buf_print(struct buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !make_room(buf, (size_t)n))
        return;
    va_start(args, format);
    n = vsnprintf(buf->text + buf->len, (size_t)n + 1, format, args);
    va_end(args);
    buf->len += n > 0 ? (size_t)n : 0;
}

void buf_add_shown(struct buf *buf, const char *bytes, size_t len, size_t most)
{
    size_t shown = len > most ? most : len;

    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < 0x20 || c == 0x7f)
            buf_print(buf, "\\x%02x", c);
        else
            buf_add(buf, bytes + i, 1);
    }
    if (shown < len)
        buf_add(buf, "...", 3);
}

void buf_free(struct buf *buf)
{
    free(buf->text);
    *buf = (struct buf) { 0 };
}
