#include "change/compare.h"

#include "base/buf.h"
#include "change/judge.h"
#include "config/index.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <string.h>

static bool differ(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

static bool bytes_differ(const struct buf *a, const struct buf *b)
{
    return a->len != b->len || (a->len > 0 && memcmp(a->text, b->text, a->len) != 0);
}

static enum compare_kind kind_of(const struct compare_change *change)
{
    enum index_state before = change->before->state, after = change->after->state;

    if (before == INDEX_UNKNOWN || after == INDEX_UNKNOWN)
        return COMPARE_UNKNOWN;
    if (before == after)
        return COMPARE_CHANGED;
    return before == INDEX_ABSENT ? COMPARE_ADDED : COMPARE_REMOVED;
}

static void make_id(const struct index_values *values, char id[POLICY_ID_SIZE])
{
    id[0] = '\0';
    if (values->state == INDEX_KNOWN)
        policy_id(values->bytes.text, values->bytes.len, id);
}

/* What the records are made of differs. With a mistake in one of the two values, nothing is known of either. */
static void compare_records(struct compare_change *change)
{
    const struct index_values *before = change->before, *after = change->after;

    if (before->mistaken || after->mistaken)
        return;
    change->host_differs = differ(before->host, after->host);
    change->tlsrpt_differs = differ(before->tlsrpt, after->tlsrpt);
}

static struct judge_side side_of(const struct index_values *values)
{
    return (struct judge_side) {
        .policy = values->state == INDEX_KNOWN ? &values->policy : NULL,
        .host = values->mistaken ? NULL : values->host,
    };
}

/* Does anything differ? If so, completes CHANGE. */
static bool judge(const struct compare *compare, struct compare_change *change)
{
    compare_records(change);
    change->kind = kind_of(change);
    if (change->kind == COMPARE_UNKNOWN)
        return true;
    if (!bytes_differ(&change->before->bytes, &change->after->bytes) && !change->host_differs && !change->tlsrpt_differs)
        return false;
    const struct judge_side before = side_of(change->before), after = side_of(change->after);
    judge_edit(&before, &after, compare->now, &change->findings);
    make_id(change->before, change->id_before);
    make_id(change->after, change->id_after);
    return true;
}

/* A comparison under way. */
struct pass {
    const struct compare *compare;
    struct index_values before, after; /* of the domain before: the next one is often in the same section */
    struct compare_totals *totals;
};

static bool compare_domain(struct pass *pass, const char *domain)
{
    const struct compare *compare = pass->compare;
    struct compare_change change = { .domain = domain, .before = &pass->before, .after = &pass->after };

    if (!index_values(compare->before, domain, &pass->before) || !index_values(compare->after, domain, &pass->after))
        return false;
    if (judge(compare, &change)) {
        pass->totals->of_kind[change.kind]++;
        pass->totals->unsafe += judge_is_unsafe(&change.findings);
        if (!change.findings.failed)
            compare->visit(compare->to, &change);
    }
    bool good = !change.findings.failed;
    judge_free(&change.findings);
    return good;
}

static bool compare_all(struct pass *pass)
{
    const struct compare *compare = pass->compare;
    char domain[DOMAIN_MAX + 1];

    for (size_t at = 0; index_next_domain(compare->after, &at, domain);)
        if (!compare_domain(pass, domain))
            return false;
    for (size_t at = 0; index_next_domain(compare->before, &at, domain);)
        if (!index_names(compare->after, domain) && !compare_domain(pass, domain))
            return false;
    return true;
}

bool compare_files(const struct compare *compare, struct compare_totals *totals)
{
    struct pass pass = { .compare = compare, .totals = totals };

    *totals = (struct compare_totals) { 0 };
    bool good = compare_all(&pass);
    index_values_free(&pass.before);
    index_values_free(&pass.after);
    return good;
}
