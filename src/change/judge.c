#include "change/judge.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <stdint.h>
#include <string.h>

/* RFC 8461 8.3 suggests a day for mode none. A week of reports has each day of the week once. */
enum { DAY = 86400, WEEK = 7 * DAY };

static const struct judge_meaning meanings[JUDGE_RULES] = {
    [JUDGE_MX_ADDED] = { "mx-added", true, JUDGE_REFUSED_LISTED, JUDGE_OLD },
    [JUDGE_MX_REMOVED] = { "mx-removed", true, JUDGE_REFUSED_LISTED, JUDGE_NEW },
    [JUDGE_REMOVED] = { "removed", true, JUDGE_REFUSED_OTHERS, JUDGE_OLD },
    [JUDGE_HOST_MOVED] = { "host-moved", true, JUDGE_REFUSED_OTHERS, JUDGE_OLD },
    [JUDGE_ENFORCE_FIRST] = { "enforce-first", true, JUDGE_REFUSED_OTHERS, JUDGE_NEW },
    [JUDGE_ENFORCE] = { "enforce", false, JUDGE_REFUSED_OTHERS, JUDGE_NEW },
    [JUDGE_TESTING] = { "testing", false, JUDGE_REFUSED_OTHERS, JUDGE_OLD },
    [JUDGE_NONE] = { "none", false, JUDGE_REFUSED_OTHERS, JUDGE_OLD },
    [JUDGE_NONE_AFTER_TESTING] = { "none-after-testing", false, JUDGE_REFUSED_NONE, JUDGE_NOBODY },
    [JUDGE_NONE_LONG] = { "none-long", false, JUDGE_REFUSED_NONE, JUDGE_NOBODY },
    [JUDGE_REMOVED_TESTING] = { "removed-testing", false, JUDGE_REFUSED_NONE, JUDGE_NOBODY },
    [JUDGE_REMOVED_NONE] = { "removed-none", false, JUDGE_REFUSED_NONE, JUDGE_NOBODY },
    [JUDGE_MAX_AGE_LOWERED] = { "max-age-lowered", false, JUDGE_REFUSED_OTHERS, JUDGE_OLD },
    [JUDGE_MAX_AGE_RAISED] = { "max-age-raised", false, JUDGE_REFUSED_NONE, JUDGE_NOBODY },
};

/* An edit, and what is asked of it most. */
struct edit {
    const struct policy *before, *after; /* NULL: none */
    bool kept, enforced, enforces;       /* the old policy may be in caches; it is in mode enforce; the new one is */
    int64_t now, expired;                /* EXPIRED: no sender has the old policy any more */
    struct judge_findings *findings;
};

static struct judge_finding *add(const struct edit *edit, enum judge_rule rule, int64_t safe)
{
    struct judge_finding *finding = &edit->findings->list[edit->findings->count++];

    *finding = (struct judge_finding) { .rule = rule, .safe = safe };
    return finding;
}

static void add_pattern(const struct edit *edit, struct judge_finding *finding, const char *pattern)
{
    buf_add(&finding->mx, pattern, strlen(pattern) + 1);
    finding->mx_count++;
    edit->findings->failed |= finding->mx.failed;
}

/* Adds RULE, with all patterns of POLICY. */
static void add_policy(const struct edit *edit, enum judge_rule rule, int64_t safe, const struct policy *policy)
{
    struct judge_finding *finding = add(edit, rule, safe);
    const char *mx = policy->mx;

    for (size_t i = 0; i < policy->mx_count; i++, mx += strlen(mx) + 1)
        add_pattern(edit, finding, mx);
}

/* Does POLICY match every host that PATTERN matches? A wildcard is covered by the same wildcard alone. */
static bool covers(const struct policy *policy, const char *pattern)
{
    const char *mx = policy->mx;

    for (size_t i = 0; i < policy->mx_count; i++, mx += strlen(mx) + 1)
        if (policy_mx_match(mx, pattern))
            return true;
    return false;
}

/* Adds RULE, with the patterns of FROM that OTHER does not cover, unless there are none. */
static void add_uncovered(const struct edit *edit, enum judge_rule rule, int64_t safe, const struct policy *from,
                          const struct policy *other)
{
    struct judge_finding *finding = NULL;
    const char *mx = from->mx;

    for (size_t i = 0; i < from->mx_count; i++, mx += strlen(mx) + 1) {
        if (covers(other, mx))
            continue;
        if (finding == NULL)
            finding = add(edit, rule, safe);
        add_pattern(edit, finding, mx);
    }
}

/* --- the rules --- */

static void judge_mx(const struct edit *edit)
{
    if (edit->before == NULL || edit->after == NULL)
        return;
    if (edit->enforced && edit->kept)
        add_uncovered(edit, JUDGE_MX_ADDED, edit->expired, edit->after, edit->before);
    if (edit->enforces)
        add_uncovered(edit, JUDGE_MX_REMOVED, JUDGE_UNTIMED, edit->before, edit->after);
}

static void judge_removal(const struct edit *edit)
{
    if (edit->before == NULL || edit->after != NULL)
        return;
    if (edit->before->mode == POLICY_NONE)
        add(edit, JUDGE_REMOVED_NONE, JUDGE_UNTIMED);
    else if (edit->kept && edit->enforced)
        add_policy(edit, JUDGE_REMOVED, edit->expired, edit->before);
    else if (edit->kept)
        add(edit, JUDGE_REMOVED_TESTING, edit->expired);
}

static bool has_word(const char *list, const char *word, size_t len)
{
    for (size_t n; *list != '\0'; list += n + (list[n] != '\0')) {
        n = strcspn(list, " ");
        if (n == len && domain_same(word, list, len))
            return true;
    }
    return false;
}

/* Has one of the names or addresses of BEFORE gone? One more address moves nothing. */
static bool has_moved(const char *before, const char *after)
{
    if (before == NULL || after == NULL)
        return false;
    for (size_t n; *before != '\0'; before += n + (before[n] != '\0')) {
        n = strcspn(before, " ");
        if (!has_word(after, before, n))
            return true;
    }
    return false;
}

static void judge_host(const struct edit *edit, const char *before, const char *after)
{
    if (edit->after != NULL && edit->enforced && edit->kept && has_moved(before, after))
        add_policy(edit, JUDGE_HOST_MOVED, edit->expired, edit->before);
}

static void judge_mode(const struct edit *edit)
{
    const struct policy *before = edit->before, *after = edit->after;

    if (after == NULL || (before != NULL && before->mode == after->mode))
        return;
    if (edit->enforces && (before == NULL || before->mode == POLICY_NONE))
        add_policy(edit, JUDGE_ENFORCE_FIRST, edit->now + WEEK, after);
    else if (edit->enforces)
        add_policy(edit, JUDGE_ENFORCE, JUDGE_UNTIMED, after);
    else if (edit->kept && edit->enforced)
        add_policy(edit, after->mode == POLICY_NONE ? JUDGE_NONE : JUDGE_TESTING, edit->expired, before);
    else if (edit->kept && after->mode == POLICY_NONE)
        add(edit, JUDGE_NONE_AFTER_TESTING, edit->expired);
}

static void judge_max_age(const struct edit *edit)
{
    const struct policy *before = edit->before, *after = edit->after;

    if (before == NULL || after == NULL)
        return;
    if (after->mode == POLICY_NONE && after->max_age > DAY && (before->mode != POLICY_NONE || before->max_age != after->max_age))
        add(edit, JUDGE_NONE_LONG, JUDGE_UNTIMED);
    /* With another mode, what is said about that counts until the same time. */
    if (edit->enforced && edit->enforces && after->max_age < before->max_age)
        add_policy(edit, JUDGE_MAX_AGE_LOWERED, edit->expired, before);
    if (edit->enforces && after->max_age > before->max_age)
        add(edit, JUDGE_MAX_AGE_RAISED, JUDGE_UNTIMED);
}

void judge_edit(const struct judge_side *from, const struct judge_side *to, int64_t now, struct judge_findings *findings)
{
    const struct policy *before = from->policy, *after = to->policy;
    const struct edit edit = {
        .before = before,
        .after = after,
        .kept = before != NULL && before->max_age > 0,
        .enforced = before != NULL && before->mode == POLICY_ENFORCE,
        .enforces = after != NULL && after->mode == POLICY_ENFORCE,
        .now = now,
        .expired = before != NULL ? now + before->max_age : now,
        .findings = findings,
    };

    judge_mx(&edit);
    judge_removal(&edit);
    judge_host(&edit, from->host, to->host);
    judge_mode(&edit);
    judge_max_age(&edit);
}

const struct judge_meaning *judge_meaning(enum judge_rule rule)
{
    return &meanings[rule];
}

bool judge_is_unsafe(const struct judge_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (meanings[findings->list[i].rule].unsafe)
            return true;
    return false;
}

void judge_free(struct judge_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        buf_free(&findings->list[i].mx);
    *findings = (struct judge_findings) { 0 };
}
