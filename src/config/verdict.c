#include "config/verdict.h"

#include "base/buf.h"
#include "config/names.h"
#include "config/outline.h"
#include "config/resolve.h"
#include "ini/fill.h"
#include "ini/lines.h"
#include "policy/domain.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct index_verdict *new_verdict(enum index_found found, const struct buf *buf)
{
    if (buf->failed || buf->text == NULL)
        return NULL;
    struct index_verdict *verdict = malloc(sizeof *verdict + buf->len + 1);
    if (verdict == NULL)
        return NULL;
    *verdict = (struct index_verdict) { .found = found, .len = buf->len };
    memcpy(verdict->bytes, buf->text, buf->len + 1);
    return verdict;
}

void verdict_drop(const struct index_verdict *verdict)
{
    if (verdict != NULL && verdict->alone)
        free((void *)(size_t)verdict);
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

/* DOMAIN may be NULL: {domain} is then left as it is. */
static struct index_verdict *make_on_section(struct outline *outline, uint32_t number, const char *domain)
{
    struct resolved resolved;
    struct buf out = { 0 };
    struct index_verdict *verdict = NULL;

    if (resolve_section(outline, number, domain, false, &resolved, &out)) {
        verdict = new_verdict(INDEX_POLICY, &out);
        if (verdict != NULL)
            verdict->fills = resolved.found.fills && domain == NULL;
    } else if (resolved.why.problem != NULL) {
        buf_free(&out);
        outline_print_problem(outline, resolved.why.section, resolved.why.problem, &out);
        verdict = new_verdict(INDEX_BROKEN, &out);
    }
    resolve_free(&resolved);
    buf_free(&out);
    return verdict;
}

/* Makes a verdict for DOMAIN alone from VERDICT on its section NUMBER. The section is read again only for the message. */
static bool fill(struct outline *outline, uint32_t number, const char *domain, const struct index_verdict **verdict)
{
    struct buf out = { 0 };
    bool good = fill_policy(&out, (*verdict)->bytes, (*verdict)->len, domain);
    struct index_verdict *made = good ? new_verdict(INDEX_POLICY, &out) : make_on_section(outline, number, domain);

    buf_free(&out);
    if (made != NULL)
        made->alone = true;
    *verdict = made;
    return made != NULL;
}

bool verdict_on_section(struct outline *outline, uint32_t number, const char *domain, const struct index_verdict **verdict)
{
    _Atomic(struct index_verdict *) *cache = &outline->sections[number].cache.verdict;

    return (is_known(cache, verdict) || keep(cache, make_on_section(outline, number, NULL), verdict)) &&
           (!(*verdict)->fills || strcmp(domain, "*") == 0 || fill(outline, number, domain, verdict));
}

static struct index_verdict *make_on_duplicate(struct outline *outline, const struct duplicate *duplicate)
{
    const struct name *first = &outline->names.list[duplicate->first], *second = &outline->names.list[duplicate->second];
    struct buf out = { 0 };

    buf_print(&out, "%s:%u: [", outline->file, outline_name_line(outline, second, &out.failed));
    buf_add_shown(&out, outline->text + second->at, names_length(&outline->names, second), DOMAIN_MAX);
    buf_print(&out, "]: is already named in line %u; keep one of the two", outline_name_line(outline, first, &out.failed));
    struct index_verdict *verdict = new_verdict(INDEX_BROKEN, &out);
    buf_free(&out);
    return verdict;
}

bool verdict_on_duplicate(struct outline *outline, struct duplicate *duplicate, const struct index_verdict **verdict)
{
    return is_known(&duplicate->verdict, verdict) || keep(&duplicate->verdict, make_on_duplicate(outline, duplicate), verdict);
}

static struct index_verdict *make_on_lost(struct outline *outline, size_t at)
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

bool verdict_on_lost(struct outline *outline, _Atomic(struct index_verdict *) *cache, size_t at,
                     const struct index_verdict **verdict)
{
    return is_known(cache, verdict) || keep(cache, make_on_lost(outline, at), verdict);
}
