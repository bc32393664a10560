#include "ini/comment.h"

#include "ini/header.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <string.h>

static bool is_sign(char c)
{
    return c == ';' || c == '#';
}

/* Are the words in what follows a comment's sign all hosts: is it a list that went on after a ; in place of a comma? */
static bool is_host_list(const char *words, size_t len)
{
    size_t hosts = 0;

    for (size_t at = 0; at < len;) {
        size_t n = 0;
        while (at + n < len && !ini_is_space(words[at + n]) && strchr(",;#\"'", words[at + n]) == NULL)
            n++;
        if (n > 0 && (memchr(words + at, '.', n) == NULL || policy_mx_fault(words + at, n) != DOMAIN_FINE))
            return false;
        hosts += n > 0;
        at += n + 1;
    }
    return hosts > 0;
}

bool comment_is_names(const struct ini_line *line)
{
    size_t at = ini_comment(line);

    return at < line->len && is_host_list(line->text + at, line->len - at);
}

static const char *quote_fault(const struct ini_line *line, const char *value, const char *comment)
{
    const char *end = line->text + line->len;

    if (value == end || (*value != '"' && *value != '\''))
        return NULL;
    const char *quote = memchr(value + 1, *value, (size_t)(end - value - 1));
    if (quote == NULL)
        return "the closing quote is missing; write none, or two";
    /* iniparser 4.1 takes it as it is; from 4.2 on it takes the next character for an escape. */
    if (memchr(value + 1, '\\', (size_t)(quote - value - 1)) != NULL)
        return "a backslash within quotes is read in different ways; leave it out";
    for (quote++; quote < comment && ini_is_space(*quote); quote++)
        continue;
    return quote < comment ? "there is more after the closing quote; write all of it inside one pair of quotes, or none" : NULL;
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
        return "there is more after a ; or #, which begins a comment; write a comma in a list, and a space and words in a "
               "comment";
    return line->glued ? "a backslash joins two lines without a space; write a space or a comma before it" : NULL;
}

static bool is_name(const char *name, size_t len)
{
    if (header_names_domain(name, len))
        return (len == 1 && name[0] == '*') || domain_policy_fault(name, len) == DOMAIN_FINE;
    return len == sizeof "defaults" - 1 && domain_same(name, "defaults", len);
}

/* Are these LEN bytes, from within brackets, names that a header may have? A template's may be any word, and does not count. */
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

    while (begin < end && (ini_is_space(*begin) || is_sign(*begin)))
        begin++;
    if (line->kind == INI_BLANK && begin < end && *begin == '[')
        return COMMENT_NO_HEADER;
    for (const char *at = begin; at < end && (at = memchr(at, '[', (size_t)(end - at))) != NULL; at++) {
        close = memchr(at, ']', (size_t)(end - at));
        if (close == NULL)
            break;
        size_t len = (size_t)(close - at - 1);
        if (memchr(at + 1, '[', len) != NULL || !are_names(at + 1, len))
            continue;
        if (at > begin && !ini_is_space(at[-1]))
            return COMMENT_GLUED_HEADER;
        found = COMMENT_PERHAPS_HEADER;
    }
    return found;
}

/* The known key that ends at END, and does not begin before BEGIN; KEY_ANY if there is none. */
static enum key key_before(const char *begin, const char *end)
{
    while (end > begin && ini_is_space(end[-1]))
        end--;
    for (size_t i = 0; i < KEYS; i++) {
        size_t len = strlen(key_name((enum key)i));
        if ((size_t)(end - begin) >= len && domain_same(end - len, key_name((enum key)i), len))
            return (enum key)i;
    }
    return KEY_ANY;
}

enum key comment_key(const struct ini_line *line)
{
    const char *begin = line->text + ini_comment(line), *end = line->text + line->len;
    enum key key = KEY_ANY;

    if (line->kind != INI_VALUE && line->kind != INI_HEADER)
        return KEY_ANY;
    for (const char *at = begin; at < end && key == KEY_ANY && (at = memchr(at, '=', (size_t)(end - at))) != NULL; at++)
        key = key_before(begin, at);
    return key;
}
