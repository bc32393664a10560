#include "ini/lost.h"

#include "ini/comment.h"
#include "ini/damaged.h"
#include "ini/header.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "ini/parse.h"
#include "ini/section.h"

#include <stdbool.h>
#include <string.h>

/* Records LINE as a lost header. Of a continued line only the first physical line is compared with [defaults]. */
static void note(const char *text, size_t size, const struct ini_line *line, struct lost *lost)
{
    const char *begin = line->continued ? text + line->at : line->text;
    bool whole = line->holds_cr || comment_header(line) != COMMENT_NO_HEADER;
    size_t len = line->continued ? line->first_len : whole ? line->len : ini_comment(line);

    if (lost->header == size)
        lost->header = line->at;
    if (lost->defaults == size && damaged_defaults(begin, len))
        lost->defaults = line->at;
}

/* Records LINE, a key above the first header. The missing header may have been any, so also [defaults]. */
static void note_headless(size_t size, const struct ini_line *line, struct lost *lost)
{
    if (lost->header == size)
        lost->header = line->at;
    if (lost->defaults == size)
        lost->defaults = line->at;
}

/* True if LINE sets a key, or nearly a key, which some section now lacks. */
static bool is_for_a_section(const struct ini_line *line)
{
    return line->kind != INI_BLANK && memchr(line->text, '=', line->len) != NULL && key_nearest(line->text, line->len) != KEY_ANY;
}

/* True if line number LINE has a mistake. SECTION's problems are in the order of lines; *NEXT skips those of earlier lines. */
static bool has_mistake(const struct section *section, unsigned line, size_t *next)
{
    while (*next < section->problem_count && section->problems[*next].line < line)
        ++*next;
    for (size_t i = *next; i < section->problem_count && section->problems[i].line == line; i++)
        if (!section->problems[i].warning)
            return true;
    return section->failed;
}

/*
 * True if TEXT, of LEN bytes, cannot contain a lost header: no brackets, and no line that is not plainly a value. It need not be
 * parsed then.
 */
static bool is_plain(const char *text, size_t len)
{
    struct ini_line line;

    if (memchr(text, ']', len) != NULL || memchr(text, '[', len) != NULL)
        return false;
    for (size_t at = 0; at < len; at = line.next) {
        ini_line(text, len, at, &line);
        if (line.kind == INI_NEITHER || line.kind == INI_NUL || (line.kind == INI_VALUE && damaged_header(text, &line)))
            return false;
    }
    return true;
}

/* Looks at the lines from FROM to END, the body of the section whose header is at AT. In the preamble AT is equal to FROM. */
static void find_in_body(const char *text, size_t size, size_t at, size_t from, size_t end, struct lost *lost)
{
    struct section section;
    struct ini_line line;
    size_t problem = 0;

    if (at != from && is_plain(text + from, end - from))
        return;
    parse_section(text, at, end, 1, &section);
    for (unsigned number = 1 + ini_newlines(text, at, from); from < end; from = line.next) {
        ini_line(text, end, from, &line);
        bool mistake = has_mistake(&section, number, &problem);
        if (mistake && section.kind == SECTION_PREAMBLE && is_for_a_section(&line))
            note_headless(size, &line, lost);
        else if (mistake && damaged_header(text, &line))
            note(text, size, &line, lost);
        number += ini_newlines(text, from, line.next);
    }
    section_free(&section);
}

/* Looks at LINE, a header. */
static void find_in_header(const char *text, size_t size, const struct ini_line *line, struct lost *lost)
{
    struct header header;

    if (!parse_header_is_sound(text, line)) {
        note(text, size, line, lost);
        return;
    }
    header_read(text, line, &header);
    if (lost->defaults == size && header_is_template(header.names, header.len) &&
        header_is_nearly_defaults(header.names, header.len))
        lost->defaults = line->at;
}

void lost_find(const char *text, size_t size, struct lost *lost)
{
    size_t at = ini_begin(text, size), body = at;
    struct ini_line line;

    *lost = (struct lost) { size, size };
    while (lost->header == size || lost->defaults == size) {
        size_t next = ini_next_header(text, size, body);
        find_in_body(text, size, at, body, next, lost);
        if (next == size)
            return;
        ini_line(text, size, next, &line);
        find_in_header(text, size, &line, lost);
        at = next;
        body = line.next;
    }
}
