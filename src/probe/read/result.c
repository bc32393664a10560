#include "probe/read/result.h"

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
