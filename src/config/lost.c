#include "config/lost.h"

#include "base/near.h"
#include "config/ini.h"
#include "config/section.h"

#include <stdbool.h>
#include <string.h>

static const char defaults[] = "defaults";

enum { NEAR = 2 };

/* Are the letters of TEXT, without what stands between them, nearly those of defaults, or its beginning, or its end? */
static bool is_near(const char *text, size_t len)
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

/* The same of the whole, or of a word in it. */
static bool is_like_defaults(const char *text, size_t len)
{
    const char *word;

    if (is_near(text, len))
        return true;
    for (size_t at = 0, n; (n = section_next_name(text, len, &at, &word)) > 0;)
        if (is_near(word, n))
            return true;
    return false;
}

/* The same of the whole, and of what begins at each bracket: a line may have been joined to the one before. */
static bool may_be_defaults(const char *text, size_t len)
{
    if (is_like_defaults(text, len))
        return true;
    for (const char *at = text, *end = text + len; at < end && (at = memchr(at, '[', (size_t)(end - at))) != NULL; at++) {
        const char *close = memchr(at, ']', (size_t)(end - at));
        if (is_like_defaults(at, (size_t)((close != NULL ? close : end) - at)))
            return true;
    }
    return false;
}

/* A line without a bracket: has it a dot, or is it like [defaults]? Other prose names nobody. */
static bool names_something(const struct ini_line *line)
{
    bool bracket = memchr(line->text, '[', line->len) != NULL || memchr(line->text, ']', line->len) != NULL;

    return bracket || line->kind != INI_NEITHER || memchr(line->text, '.', line->len) != NULL ||
           is_like_defaults(line->text, line->len);
}

/* LINE of TEXT is one: of a continued one its first line counts. */
static void note(const char *text, size_t size, const struct ini_line *line, struct lost *lost)
{
    const char *begin = line->continued ? text + line->at : line->text;
    size_t len = line->continued ? line->first_len : line->holds_cr ? line->len : ini_comment(line);

    if (lost->header == size)
        lost->header = line->at;
    if (lost->defaults == size && may_be_defaults(begin, len))
        lost->defaults = line->at;
}

/* Has LINE a mistake? The problems of SECTION before *NEXT are of earlier lines: they come in the order of their lines. */
static bool has_mistake(const struct section *section, unsigned line, size_t *next)
{
    while (*next < section->problem_count && section->problems[*next].line < line)
        ++*next;
    for (size_t i = *next; i < section->problem_count && section->problems[i].line == line; i++)
        if (!section->problems[i].warning)
            return true;
    return section->failed;
}

/* Has TEXT, of LEN bytes, neither a bracket nor a line that is perhaps no value? Then there is no need to read it. */
static bool is_plain(const char *text, size_t len)
{
    struct ini_line line;

    if (memchr(text, ']', len) != NULL || memchr(text, '[', len) != NULL)
        return false;
    for (size_t at = 0; at < len; at = line.next) {
        ini_line(text, len, at, &line);
        if (line.kind == INI_NEITHER || line.kind == INI_NUL)
            return false;
    }
    return true;
}

/* The lines between FROM and END that belong to the section whose header is at AT (of the preamble: its beginning). */
static void find_in_body(const char *text, size_t size, size_t at, size_t from, size_t end, struct lost *lost)
{
    struct section section;
    struct ini_line line;
    size_t problem = 0;

    if (is_plain(text + from, end - from))
        return;
    section_read(text, at, end, 1, &section);
    for (unsigned number = 1 + ini_newlines(text, at, from); from < end; from = line.next) {
        ini_line(text, end, from, &line);
        if (has_mistake(&section, number, &problem) && section_may_be_header(text, &line) && names_something(&line))
            note(text, size, &line, lost);
        number += ini_newlines(text, from, line.next);
    }
    section_free(&section);
}

void lost_find(const char *text, size_t size, struct lost *lost)
{
    size_t at = ini_begin(text, size), body = at;
    struct ini_line line;

    *lost = (struct lost) { size, size };
    while (lost->defaults == size) {
        size_t next = ini_next_header(text, size, body);
        find_in_body(text, size, at, body, next, lost);
        if (next == size)
            return;
        ini_line(text, size, next, &line);
        if (!section_header_is_sound(text, &line))
            note(text, size, &line, lost);
        at = next;
        body = line.next;
    }
}
