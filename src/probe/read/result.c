#include "probe/read/result.h"
#include "base/buf.h"
#include "policy/model.h"
#include "probe/read/finding.h"
#include <stddef.h>

static const char *const names[PROBE_CHECKS] = {
    "txt", "host", "https", "answer", "policy", "mx", "smtp", "tlsrpt", "ini", "dane"
};

const char *probe_check_text(enum probe_check_name check)
{
    return names[check];
}

const char *probe_mode_text(enum policy_mode mode)
{
    static const char *const modes[] = { [POLICY_TESTING] = "testing", [POLICY_ENFORCE] = "enforce", [POLICY_NONE] = "none" };

    return modes[mode];
}

int probe_check_status(const struct probe_check *check)
{
    static const int statuses[] = { [PROBE_OK] = 0, [PROBE_WARN] = 1, [PROBE_FAIL] = 2 };

    if (check->findings.verdict == PROBE_FAIL)
        return PROBE_STATUS_CRITICAL;
    return check->state == PROBE_UNKNOWN ? PROBE_STATUS_UNKNOWN : statuses[check->findings.verdict];
}

int probe_worse(int a, int b)
{
    /* 0 < 1 < 3 < 2 */
    static const int ranks[] = { 0, 1, 3, 2 };

    return ranks[a] >= ranks[b] ? a : b;
}

int probe_status(const struct probe *probe)
{
    int worst = 0;

    for (size_t i = 0; i < PROBE_CHECKS; i++)
        worst = probe_worse(worst, probe_check_status(&probe->checks[i]));
    return worst;
}

void probe_free(struct probe *probe)
{
    for (size_t i = 0; i < PROBE_CHECKS; i++) {
        buf_free(&probe->checks[i].summary);
        probe_findings_free(&probe->checks[i].findings);
    }
    buf_free(&probe->effect);
    buf_free(&probe->publish);
}
