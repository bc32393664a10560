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

/* Appends the patterns of APPLIED, sorted, to its meaning. */
static void add_patterns(struct applied *applied)
{
    const char **list = calloc(applied->mx_count + 1, sizeof *list), *mx = applied->mx.text;

    if (list == NULL) {
        applied->meaning.failed = true;
        return;
    }
    for (size_t i = 0; i < applied->mx_count; i++, mx += strlen(mx) + 1)
        list[i] = mx;
    qsort((void *)list, applied->mx_count, sizeof *list, by_name);
    for (size_t i = 0; i < applied->mx_count; i++)
        if (i == 0 || strcmp(list[i], list[i - 1]) != 0)
            buf_print(&applied->meaning, "; mx %s", list[i]);
    free((void *)list);
}

bool applied_read(const char *bytes, size_t len, struct applied *applied)
{
    struct probe_policy policy;

    probe_policy_read(bytes, len, &policy);
    /* The patterns are taken over. */
    *applied = (struct applied) { .max_age = policy.has_max_age ? policy.max_age : POLICY_MAX_AGE_MAX,
                                  .is_none = policy.has_mode && policy.mode == POLICY_NONE,
                                  .mx = policy.mx,
                                  .mx_count = policy.mx.failed ? 0 : policy.mx_count };
    policy.mx = (struct buf) { 0 };
    for (size_t i = 0; i < applied->mx.len; i++)
        applied->mx.text[i] = domain_lower(applied->mx.text[i]);
    if (policy.findings.verdict == PROBE_FAIL || !policy.has_mode || !policy.has_max_age) {
        buf_print(&applied->meaning, "not valid: ");
        buf_add_shown(&applied->meaning, bytes, len, REFUSED_MAX);
    } else {
        buf_print(&applied->meaning, "mode %s; max_age %" PRIu32, policy_mode_text(policy.mode), policy.max_age);
        add_patterns(applied);
    }
    bool good = !policy.findings.failed && !applied->mx.failed && !applied->meaning.failed;
    probe_policy_free(&policy);
    return good;
}

void applied_free(struct applied *applied)
{
    buf_free(&applied->meaning);
    buf_free(&applied->mx);
    *applied = (struct applied) { 0 };
}
