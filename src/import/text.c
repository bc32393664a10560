#include "import/text.h"

#include "base/buf.h"

#include <stddef.h>
#include <string.h>

void import_text_begin(struct import_text *text, unsigned line)
{
    text->bytes.len = text->lines.len = 0;
    buf_add(&text->bytes, "", 0);
    buf_add(&text->lines, (const char *)&line, sizeof line);
}

void import_text_add(struct import_text *text, char c, unsigned next)
{
    buf_add(&text->bytes, &c, 1);
    if (c == '\n')
        buf_add(&text->lines, (const char *)&next, sizeof next);
}

void import_text_set(struct import_text *text, const char *bytes, size_t len)
{
    unsigned line = 1;

    import_text_begin(text, line);
    for (size_t i = 0; i < len; i++) {
        line += bytes[i] == '\n';
        import_text_add(text, bytes[i], line);
    }
}

void import_text_append(struct import_text *text, const struct import_text *more)
{
    buf_add(&text->bytes, more->bytes.text, more->bytes.len);
    if (more->lines.len > sizeof(unsigned))
        buf_add(&text->lines, more->lines.text + sizeof(unsigned), more->lines.len - sizeof(unsigned));
    text->bytes.failed |= more->bytes.failed || more->lines.failed;
}

unsigned import_text_line(const struct import_text *text, unsigned number)
{
    size_t count = text->lines.len / sizeof(unsigned), at = number > 0 ? number - 1 : 0;
    unsigned line = 0;

    if (count > 0)
        memcpy(&line, text->lines.text + (at < count ? at : count - 1) * sizeof line, sizeof line);
    return line;
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool import_text_is_policy(const struct import_text *text)
{
    static const char *const signs[] = { "STSv1", "max_age:", "mode: enforce", "mode: testing", "mode: none", "mx: " };

    for (size_t i = 0; text->bytes.text != NULL && i < sizeof signs / sizeof *signs; i++)
        if (strstr(text->bytes.text, signs[i]) != NULL)
            return true;
    return false;
}

bool import_text_is_whole(const struct import_text *text)
{
    static const char *const parts[] = { "STSv1", "max_age:", "mode:" };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (text->bytes.text == NULL || strstr(text->bytes.text, parts[i]) == NULL)
            return false;
    return true;
}

bool import_text_has_mx(const struct import_text *text)
{
    static const char field[] = "mx: ";
    const char *at = text->bytes.text != NULL ? text->bytes.text : "";

    for (; (at = strstr(at, field)) != NULL; at += sizeof field - 1)
        if (at[sizeof field - 1] != '\0' && !is_white(at[sizeof field - 1]))
            return true;
    return false;
}

void import_text_trim(struct import_text *text)
{
    size_t begin = 0, newlines = 0;
    struct buf *bytes = &text->bytes, *lines = &text->lines;

    if (bytes->failed || lines->failed || bytes->text == NULL)
        return;
    while (bytes->len > 0 && is_white(bytes->text[bytes->len - 1]))
        bytes->len--;
    for (; begin < bytes->len && is_white(bytes->text[begin]); begin++)
        newlines += bytes->text[begin] == '\n';
    bytes->len -= begin;
    memmove(bytes->text, bytes->text + begin, bytes->len);
    bytes->text[bytes->len] = '\0';
    lines->len -= newlines * sizeof(unsigned);
    memmove(lines->text, lines->text + newlines * sizeof(unsigned), lines->len);
}

void import_text_free(struct import_text *text)
{
    buf_free(&text->bytes);
    buf_free(&text->lines);
}
