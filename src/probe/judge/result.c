#include "probe/judge/result.h"
#include "base/buf.h"
#include "program/status.h"
#include "read/finding.h"
#include <stddef.h>

static const char *const names[PROBE_CHECKS] = {
    "txt", "host", "https", "answer", "policy", "mx", "smtp", "tlsrpt", "ini", "dane"
};

const char *probe_check_text(enum probe_check_name check)
{
    return names[check];
}

int probe_findings_status(const struct probe_findings *findings, bool is_all)
{
    static const int statuses[] = { [PROBE_OK] = PROBE_STATUS_OK, [PROBE_WARN] = PROBE_STATUS_WARNING };

    if (findings->verdict == PROBE_FAIL)
        return PROBE_STATUS_CRITICAL;
    return is_all ? statuses[findings->verdict] : PROBE_STATUS_UNKNOWN;
}

int probe_check_status(const struct probe_check *check)
{
    return probe_findings_status(&check->findings, check->state != PROBE_UNKNOWN);
}

int probe_status(const struct probe_result *result)
{
    int worst = 0;

    for (size_t i = 0; i < PROBE_CHECKS; i++)
        worst = status_worse(worst, probe_check_status(&result->checks[i]));
    return worst;
}

void probe_result_free(struct probe_result *result)
{
    for (size_t i = 0; i < PROBE_CHECKS; i++) {
        buf_free(&result->checks[i].summary);
        probe_findings_free(&result->checks[i].findings);
    }
    buf_free(&result->effect);
    buf_free(&result->publish);
    buf_free(&result->reports);
}
