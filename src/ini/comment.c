#include "ini/comment.h"

#include "ini/fill.h"
#include "ini/header.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "policy/domain.h"

#include <stddef.h>
#include <string.h>

enum { SIGNS_OF_A_LINE = 3 };

static bool is_sign(char c)
{
    return c == ';' || c == '#';
}

/*
 * True if WORD may be part of a list of mx hosts: a host, also with {domain}, a final dot, or a first one (its * was replaced by
 * the ; or #), or a preference. *NUMBER is set if it is a number.
 */
static bool is_host(const char *word, size_t len, bool *number)
{
    *number = true;
    for (size_t i = 0; i < len; i++)
        *number = *number && word[i] >= '0' && word[i] <= '9';
    if (len > 1 && word[len - 1] == '.')
        len--;
    if (len > 1 && word[0] == '.') {
        word++;
        len--;
    }
    return *number ||
           ((memchr(word, '.', len) != NULL || memchr(word, '{', len) != NULL) && fill_mx_fault_of_all(word, len) == DOMAIN_FINE);
}

bool comment_is_list(const char *words, size_t len)
{
    size_t hosts = 0;

    for (size_t at = 0; at < len;) {
        size_t n = 0;
        while (at + n < len && !ini_is_space(words[at + n]) && strchr(",;#\"'", words[at + n]) == NULL)
            n++;
        bool number = false;
        if (n > 0 && !is_host(words + at, n, &number))
            return false;
        hosts += n > 0 && !number;
        at += n + 1;
    }
    return hosts > 0;
}

/* True if C may be before a bracket in prose. After any other character a line end was lost. */
static bool is_before_bracket(char c)
{
    return ini_is_space(c) || (c != '\0' && strchr("\"'`(<{:=", c) != NULL);
}

bool comment_is_names(const struct ini_line *line)
{
    size_t at = ini_comment(line);

    return at < line->len && comment_is_list(line->text + at, line->len - at);
}

static const char *quote_fault(const struct ini_line *line, const char *value, const char *comment)
{
    const char *end = line->text + line->len;

    if (value == end || (*value != '"' && *value != '\''))
        return NULL;
    const char *quote = memchr(value + 1, *value, (size_t)(end - value - 1));
    if (quote == NULL)
        return "the closing quote is missing; write both quotes, or none";
    /* iniparser 4.1 reads a backslash literally; from 4.2 on it begins an escape. */
    if (memchr(value + 1, '\\', (size_t)(quote - value - 1)) != NULL)
        return "INI programs read a backslash within quotes in different ways; delete it";
    for (quote++; quote < comment && ini_is_space(*quote); quote++)
        continue;
    return quote < comment ? "there is text after the closing quote; put the whole value in one pair of quotes, or use no quotes"
                           : NULL;
}

const char *comment_fault(const struct ini_line *line, enum key key)
{
    const char *value = memchr(line->text, '=', line->len), *comment = line->text + ini_comment(line),
               *end = line->text + line->len;

    for (value++; value < end && ini_is_space(*value); value++)
        continue;
    const char *fault = quote_fault(line, value, comment);
    if (fault != NULL)
        return fault;
    bool glued = comment > value && comment + 1 < end && !ini_is_space(comment[-1]) && !ini_is_space(comment[1]);
    if (glued || (key == KEY_MX && comment_is_names(line)))
        return "a ; or # begins a comment and cuts the value off; separate hosts with commas, or begin the comment with a "
               "space and words";
    return line->glued ? "a backslash joins two lines without a space; write a space or a comma before it" : NULL;
}

static bool is_name(const char *name, size_t len)
{
    if (header_names_domain(name, len))
        return (len == 1 && name[0] == '*') || domain_policy_fault(name, len) == DOMAIN_FINE;
    return len == sizeof "defaults" - 1 && domain_same(name, "defaults", len);
}

/*
 * True if NAMES, LEN bytes from inside brackets, are domains, * or defaults. Templates do not count, since any word may be one.
 */
static bool are_names(const char *names, size_t len)
{
    const char *name;
    size_t count = 0, n;

    for (size_t at = 0; (n = header_next_name(names, len, &at, &name)) > 0; count++)
        if (!is_name(name, n))
            return false;
    return count > 0;
}

enum comment_header comment_header(const struct ini_line *line)
{
    const char *begin = line->text + ini_comment(line), *end = line->text + line->len, *close;
    enum comment_header found = COMMENT_NO_HEADER;

    size_t signs = 0;
    for (; begin < end && (ini_is_space(*begin) || is_sign(*begin)); begin++)
        signs = is_sign(*begin) ? signs + 1 : 0;
    /* One or two signs disable a header. A row of them is a line of its own that was joined to the header. */
    if (line->kind == INI_BLANK && begin < end && *begin == '[' && signs < SIGNS_OF_A_LINE)
        return COMMENT_NO_HEADER;
    for (const char *at = begin; at < end && (at = memchr(at, '[', (size_t)(end - at))) != NULL; at++) {
        close = memchr(at, ']', (size_t)(end - at));
        if (close == NULL)
            break;
        size_t len = (size_t)(close - at - 1);
        if (memchr(at + 1, '[', len) != NULL || !are_names(at + 1, len))
            continue;
        if (!is_before_bracket(at[-1]))
            return COMMENT_GLUED_HEADER;
        found = COMMENT_PERHAPS_HEADER;
    }
    return found;
}

static bool is_letter_or_digit(char c)
{
    c = domain_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/*
 * Returns the key that ends at END and begins at or after BEGIN, or KEY_ANY. A parameter in a URL does not count. With GLUED,
 * only a key directly after a letter or digit counts, as after a lost line end: "mailto:tls@example.netmode = enforce".
 */
static enum key key_before(const char *begin, const char *end, bool glued)
{
    while (end > begin && ini_is_space(end[-1]))
        end--;
    for (size_t i = 0; i < KEYS; i++) {
        size_t len = strlen(key_name((enum key)i));
        if ((size_t)(end - begin) < len || !domain_same(end - len, key_name((enum key)i), len))
            continue;
        char before = (size_t)(end - begin) > len ? end[-(ptrdiff_t)len - 1] : ' ';
        if (before == '?' || before == '&' || (glued && !is_letter_or_digit(before)))
            return KEY_ANY;
        return (enum key)i;
    }
    return KEY_ANY;
}

static enum key key_between(const char *begin, const char *end, bool glued)
{
    enum key key = KEY_ANY;

    for (const char *at = begin; at < end && key == KEY_ANY && (at = memchr(at, '=', (size_t)(end - at))) != NULL; at++)
        key = key_before(begin, at, glued);
    return key;
}

enum key comment_key(const struct ini_line *line)
{
    return key_between(line->text + ini_comment(line), line->text + line->len, line->kind == INI_BLANK);
}

enum key comment_key_in_value(const struct ini_line *line)
{
    const char *equals = memchr(line->text, '=', line->len), *end = line->text + line->len;

    if (equals == NULL || memchr(equals + 1, '=', (size_t)(end - equals - 1)) == NULL)
        return KEY_ANY;
    end = line->text + ini_comment(line);
    return equals < end ? key_between(equals + 1, end, false) : KEY_ANY;
}
