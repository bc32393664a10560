#include "ini/advice.h"

#include "ini/fill.h"
#include "ini/header.h"
#include "ini/inherit.h"
#include "ini/key.h"
#include "ini/section.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, WEEK = 7 * DAY };

struct subject {
    struct section *own, *template, *defaults;
    const struct inherit_found *found;
    size_t bytes;
};

/* Returns the section that KEY's value comes from, and sets *LINE. A missing value belongs to the own section's header. */
static struct section *place(const struct subject *s, enum key key, unsigned *line)
{
    const struct section *from = s->found->from[key];
    struct section *where = from == NULL || from == s->own ? s->own : from == s->template ? s->template : s->defaults;

    *line = from != NULL ? where->value[key].line : where->line;
    return where;
}

static void short_max_age(const struct subject *s)
{
    const struct policy *policy = &s->found->policy;
    unsigned line;
    struct section *where = place(s, KEY_MAX_AGE, &line);

    if (policy->mode == POLICY_NONE)
        return;
    if (policy->max_age < DAY)
        section_add_warning(where, line, KEY_MAX_AGE,
                            "%" PRIu32 " seconds is less than a day and protects little; write a week or more (RFC 8461 10.2)",
                            policy->max_age);
    else if (policy->max_age < WEEK && policy->mode == POLICY_ENFORCE)
        section_add_warning(where, line, KEY_MAX_AGE,
                            "%" PRIu32 " seconds is less than a week, with mode = enforce; write 1w or more (RFC 8461 10.2)",
                            policy->max_age);
}

static void long_none(const struct subject *s)
{
    unsigned line;
    struct section *where = place(s, KEY_MAX_AGE, &line);

    if (s->found->policy.mode == POLICY_NONE && s->found->policy.max_age > WEEK)
        section_add_warning(where, line, KEY_MAX_AGE, "%" PRIu32 " seconds is long for mode = none; write 1d (RFC 8461 8.3)",
                            s->found->policy.max_age);
}

static void testing_without_reports(const struct subject *s)
{
    unsigned line;
    struct section *where = place(s, KEY_MODE, &line);

    if (s->found->policy.mode == POLICY_TESTING && s->found->from[KEY_TLSRPT] == NULL && !s->found->mistaken[KEY_TLSRPT])
        section_add_warning(where, line, KEY_MODE,
                            "testing without tlsrpt brings no reports; write tlsrpt = mailto:... (RFC 8460 3)");
}

/*
 * Warns if PATTERN is "*.NAME" and NAME is one of the section's own domains, or {domain}. LINE is the line of the warning.
 */
static void wildcard_over_domain(const struct subject *s, const char *pattern, unsigned line)
{
    const char *name;
    size_t len;
    bool over = strcmp(pattern, "*." FILL_WORD) == 0;

    for (size_t at = 0; !over && (len = header_next_name(s->own->names, s->own->names_len, &at, &name)) > 0;)
        over = strlen(pattern) == len + 2 && domain_same(pattern + 2, name, len);
    if (over)
        section_add_warning(s->own, line, KEY_MX,
                            "\"%s\" matches every host of the domain itself; write the hosts of its MX records (RFC 8461 10.4)",
                            pattern);
}

static void wildcards(const struct subject *s)
{
    const char *mx = s->found->policy.mx;

    for (size_t i = 0; i < s->found->policy.mx_count; i++, mx += strlen(mx) + 1)
        if (mx[0] == '*')
            wildcard_over_domain(s, mx, inherit_mx_line(s->own, s->found, i));
}

static void single_labels(struct section *where)
{
    const char *mx = where->mx.text;

    for (size_t i = 0; i < where->mx_count; i++, mx += strlen(mx) + 1)
        if (strchr(mx, '.') == NULL && strchr(mx, '{') == NULL)
            section_add_warning(where, section_mx_line(where, i), KEY_MX,
                                "\"%s\" is a single label; write the host's full name (RFC 8461 3.2)", mx);
}

struct pattern {
    const char *mx, *written;
    unsigned line;
};

static int by_name_and_line(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    int order = strcmp(x->mx, y->mx);

    order = order != 0 ? order : (x->line > y->line) - (x->line < y->line);
    return order != 0 ? order : strcmp(x->written, y->written);
}

static void same_patterns(struct section *where)
{
    const char *mx = where->mx.text;
    size_t count = where->mx_count;
    struct pattern *sorted = count > 1 ? malloc(count * sizeof *sorted) : NULL;

    where->failed |= count > 1 && sorted == NULL;
    if (sorted == NULL)
        return;
    for (size_t i = 0; i < count; i++, mx += strlen(mx) + 1)
        sorted[i] = (struct pattern) { mx, mx, section_mx_line(where, i) };
    qsort(sorted, count, sizeof *sorted, by_name_and_line);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i].mx, sorted[i - 1].mx) == 0)
            section_add_warning(where, sorted[i].line, KEY_MX, "\"%s\" is already in the list; delete it", sorted[i].mx);
    free(sorted);
}

/* The warnings about a list of mx itself. They are added only once, even if several sections use the list. */
static void mx_list(const struct subject *s)
{
    unsigned line;
    struct section *where = place(s, KEY_MX, &line);

    if (where->mx_advised)
        return;
    where->mx_advised = true;
    single_labels(where);
    same_patterns(where);
}

static void large_policy(const struct subject *s)
{
    if (s->bytes > POLICY_BYTES_TRUNCATED)
        section_add_warning(s->own, s->own->line, KEY_MX,
                            "the policy has %zu bytes, but one sender reads only %d; write fewer hosts, or wildcards", s->bytes,
                            POLICY_BYTES_TRUNCATED);
}

static void every_domain(const struct subject *s)
{
    const char *name;
    size_t len;

    for (size_t at = 0; (len = header_next_name(s->own->names, s->own->names_len, &at, &name)) > 0;)
        if (len == 1 && name[0] == '*')
            section_add_warning(s->own, s->own->line, KEY_ANY,
                                "answers for every domain that the front server passes on; write the domains if you know them");
}

typedef void advice_fn(const struct subject *subject);

static advice_fn *const advices[] = { short_max_age, long_none,   testing_without_reports, wildcards, mx_list,
                                      large_policy,  every_domain };

void advice_on_policy(struct section *own, struct section *template, struct section *defaults, const struct inherit_found *found,
                      size_t bytes)
{
    const struct subject subject = { own, template, defaults, found, bytes };

    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++)
        advices[i](&subject);
}

void advice_on_filled(struct section *own, const struct inherit_found *found, const struct inherit_found *filled,
                      const char *domain)
{
    const size_t count = filled->policy.mx_count;
    const char *mx = filled->policy.mx, *written = found->policy.mx;
    struct pattern *sorted = count > 1 ? malloc(count * sizeof *sorted) : NULL;

    own->failed |= count > 1 && sorted == NULL;
    if (sorted == NULL)
        return;
    for (size_t i = 0; i < count; i++, mx += strlen(mx) + 1, written += strlen(written) + 1)
        sorted[i] = (struct pattern) { mx, written, inherit_mx_line(own, found, i) };
    qsort(sorted, count, sizeof *sorted, by_name_and_line);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i].mx, sorted[i - 1].mx) == 0 && strcmp(sorted[i].written, sorted[i - 1].written) != 0)
            section_add_warning(own, sorted[i].line, KEY_MX, "\"%s\" and \"%s\" are the same for %s; delete one of the two",
                                sorted[i - 1].written, sorted[i].written, domain);
    free(sorted);
}

void advice_on_unused(struct section *template)
{
    section_add_warning(template, template->line, KEY_ANY,
                        "no section uses this template; write use = in a section, or delete it");
}
