#include "config/resolve.h"

#include "base/buf.h"
#include "base/near.h"
#include "config/names.h"
#include "config/outline.h"
#include "ini/header.h"
#include "ini/inherit.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "ini/lost.h"
#include "ini/section.h"
#include "policy/domain.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The number of names to compare. In a large file the templates are usually at the beginning. */
enum { TEMPLATES_COMPARED = 256 };

/* Reads a template. If another one has the same name, adds that mistake. */
static void read_template(struct outline *outline, const struct name *name, struct section *section)
{
    outline_read(outline, name->section, section);
    const struct duplicate *duplicate = names_duplicate(&outline->names, name);
    if (duplicate != NULL)
        section_add_problem(section, section->line, KEY_ANY, "is named again in line %u; keep one of the two",
                            outline_line(outline, outline->names.list[duplicate->second].section, &section->failed));
}

/* Sets *FOUND to the template or [defaults] called TEXT, or NULL. It is read once and cached. False if memory runs out. */
static bool get_template(struct outline *outline, const char *text, struct section **found)
{
    const struct name *name = names_find(&outline->names, text);
    struct outline_section *entry = name != NULL ? &outline->sections[name->section] : NULL;

    *found = NULL;
    if (entry == NULL || !entry->is_template)
        return true;
    struct section *known = atomic_load_explicit(&entry->cache.read, memory_order_acquire);
    if (known == NULL) {
        struct section *section = malloc(sizeof *section);
        if (section == NULL)
            return false;
        read_template(outline, name, section);
        if (!section->failed && atomic_compare_exchange_strong_explicit(&entry->cache.read, &known, section, memory_order_acq_rel,
                                                                        memory_order_acquire)) {
            known = section;
        } else {
            section_free(section);
            free(section);
        }
    }
    *found = known;
    return known != NULL;
}

/*
 * For a file without [defaults]: if a lost header may be [defaults], makes DEFAULTS a section with only that mistake. False if
 * there is no such header.
 */
static bool make_unknown_defaults(struct outline *outline, struct section *defaults)
{
    const struct lost *lost = outline_lost(outline);

    *defaults = (struct section) { .kind = SECTION_TEMPLATE, .line = 1, .names = "", .failed = lost == NULL };
    if (lost == NULL || lost->defaults == outline->size)
        return lost == NULL;
    defaults->at = outline->sections[outline_section_at(outline, lost->defaults)].at;
    section_add_problem(defaults, 1 + ini_newlines(outline->text, defaults->at, lost->defaults), KEY_ANY,
                        "this line may be the header of [defaults]; correct it, as \"mta-sts check\" says");
    return true;
}

/*
 * Writes the template name that is most similar to USE, among the first TEMPLATES_COMPARED names, to NEAR. False if none is
 * similar.
 */
static bool find_near_template(const struct outline *outline, const char *use, char near[DOMAIN_MAX + 1])
{
    size_t least = 3;

    for (size_t i = 0; i < outline->names.count && i < TEMPLATES_COMPARED; i++) {
        const struct name *name = &outline->names.list[i];
        size_t len = names_length(&outline->names, name);
        if (!outline->sections[name->section].is_template || len > NEAR_MAX ||
            !header_is_template_name(outline->text + name->at, len))
            continue;
        char word[DOMAIN_MAX + 1];
        domain_normal(outline->text + name->at, len, word);
        size_t distance = near_distance(use, word);
        if (strcmp(word, "defaults") != 0 && distance < least && distance * 2 <= len) {
            least = distance;
            memcpy(near, word, len + 1);
        }
    }
    return least < 3;
}

static void add_no_template(const struct outline *outline, struct section *own, const char *use)
{
    struct section_shown shown;
    char near[DOMAIN_MAX + 1];
    const char *name = section_show(own, &shown, use, strlen(use));

    if (find_near_template(outline, use, near))
        section_add_problem(own, own->value[KEY_USE].line, KEY_USE, "there is no template [%s]; did you mean \"%s\"?", name,
                            near);
    else
        section_add_problem(own, own->value[KEY_USE].line, KEY_USE,
                            "there is no template [%s]; add a section of that name, or correct the name", name);
}

bool resolve_section(struct outline *outline, size_t number, const char *domain, bool records, struct resolved *resolved,
                     struct buf *out)
{
    struct section *own = &resolved->own;

    *resolved = (struct resolved) { 0 };
    outline_read(outline, number, own);
    if (own->kind != SECTION_DOMAINS)
        return false;
    const char *use = section_value(own, KEY_USE);
    if ((use != NULL && !get_template(outline, use, &resolved->template)) ||
        !get_template(outline, "defaults", &resolved->defaults))
        return false;
    if (use != NULL && resolved->template == NULL)
        add_no_template(outline, own, use);
    if (resolved->defaults == NULL && inherit_looks_in_defaults(own, resolved->template, records) &&
        make_unknown_defaults(outline, &resolved->unknown))
        resolved->defaults = &resolved->unknown;
    return inherit_find(own, resolved->template, resolved->defaults, &resolved->found, &resolved->why) &&
           (domain == NULL || !resolved->found.fills ||
            inherit_fill(own, &resolved->found, domain, &resolved->mx, &resolved->why)) &&
           inherit_render(own, &resolved->found, out, &resolved->why);
}

void resolve_free(struct resolved *resolved)
{
    section_free(&resolved->own);
    section_free(&resolved->unknown);
    buf_free(&resolved->mx);
}
