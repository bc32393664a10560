#include "ini/damaged.h"

#include "base/near.h"
#include "ini/comment.h"
#include "ini/header.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "policy/domain.h"

#include <string.h>

static const char defaults[] = "defaults";

enum { NEAR = 2, BRACKETS_MAX = 64 };

static bool is_near_defaults(const char *text, size_t len)
{
    char letters[sizeof defaults + NEAR];
    size_t n = 0, all = sizeof defaults - 1;

    for (size_t i = 0; i < len && n < sizeof letters - 1; i++) {
        char c = domain_lower(text[i]);
        if (c >= 'a' && c <= 'z')
            letters[n++] = c;
    }
    letters[n] = '\0';
    if (n > 0 && n < all && (memcmp(letters, defaults, n) == 0 || memcmp(letters, defaults + all - n, n) == 0))
        return true;
    return near_distance(letters, defaults) <= NEAR;
}

/* Compares the whole TEXT, and each word in it. */
static bool is_like_defaults(const char *text, size_t len)
{
    const char *word;

    if (is_near_defaults(text, len))
        return true;
    for (size_t at = 0, n; (n = header_next_name(text, len, &at, &word)) > 0;)
        if (is_near_defaults(word, n))
            return true;
    return false;
}

bool damaged_defaults(const char *text, size_t len)
{
    if (is_like_defaults(text, len))
        return true;
    for (const char *at = text, *end = text + len; at < end && (at = memchr(at, '[', (size_t)(end - at))) != NULL; at++) {
        size_t most = (size_t)(end - at) < BRACKETS_MAX ? (size_t)(end - at) : BRACKETS_MAX;
        const char *close = memchr(at, ']', most);
        if (is_near_defaults(at, close != NULL ? (size_t)(close - at) : most))
            return true;
    }
    return false;
}

/*
 * Returns the length of an IPv6 address in brackets, "[2001:db8::1]", at the beginning of TEXT, or 0. Such brackets are not a
 * header's.
 */
static size_t address_length(const char *text, size_t len)
{
    size_t n = 1;
    bool colon = false;

    for (; n < len && text[n] != '\0' && strchr("0123456789abcdefABCDEF:.", text[n]) != NULL; n++)
        colon |= text[n] == ':';
    return colon && n < len && text[n] == ']' ? n + 1 : 0;
}

static bool holds_bracket(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = text[at] == '[' ? address_length(text + at, len - at) : 0;
        if (n == 0 && (text[at] == '[' || text[at] == ']'))
            return true;
        at += n > 0 ? n : 1;
    }
    return false;
}

/* True if the key contains a dot, as in "example.org = mx.example.org". */
static bool has_key_with_dot(const struct ini_line *line)
{
    const char *equals = memchr(line->text, '=', line->len);

    return line->kind != INI_BLANK && equals != NULL && memchr(line->text, '.', (size_t)(equals - line->text)) != NULL;
}

/*
 * True for a line without a = that looks like a name: its first word has a dot or a *. Or it begins neither with a key nor with
 * "version:", and has a dot or nearly the letters of "defaults".
 */
static bool is_like_name(const struct ini_line *line)
{
    static const char version[] = "version:";
    bool pasted = line->len >= sizeof version - 1 && memcmp(line->text, version, sizeof version - 1) == 0;
    size_t word = 0;

    while (word < line->len && !ini_is_space(line->text[word]) && line->text[word] != ':')
        word++;
    if (memchr(line->text, '.', word) != NULL || memchr(line->text, '*', word) != NULL)
        return true;
    return !pasted && key_nearest(line->text, line->len) == KEY_ANY &&
           (memchr(line->text, '.', line->len) != NULL || is_like_defaults(line->text, line->len));
}

bool damaged_header(const char *text, const struct ini_line *line)
{
    if (line->kind == INI_NUL)
        return true;
    if (line->kind == INI_LONG)
        return holds_bracket(text + line->at, line->next - line->at);
    if (line->holds_cr)
        return holds_bracket(line->text, line->len);
    if (line->kind == INI_NEITHER)
        return holds_bracket(line->text, line->len) || is_like_name(line);
    return holds_bracket(line->text, ini_comment(line)) || has_key_with_dot(line) || comment_header(line) != COMMENT_NO_HEADER;
}
