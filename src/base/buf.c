#include "base/buf.h"

#include "base/list.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASIC_MAX = 0xFFFF };

/* Makes room for LEN more bytes and a NUL. False and FAILED if memory runs out. */
static bool make_room(struct buf *buf, size_t len)
{
    if (buf->failed)
        return false;
    char *text = list_grow(buf->text, buf->len, len + 1, &buf->room, 1);
    if (text == NULL) {
        buf->failed = true;
        return false;
    }
    buf->text = text;
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

/*
 * Characters that are invisible, or that change the direction or the look of other characters (Unicode 14: categories Cc, Cf, Co,
 * Zl and Zp, variation selectors, fillers), and noncharacters, except those that end in FFFE or FFFF. Sorted.
 */
static const struct range {
    unsigned first, last;
} controls[] = { { 0x0, 0x1F },         { 0x7F, 0x9F },       { 0xAD, 0xAD },       { 0x34F, 0x34F },     { 0x600, 0x605 },
                 { 0x61C, 0x61C },      { 0x6DD, 0x6DD },     { 0x70F, 0x70F },     { 0x890, 0x891 },     { 0x8E2, 0x8E2 },
                 { 0x115F, 0x1160 },    { 0x17B4, 0x17B5 },   { 0x180B, 0x180F },   { 0x200B, 0x200F },   { 0x2028, 0x202E },
                 { 0x2060, 0x206F },    { 0x3164, 0x3164 },   { 0xE000, 0xF8FF },   { 0xFDD0, 0xFDEF },   { 0xFE00, 0xFE0F },
                 { 0xFEFF, 0xFEFF },    { 0xFFA0, 0xFFA0 },   { 0xFFF9, 0xFFFB },   { 0x110BD, 0x110BD }, { 0x110CD, 0x110CD },
                 { 0x13430, 0x13438 },  { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF }, { 0xF0000, 0xFFFFD },
                 { 0x100000, 0x10FFFD } };

static int compare_range(const void *character, const void *range)
{
    const unsigned c = *(const unsigned *)character;
    const struct range *r = range;

    return c < r->first ? -1 : c > r->last;
}

static bool is_control(unsigned c)
{
    return (c & 0xFFFE) == 0xFFFE ||
           bsearch(&c, controls, sizeof controls / sizeof *controls, sizeof *controls, compare_range) != NULL;
}

void buf_add_shown(struct buf *buf, const char *bytes, size_t len, size_t most)
{
    size_t at = 0;

    while (at < len && at < most) {
        unsigned character = 0;
        size_t n = utf8_read((const unsigned char *)bytes + at, len - at, &character);
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

/* The length of the beginning of BYTES that a string in JSON has as it is. */
static size_t plain_len(const char *bytes, size_t len)
{
    size_t n = 0;

    while (n < len && bytes[n] >= ' ' && bytes[n] <= '~' && bytes[n] != '"' && bytes[n] != '\\')
        n++;
    return n;
}

/*
 * Appends the first character of BYTES, which is not plain. Returns its length. An escape has four digits; in YAML, two of them
 * are no character beyond these.
 */
static size_t add_character(struct buf *buf, const char *bytes, size_t len)
{
    unsigned character = 0;
    size_t n = utf8_read((const unsigned char *)bytes, len, &character);

    if (n == 0)
        character = (unsigned char)*bytes;
    if (character == '"' || character == '\\')
        buf_print(buf, "\\%c", (char)character);
    else if (character > BASIC_MAX)
        buf_add(buf, bytes, n);
    else
        buf_print(buf, "\\u%04x", character);
    return n > 0 ? n : 1;
}

void buf_add_json(struct buf *buf, const char *bytes, size_t len)
{
    buf_add(buf, "\"", 1);
    for (size_t at = 0; at < len;) {
        size_t plain = plain_len(bytes + at, len - at);
        buf_add(buf, bytes + at, plain);
        at += plain;
        if (at < len)
            at += add_character(buf, bytes + at, len - at);
    }
    buf_add(buf, "\"", 1);
}

void buf_free(struct buf *buf)
{
    free(buf->text);
    *buf = (struct buf) { 0 };
}
