#include "import/write.h"

#include "base/buf.h"
#include "import/catalogue.h"
#include "ini/lines.h"
#include "ini/write.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The longest line that iniparser reads, without its line end. */
enum { LINE_MAX_LEN = INI_LINE_SIZE - 2, WORD_SHOWN = 160 };

/* What all policies have in common, or what a section sets. */
struct settings {
    bool mode, max_age, mx;
};

static const struct settings all = { true, true, true };

/* The domains of one policy, which are in a row by NEXT. */
struct group {
    size_t first, last; /* the numbers of two domains, plus 1; 0: none */
    bool is_written;
};

struct writer {
    const struct catalogue *catalogue;
    struct group *groups; /* by the number of the values */
    size_t *next;         /* for each domain the next one of its group, plus 1; 0: none */
    size_t group_count, templates;
    struct settings common;
    struct catalogue_values defaults;
    struct buf *out;
};

/* --- values --- */

/* Writes the lines that SET names, each with PREFIX before it. */
static void write_values(struct buf *out, const char *prefix, const struct catalogue_values *values, struct settings set)
{
    const char *mx = values->policy.mx;

    if (set.mode && values->has_mode)
        buf_print(out, "%smode    = %s\n", prefix, policy_mode_text(values->policy.mode));
    for (size_t i = 0; set.mx && i < values->policy.mx_count; i++, mx += strlen(mx) + 1)
        buf_print(out, "%smx      = %s\n", prefix, mx);
    if (!set.max_age || !values->has_max_age)
        return;
    buf_print(out, "%smax_age = ", prefix);
    write_age(out, values->policy.max_age);
    buf_print(out, "\n");
}

static struct settings difference(const struct writer *w)
{
    return (struct settings) { !w->common.mode, !w->common.max_age, !w->common.mx };
}

static bool has_anything(const struct catalogue_values *values, struct settings set)
{
    return set.mode || set.max_age || (set.mx && values->policy.mx_count > 0);
}

/* --- what is in common --- */

static const char *name_of(const struct writer *w, size_t number)
{
    return catalogue_domain_name(w->catalogue, &w->catalogue->items[w->catalogue->domains[number].item]);
}

static bool is_one_line(const struct writer *w, const struct group *group)
{
    size_t len = 1;

    for (size_t at = group->first; at > 0; at = w->next[at - 1])
        len += strlen(name_of(w, at - 1)) + 1;
    return len <= LINE_MAX_LEN;
}

static bool same_mx(const struct policy *a, const struct policy *b)
{
    const char *x = a->mx, *y = b->mx;

    for (size_t i = 0; a->mx_count == b->mx_count && i < a->mx_count; i++, x += strlen(x) + 1, y += strlen(y) + 1)
        if (strcmp(x, y) != 0)
            return false;
    return a->mx_count == b->mx_count;
}

/* A single section needs no [defaults]. */
static void find_common(struct writer *w)
{
    bool any = false, is_one = w->group_count <= 1;

    w->common = all;
    for (size_t i = 0; i < w->catalogue->kept_count; i++) {
        const struct catalogue_values values = catalogue_values(w->catalogue, i);
        if (w->groups[i].first == 0)
            continue;
        if (!any)
            w->defaults = values;
        any = true;
        is_one = is_one && is_one_line(w, &w->groups[i]);
        w->common.mode &= values.policy.mode == w->defaults.policy.mode;
        w->common.max_age &= values.policy.max_age == w->defaults.policy.max_age;
        w->common.mx &= same_mx(&values.policy, &w->defaults.policy);
    }
    if (is_one)
        w->common = (struct settings) { false, false, false };
}

static void write_defaults(struct writer *w)
{
    if (!has_anything(&w->defaults, w->common))
        return;
    buf_print(w->out, "[defaults]\n");
    write_values(w->out, "", &w->defaults, w->common);
}

/* --- sections --- */

static void separate(struct buf *out)
{
    if (out->len > 0)
        buf_print(out, "\n");
}

/* Writes one header of the domains from number AT on, plus 1, as many as fit. Returns the next one. */
static size_t write_header(struct writer *w, size_t at)
{
    size_t len = 1;

    buf_print(w->out, "[");
    for (bool first = true; at > 0; at = w->next[at - 1], first = false) {
        const char *name = name_of(w, at - 1);
        if (!first && len + 1 + strlen(name) + 1 > LINE_MAX_LEN)
            break;
        buf_print(w->out, "%s%s", first ? "" : " ", name);
        len += strlen(name) + !first;
    }
    buf_print(w->out, "]\n");
    return at;
}

static void write_group(struct writer *w, size_t number)
{
    struct group *group = &w->groups[number];
    const struct catalogue_values values = catalogue_values(w->catalogue, number);
    const struct settings own = difference(w);
    bool template = has_anything(&values, own) && !is_one_line(w, group);

    group->is_written = true;
    separate(w->out);
    if (template) {
        buf_print(w->out, "[policy-%zu]\n", ++w->templates);
        write_values(w->out, "", &values, own);
    }
    for (size_t at = group->first; at > 0;) {
        if (template || at != group->first)
            separate(w->out);
        at = write_header(w, at);
        if (template)
            buf_print(w->out, "use     = policy-%zu\n", w->templates);
        else
            write_values(w->out, "", &values, own);
    }
}

/* --- comments --- */

/* A comment of TEXT, LEN bytes, in which nothing can be taken for a header, and no line is too long. */
static void write_remark(struct buf *out, const char *text, size_t len)
{
    struct buf tame = { 0 };
    size_t word = 0;

    for (size_t i = 0; i < len; i++, word++) {
        const char *c = text[i] == '[' ? "(" : text[i] == ']' ? ")" : text + i;
        if (text[i] == ' ')
            word = 0;
        if (word > 0 && word % WORD_SHOWN == 0)
            buf_add(&tame, " ", 1);
        buf_add(&tame, c, 1);
    }
    write_comment(out, tame.text != NULL ? tame.text : "");
    out->failed |= tame.failed;
    buf_free(&tame);
}

static void write_remarks(struct buf *out, const char *lines)
{
    for (size_t len; *lines != '\0'; lines += len + (lines[len] != '\0')) {
        len = strcspn(lines, "\n");
        write_remark(out, lines, len);
    }
}

/*
 * The values of a policy that is not taken, as comments. A value that cannot be read is empty: if the user only deletes the
 * semicolons, it is an error of the file. Without the line its default would hold, or a mail server would be refused.
 */
static void write_readable(struct buf *out, const struct catalogue_values *values)
{
    const char *mx = values->policy.mx;
    bool needs_mx = !values->has_mode || values->policy.mode != POLICY_NONE;

    if (!values->has_mode)
        buf_print(out, ";mode    =\n");
    write_values(out, ";", values, (struct settings) { .mode = true });
    for (size_t i = 0; i < values->policy.mx_count; i++, mx += strlen(mx) + 1)
        buf_print(out, ";mx      =%s%s\n", mx[0] != '\0' ? " " : "", mx);
    if (values->policy.mx_count == 0 && needs_mx)
        buf_print(out, ";mx      =\n");
    if (!values->has_max_age)
        buf_print(out, ";max_age =\n");
    write_values(out, ";", values, (struct settings) { .max_age = true });
}

static void write_not_taken(struct writer *w, const struct catalogue_domain *domain)
{
    const struct catalogue *c = w->catalogue;
    const struct catalogue_item *item = &c->items[domain->item];
    const char *name = catalogue_domain_name(c, item);

    separate(w->out);
    buf_print(w->out, "; %s is not imported%s:\n", name[0] == '*' ? "The policy of all other domains" : name,
              domain->verdict == CATALOGUE_DIFFERENT ? ", since its sources differ" : "");
    for (size_t i = 0; i < domain->count; i++, item++) {
        const struct catalogue_values values = catalogue_values(c, item->values);
        const char *place = catalogue_place(c, item);
        if (item->is_wrong)
            write_remarks(w->out, catalogue_faults(c, item));
        else
            write_remark(w->out, place, strlen(place));
        buf_print(w->out, ";[%s]\n", name);
        write_readable(w->out, &values);
    }
}

/* --- all --- */

/* Puts the domains that are taken into groups, [*] in none. */
static void group_domains(struct writer *w)
{
    for (size_t i = 0; i < w->catalogue->domain_count; i++) {
        const struct catalogue_domain *domain = &w->catalogue->domains[i];
        struct group *group = &w->groups[w->catalogue->items[domain->item].values];
        if (domain->verdict != CATALOGUE_TAKEN)
            continue;
        if (group->last > 0)
            w->next[group->last - 1] = i + 1;
        else
            group->first = i + 1;
        group->last = i + 1;
        w->group_count += group->first == i + 1;
    }
}

static void write_domains(struct writer *w)
{
    for (size_t i = 0; i < w->catalogue->domain_count && !w->out->failed; i++) {
        const struct catalogue_domain *domain = &w->catalogue->domains[i];
        const size_t values = w->catalogue->items[domain->item].values;
        if (domain->verdict != CATALOGUE_TAKEN)
            write_not_taken(w, domain);
        else if (!w->groups[values].is_written)
            write_group(w, values);
    }
}

void import_write(const struct catalogue *catalogue, bool is_added, struct buf *out)
{
    struct writer w = { .catalogue = catalogue, .out = out };

    w.groups = calloc(catalogue->kept_count + 1, sizeof *w.groups);
    w.next = calloc(catalogue->domain_count + 1, sizeof *w.next);
    if (w.groups == NULL || w.next == NULL) {
        out->failed = true;
    } else {
        group_domains(&w);
        if (!is_added)
            find_common(&w);
        else if (catalogue->domain_count > 0)
            buf_print(out, "\n");
        write_defaults(&w);
        write_domains(&w);
    }
    free(w.groups);
    free(w.next);
}
