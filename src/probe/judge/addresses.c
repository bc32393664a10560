#include "probe/judge/addresses.h"
#include "base/buf.h"
#include "probe/ask/fetched.h"
#include "probe/read/special_use.h"
#include "read/finding.h"

#include <string.h>

enum probe_address_state probe_address_state(const struct probe_fetched *fetched, bool is_known,
                                             const struct probe_findings *findings)
{
    if (findings->verdict == PROBE_FAIL)
        return PROBE_ADDRESS_BAD;
    if (is_known)
        return PROBE_ADDRESS_GOOD;
    if (fetched->outcome == PROBE_FETCH_NO_ROUTE)
        return PROBE_ADDRESS_NO_ROUTE;
    if (fetched->outcome == PROBE_FETCH_STOPPED || fetched->outcome == PROBE_FETCH_LACK)
        return PROBE_ADDRESS_NOT_ASKED;
    return PROBE_ADDRESS_DOUBTFUL;
}

void probe_address_judge_use(struct probe_address *address)
{
    if (address->state != PROBE_ADDRESS_BAD && probe_address_use(address->name) != NULL)
        address->state = PROBE_ADDRESS_SPECIAL;
}

size_t probe_addresses_count(const struct probe_address *list, size_t count, enum probe_address_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += list[i].state == state;
    return n;
}

/* Has ADDRESS the finding I of FROM, too? */
static bool has_same(const struct probe_address *address, const struct probe_findings *from, size_t i)
{
    const struct probe_findings *own = &address->findings;

    for (size_t k = 0; k < own->count; k++)
        if (own->list[k].rule == from->list[i].rule &&
            strcmp(probe_finding_text(own, &own->list[k]), probe_finding_text(from, &from->list[i])) == 0)
            return true;
    return false;
}

/* Adds to ADDRESSES, apart by spaces, those that have the finding I of the address AT. Returns how many; 0: an earlier one has
 * it. */
static size_t find_others(const struct probe_address *list, size_t count, size_t at, size_t i, struct buf *addresses)
{
    size_t n = 0;

    for (size_t k = 0; k < count; k++) {
        if (!has_same(&list[k], &list[at].findings, i))
            continue;
        if (k < at)
            return 0;
        buf_print(addresses, "%s%s", n > 0 ? " " : "", list[k].name);
        n++;
    }
    return n;
}

static void join_finding(const struct probe_address *list, size_t count, size_t at, size_t i, bool others_work,
                         struct probe_findings *findings)
{
    const struct probe_findings *from = &list[at].findings;
    enum probe_severity severity = from->list[i].severity;
    struct buf addresses = { 0 };
    size_t n = find_others(list, count, at, i, &addresses);

    if (others_work && severity == PROBE_FAIL)
        severity = PROBE_WARN;
    if (addresses.failed)
        findings->failed = true;
    else if (n > 0)
        probe_findings_add_at(n < count ? addresses.text : NULL, from, i, severity, findings);
    buf_free(&addresses);
}

/* Were all of them asked? */
static bool is_all_asked(const struct probe_address *list, size_t count)
{
    return probe_addresses_count(list, count, PROBE_ADDRESS_NO_ROUTE) == 0 &&
           probe_addresses_count(list, count, PROBE_ADDRESS_NOT_ASKED) == 0;
}

enum probe_reach probe_addresses_join(const struct probe_address *list, size_t count, struct probe_findings *findings)
{
    size_t good = probe_addresses_count(list, count, PROBE_ADDRESS_GOOD);
    size_t bad = probe_addresses_count(list, count, PROBE_ADDRESS_BAD);
    size_t special = probe_addresses_count(list, count, PROBE_ADDRESS_SPECIAL);

    for (size_t at = 0; at < count; at++) {
        for (size_t i = 0; i < list[at].findings.count; i++)
            join_finding(list, count, at, i, good > 0, findings);
        findings->left_out += list[at].findings.left_out;
        findings->failed |= list[at].findings.failed;
    }
    if (good == 0 && bad > 0)
        return is_all_asked(list, count) ? PROBE_REACH_NONE : PROBE_REACH_PARTLY;
    if (good == 0)
        return special > 0 && special == count ? PROBE_REACH_NONE : PROBE_REACH_UNKNOWN;
    return bad + special + probe_addresses_count(list, count, PROBE_ADDRESS_DOUBTFUL) > 0 ? PROBE_REACH_SOME : PROBE_REACH_ALL;
}

void probe_addresses_free(struct probe_address *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        probe_findings_free(&list[i].findings);
}
