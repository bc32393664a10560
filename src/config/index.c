#include "config/index.h"

#include "base/buf.h"
#include "config/audit.h"
#include "config/names.h"
#include "config/outline.h"
#include "config/resolve.h"
#include "ini/header.h"
#include "ini/inherit.h"
#include "ini/key.h"
#include "ini/lines.h"
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

/* --- verdicts --- */

static struct index_verdict *new_verdict(enum index_found found, const struct buf *buf)
{
    if (buf->failed || buf->text == NULL)
        return NULL;
    struct index_verdict *verdict = malloc(sizeof *verdict + buf->len + 1);
    if (verdict == NULL)
        return NULL;
    verdict->found = found;
    verdict->len = buf->len;
    memcpy(verdict->bytes, buf->text, buf->len + 1);
    return verdict;
}

static struct index_verdict *verdict_on_section(struct outline *outline, uint32_t number)
{
    struct resolved resolved;
    struct buf out = { 0 };
    struct index_verdict *verdict = NULL;

    if (resolve_section(outline, number, false, &resolved, &out)) {
        verdict = new_verdict(INDEX_POLICY, &out);
    } else if (resolved.why.problem != NULL) {
        buf_free(&out);
        outline_print_problem(outline, resolved.why.section, resolved.why.problem, &out);
        verdict = new_verdict(INDEX_BROKEN, &out);
    }
    resolve_free(&resolved);
    buf_free(&out);
    return verdict;
}

static struct index_verdict *verdict_on_duplicate(struct outline *outline, const struct duplicate *duplicate)
{
    const struct name *first = &outline->names.list[duplicate->first], *second = &outline->names.list[duplicate->second];
    struct buf out = { 0 };

    buf_print(&out, "%s:%u: [", outline->file, outline_line(outline, second->section, &out.failed));
    buf_add_shown(&out, outline->text + second->at, names_length(&outline->names, second), DOMAIN_MAX);
    buf_print(&out, "]: is already named in line %u; keep one of the two", outline_line(outline, first->section, &out.failed));
    struct index_verdict *verdict = new_verdict(INDEX_BROKEN, &out);
    buf_free(&out);
    return verdict;
}

static struct index_verdict *verdict_on_lost(struct outline *outline, size_t at)
{
    struct buf out = { 0 };
    uint32_t number = outline_section_at(outline, at);
    unsigned line = outline_line(outline, number, &out.failed) + ini_newlines(outline->text, outline->sections[number].at, at);

    buf_print(&out,
              "%s:%u: this line may be the header of a domain that the file names nowhere else; correct it, as "
              "\"mta-sts check\" says",
              outline->file, line);
    struct index_verdict *verdict = new_verdict(INDEX_UNSURE, &out);
    buf_free(&out);
    return verdict;
}

/*
 * Stores MADE in CACHE, or frees it if another thread was faster. Sets *VERDICT to the stored one. MADE is NULL if memory ran
 * out; false if no thread has stored a verdict.
 */
static bool keep(_Atomic(struct index_verdict *) *cache, struct index_verdict *made, const struct index_verdict **verdict)
{
    struct index_verdict *known = NULL;

    if (made != NULL && atomic_compare_exchange_strong_explicit(cache, &known, made, memory_order_acq_rel, memory_order_acquire))
        known = made;
    else
        free(made);
    *verdict = known;
    return known != NULL;
}

static bool is_known(_Atomic(struct index_verdict *) *cache, const struct index_verdict **verdict)
{
    *verdict = atomic_load_explicit(cache, memory_order_acquire);
    return *verdict != NULL;
}

bool index_find_named(struct index *index, const char *domain, const struct index_verdict **verdict)
{
    struct outline *outline = &index->outline;
    const struct name *name = names_find(&outline->names, domain);

    *verdict = NULL;
    if (name == NULL || outline->sections[name->section].is_template)
        return true;
    struct duplicate *duplicate = names_duplicate(&outline->names, name);
    if (duplicate != NULL)
        return is_known(&duplicate->verdict, verdict) ||
               keep(&duplicate->verdict, verdict_on_duplicate(outline, duplicate), verdict);
    struct outline_section *section = &outline->sections[name->section];
    return is_known(&section->cache.verdict, verdict) ||
           keep(&section->cache.verdict, verdict_on_section(outline, name->section), verdict);
}

bool index_find(struct index *index, const char *domain, const struct index_verdict **verdict)
{
    *verdict = NULL;
    if (!header_names_domain(domain, strlen(domain)))
        return true;
    if (index_names(index, domain))
        return index_find_named(index, domain, verdict);
    const struct lost *lost = outline_lost(&index->outline);
    if (lost == NULL)
        return false;
    if (lost->header == index->outline.size)
        return index_find_named(index, "*", verdict);
    return is_known(&index->lost_verdict, verdict) ||
           keep(&index->lost_verdict, verdict_on_lost(&index->outline, lost->header), verdict);
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

static bool copy_value(const struct inherit_found *found, enum key key, char **value)
{
    const struct section *from = found->from[key];

    *value = from != NULL ? strdup(section_value(from, key)) : NULL;
    return from == NULL || *value != NULL;
}

bool index_records(struct index *index, const char *domain, struct index_records *records)
{
    struct outline *outline = &index->outline;
    const struct name *name = names_find(&outline->names, domain);
    struct resolved resolved;
    struct buf out = { 0 };

    *records = (struct index_records) { 0 };
    if (name != NULL && names_duplicate(&outline->names, name) != NULL) {
        records->mistake = strdup("this domain is in two sections");
        return records->mistake != NULL;
    }
    if (name == NULL)
        name = names_find(&outline->names, "*");
    if (name == NULL)
        return false;
    bool has_policy = resolve_section(outline, name->section, true, &resolved, &out);
    bool good = (has_policy || resolved.why.problem != NULL) && copy_value(&resolved.found, KEY_HOST, &records->host) &&
                copy_value(&resolved.found, KEY_TLSRPT, &records->tlsrpt);
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

static bool read_values(struct outline *outline, uint32_t number, struct index_values *values)
{
    struct resolved resolved;
    bool good = resolve_section(outline, number, true, &resolved, &values->bytes);
    bool failed = values->bytes.failed || (!good && resolved.why.problem == NULL);

    values->section = number;
    values->state = good ? INDEX_KNOWN : INDEX_UNKNOWN;
    if (good && !failed) {
        values->policy = resolved.found.policy;
        values->mistaken = resolved.found.record_mistake.problem != NULL;
        failed = !copy_mx(&values->policy, &values->mx) || !copy_words(&resolved.found, KEY_HOST, &values->host) ||
                 !copy_words(&resolved.found, KEY_TLSRPT, &values->tlsrpt);
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
    if (name != NULL && name->section == values->section)
        return true;
    set_state(values, INDEX_ABSENT);
    return name == NULL || read_values(outline, name->section, values);
}

void index_values_free(struct index_values *values)
{
    buf_free(&values->bytes);
    free(values->mx);
    free(values->host);
    free(values->tlsrpt);
    *values = (struct index_values) { .state = INDEX_ABSENT };
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
