#include "probe/judge/removal.h"

#include "base/buf.h"
#include "base/words.h"
#include "read/finding.h"
#include "read/span.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

enum { DAY = 86400 };
enum { BEGUN, HOST_GONE, RECORD_GONE, DONE, RULES };

#define RFC_REMOVAL "RFC 8461 8.3"

static const struct probe_rule rules[RULES] = {
    [BEGUN] = { "ini-removal", PROBE_OK, 0, 0, 0,
                "is being removed: mode none is served under its id; keep both until every policy that was served before has "
                "expired, then remove the TXT record, then the policy host, then this section",
                RFC_REMOVAL },
    [HOST_GONE] = { "ini-removal-host", PROBE_OK, 0, 0, 0,
                    "is being removed, and the policy host is gone before the TXT record; if every policy that was served before "
                    "has "
                    "expired, remove the record, too; if not, publish the policy host again until then",
                    RFC_REMOVAL },
    [RECORD_GONE] = { "ini-removal-record", PROBE_OK, 0, 0, 0,
                      "is being removed: there is no TXT record any more; next remove the policy host, then this section; if an "
                      "older policy may still be in a cache (its max_age has not passed since it was served last), first publish "
                      "the record of this section again, and wait for that",
                      RFC_REMOVAL },
    [DONE] = { "ini-removed", PROBE_OK, 0, 0, 0,
               "has neither a TXT record nor a policy host any more: the removal is finished, and this section can be deleted "
               "now",
               RFC_REMOVAL },
};

const struct probe_rules probe_removal_rules = { rules, RULES };

enum probe_removal probe_removal_stage(const struct probe_removal_facts *facts)
{
    if (!facts->is_wanted || facts->has_other)
        return PROBE_REMOVAL_NONE;
    if (facts->is_record_gone)
        return facts->is_host_gone ? PROBE_REMOVAL_DONE : PROBE_REMOVAL_RECORD_GONE;
    if (facts->is_host_gone)
        return PROBE_REMOVAL_HOST_GONE;
    return facts->is_published ? PROBE_REMOVAL_BEGUN : PROBE_REMOVAL_NONE;
}

/* "1 day", or "5000 seconds". */
static void print_age(uint32_t seconds, struct buf *out)
{
    bool days = seconds >= DAY && seconds % DAY == 0;
    uint32_t n = days ? seconds / DAY : seconds;

    buf_print(out, "%" PRIu32 " %s%s", n, days ? "day" : "second", words_plural(n));
}

static void add_begun(const char *domain, uint32_t max_age, struct probe_findings *findings)
{
    struct buf says = { 0 };

    buf_print(&says, "is being removed: mode none is served under its id; keep both for ");
    print_age(max_age, &says);
    buf_print(&says,
              " at least (max_age), and until every policy that was served before has expired, which is its own max_age after "
              "it was served last; then remove the TXT record, then the policy host, then this section");
    probe_findings_add_saying(findings, &rules[BEGUN], 0, span_of(domain), &says);
}

void probe_judge_removal(const char *domain, const struct probe_removal_facts *facts, struct probe_findings *findings)
{
    switch (probe_removal_stage(facts)) {
    case PROBE_REMOVAL_BEGUN:
        add_begun(domain, facts->max_age, findings);
        break;
    case PROBE_REMOVAL_HOST_GONE:
        probe_findings_add(findings, &rules[HOST_GONE], 0, span_of(domain));
        break;
    case PROBE_REMOVAL_RECORD_GONE:
        probe_findings_add(findings, &rules[RECORD_GONE], 0, span_of(domain));
        break;
    case PROBE_REMOVAL_DONE:
        probe_findings_add(findings, &rules[DONE], 0, span_of(domain));
        break;
    case PROBE_REMOVAL_NONE:
        break;
    }
}
