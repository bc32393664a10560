#include "probe/check/observation.h"
#include "base/buf.h"
#include "policy/model.h"
#include "probe/ask/dns_answer.h"
#include "probe/check/file.h"
#include "probe/judge/removal.h"
#include "probe/judge/result.h"
#include "read/finding.h"

#include <string.h>

enum { SHOWN_MAX = 80, WHY_MAX = 250 };

void check_is_unknown(struct probe_check *check, const char *why)
{
    check->state = PROBE_UNKNOWN;
    buf_free(&check->summary);
    buf_add_shown(&check->summary, why, strlen(why), WHY_MAX);
}

void check_add(struct probe_check *check, const char *text)
{
    buf_add_shown(&check->summary, text, strlen(text), SHOWN_MAX);
}

void check_take(struct probe_check *check, struct probe_findings *findings)
{
    check->findings = *findings;
    *findings = (struct probe_findings) { 0 };
}

/* Was the check NAME done without a FAIL? */
static bool is_fine(const struct observation *observation, enum probe_check_name name)
{
    const struct probe_check *check = &observation->result->checks[name];

    return check->state == PROBE_DONE && check->findings.verdict != PROBE_FAIL;
}

bool observation_is_fetched(const struct observation *observation)
{
    return !observation->host_hidden && is_fine(observation, PROBE_CHECK_HTTPS) && is_fine(observation, PROBE_CHECK_ANSWER);
}

bool observation_is_served(const struct observation *observation)
{
    const struct probe_expected *expected = observation->expected;

    if (observation->policy_partly || !observation_is_fetched(observation) || !is_fine(observation, PROBE_CHECK_POLICY))
        return false;
    for (size_t i = 0; i < observation->at_count && expected != NULL && expected->policy != NULL; i++) {
        const struct buf *body = &observation->at[i].fetched.body;
        if (observation->at[i].has_policy && (body->len != expected->len || memcmp(body->text, expected->policy, body->len) != 0))
            return false;
    }
    return true;
}

bool observation_is_mode_none(const struct observation *observation)
{
    return observation->policy.has_mode && observation->policy.mode == POLICY_NONE;
}

bool observation_is_absent(const struct probe_dns_answer *answer)
{
    return answer->state == PROBE_DNS_ABSENT && answer->alias == NULL;
}

bool observation_is_removed(const struct observation *observation)
{
    return observation->removal == PROBE_REMOVAL_RECORD_GONE || observation->removal == PROBE_REMOVAL_DONE;
}

bool observation_has_patterns(const struct observation *observation)
{
    return observation->policy.mx_count > 0 && !observation_is_mode_none(observation);
}
