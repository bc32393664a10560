#include "config/audit.h"

#include "base/buf.h"
#include "config/names.h"
#include "config/outline.h"
#include "config/resolve.h"
#include "ini/advice.h"
#include "ini/fill.h"
#include "ini/header.h"
#include "ini/inherit.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "ini/section.h"
#include "policy/domain.h"

#include <stdlib.h>
#include <string.h>

/* Reports PROBLEM. This and the functions below return false if memory runs out, so that no problem is lost. */
static bool report(struct outline *outline, const struct audit *audit, const struct section *section,
                   const struct section_problem *problem)
{
    struct buf text = { 0 };
    unsigned line = outline_line(outline, outline_section_at(outline, section->at), &text.failed);

    outline_print_problem(outline, section, problem, &text);
    bool good = !text.failed;
    if (good)
        audit->problem(audit->to, problem->line - section->line + line, problem->warning, text.text);
    buf_free(&text);
    return good;
}

static int by_line(const void *a, const void *b)
{
    const struct section_problem *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->text > y->text) - (x->text < y->text);
}

/* Reports the problems sorted by line: a problem of the whole section was found last, but has the line of its header. */
static bool report_all(struct outline *outline, const struct audit *audit, struct section *section)
{
    if (section->problem_count > 0)
        qsort(section->problems, section->problem_count, sizeof *section->problems, by_line);
    for (size_t i = 0; i < section->problem_count; i++)
        if (!report(outline, audit, section, &section->problems[i]))
            return false;
    return true;
}

/*
 * Reports NAME's domain as broken. A domain that is named several times is reported once, for the name that names_find() returns.
 */
static void report_broken(const struct outline *outline, const struct audit *audit, const struct name *name)
{
    char domain[DOMAIN_MAX + 1];
    size_t len = names_length(&outline->names, name);

    if (audit->broken == NULL || len > DOMAIN_MAX || !header_names_domain(outline->text + name->at, len))
        return;
    domain_normal(outline->text + name->at, len, domain);
    if (names_find(&outline->names, domain) == name)
        audit->broken(audit->to, domain);
}

static void add_duplicate(struct outline *outline, const struct name *first, const struct name *second, struct section *section)
{
    struct section_shown shown;

    unsigned line = section->line + ini_newlines(outline->text, section->at, second->at);
    section_add_problem(section, line, KEY_ANY, "\"%s\" is already named in line %u; keep one of the two",
                        section_show(section, &shown, outline->text + second->at, names_length(&outline->names, second)),
                        outline_name_line(outline, first, &section->failed));
}

/*
 * Checks the policy of DOMAIN, which replaces {domain}: adds its mistakes and, with ADVICE, its warnings to the section. Returns
 * its size when served.
 */
static size_t check_domain(struct resolved *resolved, const char *domain, bool advice)
{
    struct inherit_found filled = resolved->found;
    struct inherit_why why;
    struct buf mx = { 0 }, out = { 0 };
    bool good = inherit_fill(&resolved->own, &filled, domain, &mx, &why) && inherit_render(&resolved->own, &filled, &out, &why);

    if (good && advice)
        advice_on_filled(&resolved->own, &resolved->found, &filled, domain);
    resolved->own.failed |= mx.failed | out.failed;
    size_t size = out.len;
    buf_free(&mx);
    buf_free(&out);
    return size;
}

/* Checks the policy of each domain of a section with {domain} in its mx. Returns the size of the largest, or SIZE. */
static size_t check_domains(struct resolved *resolved, bool advice, size_t size)
{
    char domain[DOMAIN_MAX + 1];
    const char *name;

    for (size_t at = 0, len; (len = header_next_name(resolved->own.names, resolved->own.names_len, &at, &name)) > 0;) {
        if (len == 1)
            continue; /* [*] */
        domain_normal(name, len, domain);
        size_t filled = check_domain(resolved, domain, advice);
        size = filled > size ? filled : size;
    }
    return size;
}

/* True if POLICY, the text of a section's policy, can be served for NAME's domain: no host is too long with that in it. */
static bool fits(const struct outline *outline, const struct name *name, const struct buf *policy)
{
    char domain[DOMAIN_MAX + 1];
    struct buf out = { 0 };
    size_t len = names_length(&outline->names, name);

    if (len <= 1 || len > DOMAIN_MAX)
        return true;
    domain_normal(outline->text + name->at, len, domain);
    bool good = fill_policy(&out, policy->text, policy->len, domain) || out.failed;
    buf_free(&out);
    return good;
}

/*
 * Goes through the names of section NUMBER, from index *NEXT on, and moves *NEXT to the next section. Adds a mistake to SECTION
 * for each name that the file has used before. Reports the domains that are broken by that, or by another mistake (POLICY is
 * NULL, or cannot be served for the domain).
 */
static void walk_names(struct outline *outline, const struct audit *audit, size_t *next, size_t number, const struct buf *policy,
                       struct section *section)
{
    bool fills = policy != NULL && memchr(policy->text, '{', policy->len) != NULL;

    for (; *next < outline->names.count && outline->names.list[*next].section == number; ++*next) {
        const struct name *name = &outline->names.list[*next], *first = names_earlier(&outline->names, name);
        if (first != NULL)
            add_duplicate(outline, first, name, section);
        if (policy == NULL || name->repeated || (fills && !fits(outline, name, policy)))
            report_broken(outline, audit, name);
    }
}

static bool audit_section(struct outline *outline, const struct audit *audit, size_t *next, size_t number)
{
    struct resolved resolved;
    struct buf out = { 0 };
    bool good = resolve_section(outline, number, NULL, false, &resolved, &out);
    struct section *own = &resolved.own;
    size_t size = good && resolved.found.fills ? check_domains(&resolved, audit->advice, out.len) : out.len;

    bool failed = own->failed || (own->kind == SECTION_DOMAINS && !good && resolved.why.problem == NULL);
    if (good && audit->advice)
        advice_on_policy(own, resolved.template, resolved.defaults, &resolved.found, size);
    if (!failed)
        walk_names(outline, audit, next, number, good ? &out : NULL, own);
    failed = failed || own->failed || !report_all(outline, audit, own);
    resolve_free(&resolved);
    buf_free(&out);
    return !failed;
}

/* Reports the warnings that were added to templates and [defaults] while other sections were read, and the unused templates. */
static bool report_templates(struct outline *outline, const struct audit *audit)
{
    const struct name *defaults = names_find(&outline->names, "defaults");
    bool good = true;

    for (size_t i = 0; i < outline->section_count && good; i++) {
        struct section *known = outline->sections[i].is_template ? atomic_load(&outline->sections[i].cache.read) : NULL;
        struct section unused;
        if (known != NULL) {
            good = !known->failed;
            for (size_t j = known->read_count; j < known->problem_count && good; j++)
                good = !known->problems[j].warning || report(outline, audit, known, &known->problems[j]);
        } else if (outline->sections[i].is_template && (defaults == NULL || defaults->section != i)) {
            outline_read(outline, i, &unused);
            unused.problem_count = 0;
            advice_on_unused(&unused);
            good = !unused.failed && report(outline, audit, &unused, &unused.problems[0]);
            section_free(&unused);
        }
    }
    return good;
}

static bool report_warning(const struct outline *outline, const struct audit *audit, unsigned line, const char *what)
{
    struct buf text = { 0 };

    buf_print(&text, "%s:%u: warning: %s", outline->file, line, what);
    bool good = !text.failed;
    if (good)
        audit->problem(audit->to, line, true, text.text);
    buf_free(&text);
    return good;
}

/* Reports the warnings about the whole file. Without a final line end it may have been cut off in its last value. */
static bool report_file(const struct outline *outline, const struct audit *audit)
{
    bool ended = outline->size == 0 || outline->text[outline->size - 1] == '\n';

    return (ended || report_warning(outline, audit, 1 + ini_newlines(outline->text, 0, outline->size),
                                    "the last line has no line end; the file may have been cut off")) &&
           (!audit->advice || outline->domain_count > 0 ||
            report_warning(outline, audit, 1, "names no domain: nothing is served; write at least one, as in [example.org]"));
}

bool audit_outline(struct outline *outline, const struct audit *audit)
{
    size_t next = 0;

    for (size_t i = 0; i < outline->section_count; i++)
        if ((audit->stop != NULL && atomic_load(audit->stop)) || !audit_section(outline, audit, &next, i))
            return false;
    return report_file(outline, audit) && (!audit->advice || report_templates(outline, audit));
}
