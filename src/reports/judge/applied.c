#include "reports/judge/applied.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "read/finding.h"
#include "read/policy.h"
#include "read/policy_field.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of a policy that senders refuse, this many bytes are compared. */
enum { REFUSED_MAX = 1024 };

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* Takes over the patterns of POLICY. False if memory runs out. */
static bool take_patterns(struct applied *applied, struct probe_policy *policy)
{
    applied->patterns = policy->mx;
    policy->mx = (struct buf) { 0 };
    applied->mx = calloc(policy->mx_count + 1, sizeof *applied->mx);
    if (applied->mx == NULL || applied->patterns.failed)
        return false;
    char *text = applied->patterns.text;
    for (size_t i = 0; i < applied->patterns.len; i++)
        text[i] = domain_lower(text[i]);
    for (; applied->mx_count < policy->mx_count; text += strlen(text) + 1)
        applied->mx[applied->mx_count++] = text;
    qsort((void *)applied->mx, applied->mx_count, sizeof *applied->mx, by_name);
    return true;
}

/* Appends the patterns of APPLIED to its meaning. */
static void add_patterns(struct applied *applied)
{
    for (size_t i = 0; i < applied->mx_count; i++)
        if (i == 0 || strcmp(applied->mx[i], applied->mx[i - 1]) != 0)
            buf_print(&applied->meaning, "; mx %s", applied->mx[i]);
}

bool applied_read(const char *bytes, size_t len, struct applied *applied)
{
    struct probe_policy policy;

    probe_policy_read(bytes, len, &policy);
    *applied = (struct applied) { .max_age = policy.has_max_age ? policy.max_age : POLICY_MAX_AGE_MAX,
                                  .is_none = policy.has_mode && policy.mode == POLICY_NONE };
    bool good = take_patterns(applied, &policy);
    if (policy.findings.verdict == PROBE_FAIL || !policy.has_mode || !policy.has_max_age) {
        buf_print(&applied->meaning, "not valid: ");
        buf_add_shown(&applied->meaning, bytes, len, REFUSED_MAX);
    } else {
        buf_print(&applied->meaning, "mode %s; max_age %" PRIu32, policy_mode_text(policy.mode), policy.max_age);
        add_patterns(applied);
    }
    good = good && !policy.findings.failed && !applied->meaning.failed;
    probe_policy_free(&policy);
    return good;
}

void applied_free(struct applied *applied)
{
    buf_free(&applied->meaning);
    buf_free(&applied->patterns);
    free((void *)applied->mx);
    *applied = (struct applied) { 0 };
}

static bool has(const struct applied *applied, const char *pattern)
{
    return applied->mx_count > 0 &&
           bsearch((const void *)&pattern, (const void *)applied->mx, applied->mx_count, sizeof pattern, by_name) != NULL &&
           policy_mx_fault(pattern, strlen(pattern)) == DOMAIN_FINE;
}

/* A report may have thousands of patterns, and thousands of failures: see policy_mx_match(). */
bool applied_names(const struct applied *applied, const char *mx)
{
    char wildcard[DOMAIN_MAX + 2] = "*";
    const char *dot = strchr(mx, '.');

    if (has(applied, mx))
        return true;
    if (dot == NULL || dot == mx)
        return false;
    (void)strncat(wildcard, dot, DOMAIN_MAX);
    return has(applied, wildcard);
}
