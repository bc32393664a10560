#include "config/outline.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/memory.h"
#include "config/names.h"
#include "ini/header.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "ini/lost.h"
#include "ini/parse.h"
#include "ini/section.h"
#include "policy/domain.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 16384 };

/* Adds a section, and room for one more: the entry after the last section has the end of the text. */
static bool add_section(struct outline *outline, size_t at, bool is_template)
{
    size_t room = outline->section_room;
    struct outline_section *list = list_grow(outline->sections, outline->section_count, 2, &outline->section_room, sizeof *list);

    if (list == NULL)
        return false;
    outline->sections = list;
    if ((outline->section_room > room && room >= MANY && !memory_is_left()) || outline->section_count >= NAMES_SECTION_MAX)
        return false;
    struct outline_section *section = &list[outline->section_count++];
    section->at = (uint32_t)at;
    section->is_template = is_template;
    if (is_template)
        atomic_init(&section->cache.read, NULL);
    else
        atomic_init(&section->cache.verdict, NULL);
    return true;
}

/* True if an outline for ONLY needs the section with HEADER. It does not if the header is one other domain. */
static bool is_wanted(const struct header *header, const char *only, size_t only_len)
{
    size_t len = header->len;

    if (header->several || memchr(header->names, '.', len) == NULL)
        return true;
    while (len > 0 && header->names[len - 1] == '.')
        len--;
    return (len > 0 && header->names[len - 1] == '*') ||
           (len >= only_len && domain_same(header->names + len - only_len, only, only_len));
}

static bool add_names(struct outline *outline, const struct header *header)
{
    const char *name;

    for (size_t at = 0, len; (len = header_next_name(header->names, header->len, &at, &name)) > 0;) {
        outline->domain_count += header_names_domain(name, len);
        if (!names_add(&outline->names, name, len, (uint32_t)(outline->section_count - 1)))
            return false;
    }
    return true;
}

static bool cut(struct outline *outline, const char *only)
{
    struct ini_line line;
    struct header header;
    bool wanted = true, last_wanted = true;
    size_t only_len = only != NULL ? strlen(only) : 0;
    size_t at = ini_begin(outline->text, outline->size);

    if (!add_section(outline, at, false))
        return false;
    for (; (at = ini_next_header(outline->text, outline->size, at)) < outline->size; at = line.next) {
        ini_line(outline->text, outline->size, at, &line);
        header_read(outline->text, &line, &header);
        wanted = only == NULL || is_wanted(&header, only, only_len);
        /* A section that is not wanted is added only after a wanted one, whose end it marks. */
        if ((wanted || last_wanted) && !add_section(outline, at, wanted && header_is_template(header.names, header.len)))
            return false;
        if (wanted && !add_names(outline, &header))
            return false;
        last_wanted = wanted;
    }
    outline->sections[outline->section_count].at = (uint32_t)outline->size;
    return true;
}

bool outline_make(struct outline *outline, char *text, size_t size, const char *file, const char *only)
{
    *outline = (struct outline) { .text = text, .size = size, .file = strdup(file), .names = { .text = text, .size = size } };
    return outline->file != NULL && size < UINT32_MAX && cut(outline, only) && names_file(&outline->names);
}

uint32_t outline_section_at(const struct outline *outline, size_t at)
{
    size_t low = 0, high = outline->section_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (outline->sections[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* Counts the line numbers of all headers once. Returns NULL if memory runs out. */
static const uint32_t *get_lines(struct outline *outline)
{
    uint32_t *lines = atomic_load_explicit(&outline->lines, memory_order_acquire), line = 1;
    size_t from = 0;

    if (lines != NULL)
        return lines;
    uint32_t *made = malloc(outline->section_count * sizeof *made);
    if (made == NULL)
        return NULL;
    for (size_t i = 0; i < outline->section_count; i++) {
        line += ini_newlines(outline->text, from, outline->sections[i].at);
        from = outline->sections[i].at;
        made[i] = line;
    }
    if (atomic_compare_exchange_strong_explicit(&outline->lines, &lines, made, memory_order_acq_rel, memory_order_acquire))
        return made;
    free(made);
    return lines;
}

unsigned outline_line(struct outline *outline, uint32_t number, bool *failed)
{
    const uint32_t *lines = get_lines(outline);

    *failed |= lines == NULL;
    return lines != NULL ? lines[number] : 0;
}

unsigned outline_name_line(struct outline *outline, const struct name *name, bool *failed)
{
    return outline_line(outline, name->section, failed) +
           ini_newlines(outline->text, outline->sections[name->section].at, name->at);
}

/* True if one of HEADER's names is meant as a domain, even with a mistake in it. */
static bool names_a_domain(const struct header *header)
{
    const char *name;

    for (size_t at = 0, len; (len = header_next_name(header->names, header->len, &at, &name)) > 0;)
        if ((len == 1 && name[0] == '*') ||
            (header_names_domain(name, len) && domain_policy_fault(name, len) != DOMAIN_CHARACTER))
            return true;
    return false;
}

/*
 * If the next header has a mistake and names no domain, it may not be a header at all. The lines below it may then belong to
 * SECTION.
 */
static void check_end(const struct outline *outline, size_t end, struct section *section)
{
    struct ini_line line;
    struct header header;

    if (end >= outline->size || section->kind == SECTION_PREAMBLE)
        return;
    ini_line(outline->text, outline->size, end, &line);
    if (parse_header_is_sound(outline->text, &line))
        return;
    header_read(outline->text, &line, &header);
    const char *begin = outline->text + end, *equals = memchr(begin, '=', line.first_len);
    if (!names_a_domain(&header) || (equals != NULL && memchr(begin, ']', (size_t)(equals - begin)) == NULL))
        section_add_problem(
            section, 1 + ini_newlines(outline->text, section->at, end), KEY_ANY,
            "the section ends at this line, which begins with [ but is not a valid header; correct it, or delete it");
}

/* Keys above the first header may belong below it. This matters if that section is a template, such as [defaults]. */
static void check_begin(const struct outline *outline, size_t number, struct section *section)
{
    struct section preamble;

    if (number != 1 || section->kind != SECTION_TEMPLATE)
        return;
    parse_section(outline->text, outline->sections[0].at, outline->sections[1].at, 1, &preamble);
    section->failed |= preamble.failed;
    for (size_t i = 0; i < preamble.problem_count; i++)
        if (preamble.problems[i].key < KEYS)
            section_add_problem(section, section->line, preamble.problems[i].key,
                                "is above this header; move it below, or delete it");
    section_free(&preamble);
}

/* If the file has no [defaults], a template with a similar name may be a typing mistake. */
static void check_for_defaults(const struct outline *outline, struct section *section)
{
    struct section_shown shown;

    if (section->kind == SECTION_TEMPLATE && header_is_template_name(section->names, section->names_len) &&
        header_is_nearly_defaults(section->names, section->names_len) && names_find(&outline->names, "defaults") == NULL)
        section_add_problem(section, section->line, KEY_ANY,
                            "\"%s\" looks like a misspelt [defaults]; write [defaults], or rename the template",
                            section_show(section, &shown, section->names, section->names_len));
}

void outline_read(const struct outline *outline, size_t number, struct section *section)
{
    size_t end = outline->sections[number + 1].at;

    parse_section(outline->text, outline->sections[number].at, end, 1, section);
    check_end(outline, end, section);
    check_begin(outline, number, section);
    check_for_defaults(outline, section);
    section->is_read = true;
    section->read_count = section->problem_count;
}

const struct lost *outline_lost(struct outline *outline)
{
    struct lost *lost = atomic_load_explicit(&outline->lost, memory_order_acquire);

    if (lost != NULL)
        return lost;
    struct lost *made = malloc(sizeof *made);
    if (made == NULL)
        return NULL;
    lost_find(outline->text, outline->size, made);
    if (atomic_compare_exchange_strong_explicit(&outline->lost, &lost, made, memory_order_acq_rel, memory_order_acquire))
        return made;
    free(made);
    return lost;
}

void outline_print_problem(struct outline *outline, const struct section *section, const struct section_problem *problem,
                           struct buf *out)
{
    unsigned line = outline_line(outline, outline_section_at(outline, section->at), &out->failed);

    section_print_problem(section, problem, outline->file, line, out);
}

static void free_cache(struct outline_section *section)
{
    if (!section->is_template) {
        free(atomic_load(&section->cache.verdict));
        return;
    }
    struct section *read = atomic_load(&section->cache.read);
    if (read != NULL)
        section_free(read);
    free(read);
}

void outline_free(struct outline *outline)
{
    for (size_t i = 0; i < outline->section_count; i++)
        free_cache(&outline->sections[i]);
    for (size_t i = 0; i < outline->names.duplicate_count; i++)
        free(atomic_load(&outline->names.duplicates[i].verdict));
    names_free(&outline->names);
    free(outline->sections);
    free(atomic_load(&outline->lines));
    free(atomic_load(&outline->lost));
    free(outline->text);
    free(outline->file);
}
