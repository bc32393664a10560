#include "probe/judge/section.h"

#include "base/buf.h"
#include "ini/write.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/judge/result.h"
#include "read/match.h"

#include <string.h>

enum { WEEK = 7 * 86400 };

/* Is the pattern I of MX that of an earlier one? */
static bool is_repeated(const char *mx, size_t i, const char *pattern)
{
    size_t len = strlen(pattern);

    for (; i > 0; i--, mx += strlen(mx) + 1)
        if (strlen(mx) == len && domain_same(mx, pattern, len))
            return true;
    return false;
}

void probe_section_add_unused(const char *mx, size_t mx_count, const char *const *hosts, size_t host_count, struct buf *out)
{
    const char *pattern = mx;

    for (size_t i = 0; i < mx_count; i++, pattern += strlen(pattern) + 1) {
        size_t len = strlen(pattern);
        char normal[DOMAIN_MAX + sizeof "*."];
        if (policy_mx_fault(pattern, len) != DOMAIN_FINE || len >= sizeof normal || is_repeated(mx, i, pattern) ||
            probe_match_any(pattern, hosts, host_count))
            continue;
        for (size_t k = 0; k <= len; k++)
            normal[k] = domain_lower(pattern[k]);
        buf_print(out,
                  "mx      = %s    ; served now, but no MX record matches it; keep it for a host that is planned, or a backup\n",
                  normal);
    }
}

/* What becomes of mode enforce, by the status of the MX hosts. */
static const char *const fates[PROBE_STATUSES] = {
    [PROBE_STATUS_OK] = "This section keeps it: all MX hosts are good.",
    [PROBE_STATUS_WARNING] =
        "This section keeps it: senders can deliver to all MX hosts. The comments below say what to mend there.",
    [PROBE_STATUS_CRITICAL] =
        "This section goes back to testing, because senders defer mail for an MX host, as the comments below "
        "say. Better: correct that host, and write enforce.",
    [PROBE_STATUS_UNKNOWN] =
        "This section goes back to testing, because an MX host could not be looked at, as the comments below "
        "say. Better: run this on a machine that reaches it, and write enforce if it is good.",
};

static bool is_in_doubt(const struct probe_served *served)
{
    return served->is_unknown || served->is_record_unknown;
}

static bool is_good(int mx_status)
{
    return mx_status == PROBE_STATUS_OK || mx_status == PROBE_STATUS_WARNING;
}

/* What mode enforce waits for, beside what is said before it. */
static const char *and_hosts(int mx_status)
{
    return is_good(mx_status) ? "" : ", and all MX hosts are good";
}

/* That mode is not visible now: senders may have it in their caches. */
static void add_keep(int mx_status, struct buf *why)
{
    buf_print(why, is_good(mx_status) ? ", keep that mode." : ", keep that mode as soon as all MX hosts are good.");
}

static void explain(const struct probe_served *served, int mx_status, struct buf *why)
{
    buf_print(why, "Served now: mode %s", policy_mode_text(served->mode));
    if (served->has_max_age) {
        buf_print(why, ", max_age ");
        write_age(why, served->max_age);
    }
    buf_print(why, ".");
    if (!served->is_accepted)
        buf_print(why, " Not all senders find that, or take it: mta-sts-probe without --suggest says why.");
    else if (is_in_doubt(served))
        buf_print(why, " Whether all senders find that could not be found out: mta-sts-probe without --suggest says why.");
    if (served->mode == POLICY_NONE)
        buf_print(why, " This section begins again with testing.");
    else if (served->mode == POLICY_ENFORCE && !served->is_accepted)
        buf_print(why, " This section goes back to testing. Once senders accept what is served%s, write enforce.",
                  and_hosts(mx_status));
    else if (served->mode == POLICY_ENFORCE && is_in_doubt(served))
        buf_print(why, " This section goes back to testing. Better: run this again, and write enforce if senders find it%s.",
                  and_hosts(mx_status));
    else if (served->mode == POLICY_ENFORCE)
        buf_print(why, " %s", fates[mx_status]);
}

void probe_section_decide(const struct probe_served *served, int mx_status, struct probe_section *section, struct buf *why)
{
    bool keeps =
        served->has_mode && served->mode == POLICY_ENFORCE && served->is_accepted && !is_in_doubt(served) && is_good(mx_status);

    *section = (struct probe_section) { keeps ? POLICY_ENFORCE : POLICY_TESTING, WEEK };
    if (served->has_max_age && (keeps || served->max_age > WEEK))
        section->max_age = served->max_age;
    if (served->has_mode)
        explain(served, mx_status, why);
    else if (served->is_unknown)
        buf_print(why, "Whether a policy is served now could not be found out: mta-sts-probe without --suggest says why. If "
                       "one is, in mode enforce");
    else if (served->has_record)
        buf_print(
            why,
            "The TXT record says that there is a policy, but none could be fetched that says its mode: mta-sts-probe without "
            "--suggest says why. Senders that have "
            "it in their cache keep to it. If it is in mode enforce");
    if (!served->has_mode && (served->is_unknown || served->has_record))
        add_keep(mx_status, why);
}
