#include "read/share.h"

#include "base/buf.h"
#include "read/finding.h"
#include <stddef.h>

struct probe_share probe_share_all(unsigned of)
{
    return (struct probe_share) { true, of, of, of };
}

struct probe_share probe_share_none(unsigned of)
{
    return (struct probe_share) { true, 0, 0, of };
}

/* Has an earlier one of FINDINGS the rule of number I? */
static bool is_repeated(const struct probe_findings *findings, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (findings->list[k].rule == findings->list[i].rule)
            return true;
    return false;
}

static unsigned less(unsigned a, unsigned b)
{
    return a > b ? a - b : 0;
}

struct probe_share probe_share_less(struct probe_share share, const struct probe_findings *findings)
{
    unsigned least = less(share.of, share.most), most = less(share.of, share.least);

    for (size_t i = 0; i < findings->count; i++) {
        const struct probe_rule *rule = findings->list[i].rule;
        if (rule->severity == PROBE_OK || findings->list[i].severity != rule->severity || is_repeated(findings, i))
            continue;
        if (rule->of == share.of && rule->least > least)
            least = rule->least;
        if (rule->of == share.of)
            most += rule->most;
        else if (rule->severity == PROBE_FAIL)
            most = share.of;
    }
    share.most = less(share.of, least);
    share.least = less(share.of, most);
    return share;
}

struct probe_share probe_share_rest(struct probe_share share)
{
    return (struct probe_share) { share.is_known, less(share.of, share.most), less(share.of, share.least), share.of };
}

bool probe_share_is_none(struct probe_share share)
{
    return share.is_known && share.most == 0;
}

bool probe_share_is_some(struct probe_share share)
{
    return share.is_known && share.least != share.of && !probe_share_is_none(share);
}

void probe_share_add(struct probe_share share, struct buf *out)
{
    if (share.least == share.most)
        buf_print(out, "%u of %u", share.most, share.of);
    else if (share.least == 0)
        buf_print(out, "up to %u of %u", share.most, share.of);
    else
        buf_print(out, "%u to %u of %u", share.least, share.most, share.of);
}
