#include "config/index.h"

#include "base/buf.h"
#include "config/audit.h"
#include "config/names.h"
#include "config/outline.h"
#include "config/resolve.h"
#include "config/verdict.h"
#include "ini/fill.h"
#include "ini/header.h"
#include "ini/inherit.h"
#include "ini/key.h"
#include "ini/lost.h"
#include "ini/section.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct index {
    struct outline outline;
    /* The verdict for domains that only a lost header may name; NULL until the first look-up. */
    _Atomic(struct index_verdict *) lost_verdict;
};

struct index *index_new(char *text, size_t size, const char *file, const char *only)
{
    struct index *index = calloc(1, sizeof *index);

    if (index == NULL) {
        free(text);
        return NULL;
    }
    if (!outline_make(&index->outline, text, size, file, only)) {
        index_free(index);
        return NULL;
    }
    return index;
}

size_t index_sections(const struct index *index)
{
    return index->outline.section_count - 1;
}

size_t index_domains(const struct index *index)
{
    return index->outline.domain_count;
}

const char *index_text(const struct index *index, size_t *size)
{
    *size = index->outline.size;
    return index->outline.text;
}

const char *index_file(const struct index *index)
{
    return index->outline.file;
}

bool index_names(const struct index *index, const char *domain)
{
    return names_find(&index->outline.names, domain) != NULL;
}

bool index_has_lost(struct index *index)
{
    const struct lost *lost = outline_lost(&index->outline);

    return lost == NULL || lost->header < index->outline.size;
}

bool index_find_named(struct index *index, const char *name, const char *domain, const struct index_verdict **verdict)
{
    struct outline *outline = &index->outline;
    const struct name *found = names_find(&outline->names, name);

    *verdict = NULL;
    if (found == NULL || outline->sections[found->section].is_template)
        return true;
    struct duplicate *duplicate = names_duplicate(&outline->names, found);
    return duplicate != NULL ? verdict_on_duplicate(outline, duplicate, verdict)
                             : verdict_on_section(outline, found->section, domain, verdict);
}

bool index_find_lost(struct index *index, const struct index_verdict **verdict)
{
    const struct lost *lost = outline_lost(&index->outline);

    *verdict = NULL;
    if (lost == NULL)
        return false;
    return lost->header == index->outline.size || verdict_on_lost(&index->outline, &index->lost_verdict, lost->header, verdict);
}

bool index_find(struct index *index, const char *domain, const struct index_verdict **verdict)
{
    *verdict = NULL;
    if (!header_names_domain(domain, strlen(domain)))
        return true;
    if (index_names(index, domain))
        return index_find_named(index, domain, domain, verdict);
    if (!index_find_lost(index, verdict))
        return false;
    return *verdict != NULL || index_find_named(index, "*", domain, verdict);
}

bool index_audit(struct index *index, const struct audit *audit)
{
    return audit_outline(&index->outline, audit);
}

/* --- for the commands --- */

/* Writes NAME to DOMAIN in normal form. False if it is a template, or too long. */
static bool domain_of(const struct outline *outline, const struct name *name, char domain[DOMAIN_MAX + 1])
{
    const char *text = outline->text + name->at;
    size_t len = names_length(&outline->names, name);

    if (!header_names_domain(text, len) || (domain_policy_fault(text, len) != DOMAIN_FINE && !(len == 1 && text[0] == '*')))
        return false;
    domain_normal(text, len, domain);
    return true;
}

bool index_next_domain(const struct index *index, size_t *at, char domain[DOMAIN_MAX + 1])
{
    const struct names *names = &index->outline.names;

    while (*at < names->count) {
        const struct name *name = &names->list[(*at)++];
        if (domain_of(&index->outline, name, domain) && names_find(names, domain) == name)
            return true;
    }
    return false;
}

/* Replaces {domain} in *VALUE, from malloc() or NULL. If DOMAIN is "*", it is left as it is. */
static bool fill_value(char **value, const char *domain)
{
    struct buf out = { 0 };

    if (*value == NULL || !fill_has_brace(*value, strlen(*value)) || strcmp(domain, "*") == 0)
        return true;
    fill_add(&out, *value, strlen(*value), domain);
    free(*value);
    *value = out.failed ? NULL : out.text;
    return !out.failed;
}

static bool copy_value(const struct inherit_found *found, enum key key, char **value)
{
    const struct section *from = found->from[key];

    *value = from != NULL ? strdup(section_value(from, key)) : NULL;
    return from == NULL || *value != NULL;
}

/* Reads what the domains of section NUMBER have in common into RECORDS, which are empty. */
static bool read_records(struct outline *outline, uint32_t number, struct index_records *records)
{
    struct resolved resolved;
    struct buf out = { 0 };
    bool has_policy = resolve_section(outline, number, NULL, true, &resolved, &out);
    bool good = (has_policy || resolved.why.problem != NULL) && copy_value(&resolved.found, KEY_HOST, &records->form.host) &&
                copy_value(&resolved.found, KEY_TLSRPT, &records->form.tlsrpt);

    records->form.section = number;
    records->leaving = has_policy && resolved.found.policy.mode == POLICY_NONE;
    buf_free(&out);
    if (resolved.found.record_mistake.problem != NULL) {
        outline_print_problem(outline, resolved.found.record_mistake.section, resolved.found.record_mistake.problem, &out);
        good = good && !out.failed;
        records->mistake = out.text; /* RECORDS owns it now, not OUT */
    }
    resolve_free(&resolved);
    return good;
}

/* Sets *VALUE to a copy of FORM, from malloc() or NULL. */
static bool copy_form(char **value, const char *form)
{
    free(*value);
    *value = form != NULL ? strdup(form) : NULL;
    return form == NULL || *value != NULL;
}

bool index_records(struct index *index, const char *domain, struct index_records *records)
{
    struct outline *outline = &index->outline;
    const struct name *name = names_find(&outline->names, domain);

    if (name != NULL && names_duplicate(&outline->names, name) != NULL) {
        index_records_free(records);
        records->mistake = strdup("this domain is in two sections");
        return records->mistake != NULL;
    }
    if (name == NULL)
        name = names_find(&outline->names, "*");
    if (name == NULL)
        return false;
    if (name->section != records->form.section) {
        index_records_free(records);
        if (!read_records(outline, name->section, records))
            return false;
    }
    return copy_form(&records->host, records->form.host) && copy_form(&records->tlsrpt, records->form.tlsrpt) &&
           fill_value(&records->tlsrpt, domain);
}

void index_records_free(struct index_records *records)
{
    free(records->host);
    free(records->tlsrpt);
    free(records->mistake);
    free(records->form.host);
    free(records->form.tlsrpt);
    memset(records, 0, sizeof *records);
}

/* Copies the patterns of POLICY, each with its NUL, and makes it borrow from the copy. */
static bool copy_mx(struct policy *policy, char **mx)
{
    size_t size = 0;

    for (size_t i = 0; i < policy->mx_count; i++)
        size += strlen(policy->mx + size) + 1;
    *mx = malloc(size + 1);
    if (*mx == NULL)
        return false;
    if (size > 0)
        memcpy(*mx, policy->mx, size);
    policy->mx = *mx;
    return true;
}

/* The same as copy_value(), with one space between the words. */
static bool copy_words(const struct inherit_found *found, enum key key, char **value)
{
    if (!copy_value(found, key, value))
        return false;
    char *rest = *value, *end = *value;
    for (char *word; rest != NULL && (word = section_next_word(&rest)) != NULL;) {
        size_t len = strlen(word);
        if (end != *value)
            *end++ = ' ';
        memmove(end, word, len);
        end += len;
    }
    if (end != NULL)
        *end = '\0';
    return true;
}

/* Keeps what has {domain} in it as the form from which fill_values() makes the values of each domain of the section. */
static void keep_form(struct index_values *values)
{
    struct index_form *form = &values->form;

    form->is_used = true;
    form->bytes = values->bytes;
    form->mx = values->mx;
    form->tlsrpt = values->tlsrpt;
    form->mistaken = values->mistaken;
    values->bytes = (struct buf) { 0 };
    values->mx = values->tlsrpt = NULL;
}

/* Fills VALUES for DOMAIN from their form. The state is INDEX_UNKNOWN if a host would be too long. */
static bool fill_values(struct index_values *values, const char *domain)
{
    const struct index_form *form = &values->form;
    const char *word = strcmp(domain, "*") == 0 ? FILL_WORD : domain, *pattern = form->mx;
    struct buf mx = { 0 };

    buf_free(&values->bytes);
    free(values->mx);
    free(values->tlsrpt);
    for (size_t i = 0; i < values->policy.mx_count; i++, pattern += strlen(pattern) + 1)
        fill_add(&mx, pattern, strlen(pattern) + 1, word);
    values->policy.mx = values->mx = mx.text;
    values->tlsrpt = form->tlsrpt != NULL ? strdup(form->tlsrpt) : NULL;
    bool fits = word == domain && fill_policy(&values->bytes, form->bytes.text, form->bytes.len, word);
    if (word != domain)
        buf_add(&values->bytes, form->bytes.text, form->bytes.len);
    values->state = fits || word != domain ? INDEX_KNOWN : INDEX_UNKNOWN;
    values->mistaken = form->mistaken || values->state == INDEX_UNKNOWN;
    return !mx.failed && !values->bytes.failed && (form->tlsrpt == NULL || values->tlsrpt != NULL) &&
           fill_value(&values->tlsrpt, domain);
}

static bool read_values(struct outline *outline, uint32_t number, struct index_values *values)
{
    struct resolved resolved;
    bool good = resolve_section(outline, number, NULL, true, &resolved, &values->bytes);
    bool failed = values->bytes.failed || (!good && resolved.why.problem == NULL);

    values->section = number;
    values->state = good ? INDEX_KNOWN : INDEX_UNKNOWN;
    if (good && !failed) {
        values->policy = resolved.found.policy;
        values->mistaken = resolved.found.record_mistake.problem != NULL;
        failed = !copy_mx(&values->policy, &values->mx) || !copy_words(&resolved.found, KEY_HOST, &values->host) ||
                 !copy_words(&resolved.found, KEY_TLSRPT, &values->tlsrpt);
        if (!failed && (resolved.found.fills || (values->tlsrpt != NULL && strchr(values->tlsrpt, '{') != NULL)))
            keep_form(values);
    }
    resolve_free(&resolved);
    return !failed;
}

/* Empties VALUES, and sets their state. */
static void set_state(struct index_values *values, enum index_state state)
{
    index_values_free(values);
    values->state = state;
}

bool index_values(struct index *index, const char *domain, struct index_values *values)
{
    struct outline *outline = &index->outline;
    const struct name *name = names_find(&outline->names, domain);

    if (name == NULL && index_has_lost(index)) {
        set_state(values, INDEX_UNKNOWN);
        return outline_lost(outline) != NULL;
    }
    if (name == NULL)
        name = names_find(&outline->names, "*");
    if (name != NULL && names_duplicate(&outline->names, name) != NULL) {
        set_state(values, INDEX_UNKNOWN);
        return true;
    }
    if (name == NULL || name->section != values->section)
        set_state(values, INDEX_ABSENT);
    if (name == NULL)
        return true;
    if (name->section != values->section && !read_values(outline, name->section, values))
        return false;
    return !values->form.is_used || fill_values(values, domain);
}

void index_values_free(struct index_values *values)
{
    buf_free(&values->bytes);
    free(values->mx);
    free(values->host);
    free(values->tlsrpt);
    buf_free(&values->form.bytes);
    free(values->form.mx);
    free(values->form.tlsrpt);
    memset(values, 0, sizeof *values); /* INDEX_ABSENT */
}

/* --- the end --- */

void index_free(struct index *index)
{
    if (index == NULL)
        return;
    outline_free(&index->outline);
    free(atomic_load(&index->lost_verdict));
    free(index);
}
