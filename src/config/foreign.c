#include "config/foreign.h"

#include "base/buf.h"
#include "ini/lines.h"

#include <string.h>

enum { SHOWN_MAX = 400 };

/* Returns the length of the line at TEXT, without white space at its end, and sets *NEXT to the length with the line end. */
static size_t line_length(const char *text, size_t size, size_t *next)
{
    const char *end = memchr(text, '\n', size);
    size_t len = end != NULL ? (size_t)(end - text) : size;

    *next = end != NULL ? len + 1 : len;
    while (len > 0 && ini_is_space(text[len - 1]))
        len--;
    return len;
}

/* Appends the lines of a policy as they are written in policies.ini. */
static void print_section(const char *text, size_t size, struct buf *out)
{
    static const char version[] = "version:";

    for (size_t at = 0, next; at < size; at += next) {
        const char *line = text + at;
        size_t len = line_length(line, size - at, &next);
        const char *colon = memchr(line, ':', len);
        if (colon == NULL || (len >= sizeof version - 1 && memcmp(line, version, sizeof version - 1) == 0))
            continue;
        size_t key = (size_t)(colon - line), value = key + 1;
        while (value < len && ini_is_space(line[value]))
            value++;
        buf_print(out, "\n    ");
        buf_add_shown(out, line, key, SHOWN_MAX);
        buf_print(out, " = ");
        buf_add_shown(out, line + value, len - value, SHOWN_MAX);
    }
}

/* True if the first line that is neither empty nor a comment ends in a colon. */
static bool is_yaml(const char *text, size_t size)
{
    for (size_t at = 0, next; at < size; at += next) {
        size_t len = line_length(text + at, size - at, &next);
        if (len > 0 && text[at] != '#' && text[at] != ';')
            return text[at + len - 1] == ':' || (len >= 3 && memcmp(text + at, "---", 3) == 0);
    }
    return false;
}

/* True if it begins as a program in JavaScript does. */
static bool is_script(const char *text, size_t size)
{
    static const char *const words[] = { "//",
                                         "/*",
                                         "const ",
                                         "let ",
                                         "var ",
                                         "import ",
                                         "export ",
                                         "function ",
                                         "async ",
                                         "addEventListener(",
                                         "\"use strict\"",
                                         "'use strict'" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (size >= strlen(words[i]) && memcmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

bool foreign_print(const char *file, const char *text, size_t size, struct buf *out)
{
    static const char sample[] = "; write it as INI:\n    [example.org]\n    mode = testing\n    mx = mail.example.org";
    static const char version[] = "version:";
    size_t at = ini_begin(text, size);

    while (at < size && ini_is_space(text[at]))
        at++;
    text += at;
    size -= at;
    if (is_script(text, size)) {
        buf_print(out, "%s: is JavaScript; \"mta-sts import\" prints the sections for its policies", file);
    } else if (size > 0 && text[0] == '{') {
        buf_print(out, "%s: is JSON%s", file, sample);
    } else if (size >= sizeof version - 1 && memcmp(text, version, sizeof version - 1) == 0) {
        buf_print(
            out, "%s: is a policy, without the name of its domain; write, with your domain in the first line:\n    [example.org]",
            file);
        print_section(text, size, out);
    } else if (is_yaml(text, size)) {
        buf_print(out, "%s: is YAML%s", file, sample);
    } else {
        return false;
    }
    return true;
}
