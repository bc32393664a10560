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

/* How many of LEN bytes are one character in UTF-8, and which one; 0: none (RFC 3629 4). */
static size_t read_character(const unsigned char *bytes, size_t len, unsigned *character)
{
    static const struct {
        unsigned char mask, lead;
        unsigned least;
    } forms[] = { { 0x80, 0, 0 }, { 0xE0, 0xC0, 0x80 }, { 0xF0, 0xE0, 0x800 }, { 0xF8, 0xF0, 0x10000 } };
    size_t more = 0;

    while (more < 4 && (bytes[0] & forms[more].mask) != forms[more].lead)
        more++;
    if (more == 4 || more >= len)
        return 0;
    *character = bytes[0] & ~(unsigned)forms[more].mask;
    for (size_t i = 1; i <= more; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        *character = *character << 6 | (bytes[i] & 0x3F);
    }
    bool surrogate = *character >= 0xD800 && *character <= 0xDFFF;
    return *character < forms[more].least || *character > 0x10FFFF || surrogate ? 0 : more + 1;
}

/* Controls of C0 and C1, and those that turn the direction of what is around them. */
static bool is_control(unsigned c)
{
    static const struct {
        unsigned first, last;
    } controls[] = {
        { 0, 0x1F }, { 0x7F, 0x9F }, { 0x200E, 0x200F }, { 0x2028, 0x202E }, { 0x2066, 0x2069 }, { 0xFEFF, 0xFEFF }
    };

    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (c >= controls[i].first && c <= controls[i].last)
            return true;
    return false;
}

void buf_add_shown(struct buf *buf, const char *bytes, size_t len, size_t most)
{
    size_t at = 0;

    while (at < len && at < most) {
        unsigned character = 0;
        size_t n = read_character((const unsigned char *)bytes + at, len - at, &character);
        if (n > most - at)
            break;
        if (n > 0 && !is_control(character)) {
            buf_add(buf, bytes + at, n);
            at += n;
        } else {
            buf_print(buf, "\\x%02x", (unsigned char)bytes[at++]);
        }
    }
    if (at < len)
        buf_add(buf, "...", 3);
}

void buf_free(struct buf *buf)
{
    free(buf->text);
    *buf = (struct buf) { 0 };
}
