#include "probe/sight.h"
#include "base/buf.h"
#include "policy/model.h"
#include "probe/read/finding.h"
#include "probe/read/result.h"

#include <string.h>

void sight_not_told(struct probe_check *check, const char *why)
{
    check->state = PROBE_UNKNOWN;
    buf_free(&check->summary);
    sight_add(&check->summary, why);
}

void sight_take(struct probe_check *check, struct probe_findings *findings)
{
    check->findings = *findings;
    *findings = (struct probe_findings) { 0 };
}

bool sight_is_fine(const struct sight *sight, enum probe_check_name name)
{
    const struct probe_check *check = &sight->probe->checks[name];

    return check->state == PROBE_DONE && check->findings.verdict != PROBE_FAIL;
}

bool sight_is_none(const struct sight *sight)
{
    return sight->policy.has_mode && sight->policy.mode == POLICY_NONE;
}

bool sight_has_patterns(const struct sight *sight)
{
    return sight->policy.mx_count > 0 && !sight_is_none(sight);
}

void sight_add(struct buf *out, const char *text)
{
    buf_add_shown(out, text, strlen(text), SIGHT_SHOWN_MAX);
}

const char *sight_plural(size_t n)
{
    return n == 1 ? "" : "s";
}
