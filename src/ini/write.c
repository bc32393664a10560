#include "ini/write.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { DAY = 86400, WEEK = 7 * DAY, COMMENT_WIDTH = 100 };

void write_ascii(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c > '~')
            buf_print(out, "\\x%02x", c);
        else
            buf_add(out, text + i, 1);
    }
}

void write_wrapped(struct buf *out, const char *text, size_t at, size_t indent, size_t width)
{
    bool first = true;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (!first && at + 1 + len > width) {
            buf_print(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            buf_add(out, " ", 1);
            at++;
        }
        buf_add(out, text, len);
        at += len;
        text += len;
        text += strspn(text, " ");
        first = false;
    }
    buf_add(out, "\n", 1);
}

void write_comment(struct buf *out, const char *text)
{
    struct buf ascii = { 0 }, lines = { 0 };

    write_ascii(&ascii, text, strlen(text));
    write_wrapped(&lines, ascii.text != NULL ? ascii.text : "", 2, 0, COMMENT_WIDTH);
    for (const char *line = lines.text; line != NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        buf_print(out, "; %.*s%s\n", (int)len, line, len > 0 && line[len - 1] == '\\' ? " ." : "");
        line += len + (line[len] != '\0');
    }
    out->failed |= ascii.failed || lines.failed;
    buf_free(&ascii);
    buf_free(&lines);
}

void write_age(struct buf *out, uint32_t seconds)
{
    if (seconds > 0 && seconds % WEEK == 0)
        buf_print(out, "%" PRIu32 "w", seconds / WEEK);
    else if (seconds > 0 && seconds % DAY == 0)
        buf_print(out, "%" PRIu32 "d", seconds / DAY);
    else
        buf_print(out, "%" PRIu32, seconds);
}
