#include "ini/section.h"

#include "base/buf.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "policy/alabel.h"
#include "policy/domain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 80, PROBLEMS_FIRST = 4 };

const char *section_value(const struct section *section, enum key key)
{
    return section->value[key].line != 0 ? section->values.text + section->value[key].text : NULL;
}

unsigned section_mx_line(const struct section *section, size_t number)
{
    unsigned line;

    memcpy(&line, section->mx_lines.text + number * sizeof line, sizeof line);
    return line;
}

char *section_next_word(char **list)
{
    char *word = *list + strspn(*list, ", \t");

    if (*word == '\0')
        return NULL;
    *list = word + strcspn(word, ", \t");
    if (**list != '\0')
        *(*list)++ = '\0';
    return word;
}

static bool make_room(struct section *section)
{
    if (section->problem_count < section->problem_room)
        return true;
    size_t room = section->problem_room > 0 ? section->problem_room * 2 : PROBLEMS_FIRST;
    struct section_problem *more = realloc(section->problems, room * sizeof *more);
    if (more == NULL) {
        section->failed = true;
        return false;
    }
    section->problems = more;
    section->problem_room = room;
    return true;
}

/* Adds a problem with the text "NAME: FORMAT", or only FORMAT if NAME is NULL. False if memory runs out. */
__attribute__((format(printf, 4, 0))) static bool add(struct section *section, struct section_problem problem, const char *name,
                                                      const char *format, va_list args)
{
    char text[1024];

    if (!make_room(section))
        return false;
    problem.text = section->notes.len;
    problem.keyed = name != NULL;
    if (name != NULL)
        buf_print(&section->notes, "%s: ", name);
    if (vsnprintf(text, sizeof text, format, args) < 0)
        text[0] = '\0';
    buf_add(&section->notes, text, strlen(text) + 1);
    section->failed |= section->notes.failed;
    if (section->notes.failed)
        return false;
    section->problems[section->problem_count++] = problem;
    if (!problem.warning && section->mistake[problem.key] == 0)
        section->mistake[problem.key] = section->problem_count;
    return true;
}

void section_add_problem(struct section *section, unsigned line, enum key key, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)add(section, (struct section_problem) { .line = line, .key = key }, key_name(key), format, args);
    va_end(args);
}

void section_add_unknown(struct section *section, unsigned line, enum key key, const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)add(section, (struct section_problem) { .line = line, .key = key }, name, format, args);
    va_end(args);
}

static bool same_problem(const struct section *section, const struct section_problem *a, const struct section_problem *b)
{
    return a->line == b->line && strcmp(section->notes.text + a->text, section->notes.text + b->text) == 0;
}

void section_add_warning(struct section *section, unsigned line, enum key key, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    bool added =
        add(section, (struct section_problem) { .line = line, .key = key, .warning = true }, key_name(key), format, args);
    va_end(args);
    if (!added)
        return;
    size_t last = section->problem_count - 1;
    for (size_t i = last; section->is_read && i-- > section->read_count;) {
        if (!same_problem(section, &section->problems[i], &section->problems[last]))
            continue;
        section->problem_count--;
        section->notes.len = section->problems[last].text;
        return;
    }
}

void section_add_name_problem(struct section *section, unsigned line, enum key key, const char *name, size_t len,
                              enum domain_fault fault, const char *quotes, const char *rfc)
{
    const char *phrase = domain_fault_phrase(fault), *advice = domain_fault_advice(fault);
    struct section_shown a, b;

    char ascii[DOMAIN_MAX + 1];

    section_show(section, &a, name, len);
    if (fault == DOMAIN_NOT_ASCII && alabel_name(name, len, ascii))
        section_add_problem(section, line, key, "\"%s\" %s; write %c%s%c (%s)", a.text, phrase, quotes[0], ascii, quotes[1], rfc);
    else if (advice != NULL)
        section_add_problem(section, line, key, "\"%s\" %s; write %s (%s)", a.text, phrase, advice, rfc);
    else
        section_add_problem(section, line, key, "\"%s\" %s; write %c%s%c (%s)", a.text, phrase, quotes[0],
                            section_show(section, &b, name, len - 1), quotes[1], rfc);
}

void section_widen_problems(struct section *section, size_t first)
{
    for (size_t i = first; i < section->problem_count; i++) {
        struct section_problem *problem = &section->problems[i];
        if (problem->warning || problem->key == KEY_ANY)
            continue;
        if (section->mistake[problem->key] == i + 1)
            section->mistake[problem->key] = 0;
        problem->key = KEY_ANY;
        if (section->mistake[KEY_ANY] == 0)
            section->mistake[KEY_ANY] = i + 1;
    }
}

const struct section_problem *section_mistake(const struct section *section, enum key key)
{
    /* A template cannot have use, so a mistake in use may have been any key. */
    const size_t candidates[] = { section->mistake[key], section->mistake[KEY_ANY], section->mistake[KEY_USE] };
    size_t first = 0;

    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
        if (candidates[i] != 0 && (first == 0 || candidates[i] < first))
            first = candidates[i];
    return first != 0 ? &section->problems[first - 1] : NULL;
}

const char *section_show(struct section *section, struct section_shown *shown, const char *bytes, size_t len)
{
    struct buf buf = { 0 };

    buf_add_shown(&buf, bytes, len, SHOWN_MAX);
    section->failed |= buf.failed;
    (void)snprintf(shown->text, sizeof shown->text, "%s", buf.text != NULL ? buf.text : "");
    buf_free(&buf);
    return shown->text;
}

/* Appends the part of NAMES that a message shows: the header's first line of names, without a final backslash. */
static void add_names(struct buf *out, const char *names, size_t len)
{
    for (; len > 0 && ini_is_space(*names); len--)
        names++;
    const char *newline = memchr(names, '\n', len);
    size_t n = newline != NULL ? (size_t)(newline - names) : len;

    while (newline != NULL && n > 0 && (ini_is_space(names[n - 1]) || names[n - 1] == '\\' || names[n - 1] == ','))
        n--;
    buf_add_shown(out, names, n, SHOWN_MAX);
    if (newline != NULL && n <= SHOWN_MAX)
        buf_print(out, " ...");
}

void section_print_problem(const struct section *section, const struct section_problem *problem, const char *file, unsigned line,
                           struct buf *out)
{
    buf_print(out, "%s:%u: %s", file, problem->line - section->line + line, problem->warning ? "warning: " : "");
    if (section->names_len > 0) {
        buf_add(out, "[", 1);
        add_names(out, section->names, section->names_len);
        buf_print(out, problem->keyed ? "] " : "]: ");
    }
    buf_print(out, "%s", section->notes.text + problem->text);
}

void section_free(struct section *section)
{
    buf_free(&section->values);
    buf_free(&section->mx);
    buf_free(&section->mx_lines);
    buf_free(&section->notes);
    free(section->problems);
    *section = (struct section) { 0 };
}
