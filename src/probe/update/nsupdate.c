/*
 * nsupdate: dynamic updates (RFC 2136), one for each zone in which a domain has a change. The prerequisites are what was seen: a
 * record that somebody changed since then makes the name server refuse the whole update of the zone.
 */
#include "base/buf.h"
#include "command/dns/format.h"
#include "policy/place.h"
#include "probe/update/beside.h"
#include "probe/update/domain.h"
#include "probe/update/plan.h"
#include "probe/update/print.h"
#include "probe/update/published.h"

#include <stddef.h>
#include <string.h>

/* The types of records that are looked for at the names of a place. */
static const char *const types[PLACES][UPDATE_TYPES_MAX] = {
    [PLACE_HOST] = { "CNAME", "A", "AAAA" },
    [PLACE_ID] = { "CNAME", "TXT" },
    [PLACE_TLSRPT] = { "CNAME", "TXT" },
};

/* The set of records of TYPE is as it was seen. */
static void require_set(const struct update_name *name, const char *type, struct buf *out)
{
    bool found = false;

    for (size_t i = 0; i < name->seen_count; i++) {
        if (strcmp(name->seen[i].type, type) != 0)
            continue;
        buf_print(out, "prereq yxrrset %s. %s %s\n", name->name, type, name->seen[i].exact);
        found = true;
    }
    if (!found)
        buf_print(out, "prereq nxrrset %s. %s\n", name->name, type);
}

static void require_sets(const struct update_name *name, struct buf *out)
{
    for (size_t i = 0; i < UPDATE_TYPES_MAX && types[name->place][i] != NULL; i++)
        require_set(name, types[name->place][i], out);
}

static void require(const struct update_name *name, struct buf *out)
{
    if (update_adds_cname(name) && name->seen_count == 0) {
        buf_print(out, "prereq nxdomain %s.\n", name->name);
        return;
    }
    require_sets(name, out);
    /* Beside them a name server ignores an added CNAME, and reports no error (RFC 2136 3.4.2.2). */
    for (size_t i = 0; update_adds_cname(name) && update_beside_at(i) != NULL; i++)
        buf_print(out, "prereq nxrrset %s. %s\n", name->name, update_beside_at(i));
}

static void change(const struct update *update, const struct update_name *name, struct buf *out)
{
    for (size_t i = 0; i < name->seen_count; i++)
        if (!update_stays(name, &name->seen[i], update->replaces))
            buf_print(out, "update delete %s. %s %s\n", name->name, name->seen[i].type, name->seen[i].exact);
    for (size_t i = 0; i < name->wanted_count; i++)
        dns_nsupdate_add(out, &name->wanted[i]);
}

/* Is the change of NAME the first one in its zone? */
static bool opens_zone(const struct update *update, size_t name)
{
    for (size_t i = 0; i < name; i++)
        if (update->steps[i] == UPDATE_CHANGE && strcmp(update->zones[i], update->zones[name]) == 0)
            return false;
    return update->steps[name] == UPDATE_CHANGE;
}

static bool is_in(const struct update *update, size_t name, const char *zone)
{
    return update->steps[name] == UPDATE_CHANGE && strcmp(update->zones[name], zone) == 0;
}

static void print_zone(const struct update *update, const char *zone, struct buf *out)
{
    buf_print(out, "; %s\n", update->domain);
    if (zone[0] != '\0')
        buf_print(out, "zone %s.\n", zone);
    for (size_t i = 0; i < PLACES; i++)
        if (is_in(update, i, zone))
            require(&update->names[i], out);
    if (update->holds_host && is_in(update, PLACE_ID, zone))
        require_sets(&update->names[PLACE_HOST], out);
    for (size_t i = 0; i < PLACES; i++)
        if (is_in(update, i, zone))
            change(update, &update->names[i], out);
    buf_print(out, "send\n");
}

void update_nsupdate(const struct update *update, struct buf *out)
{
    for (size_t i = 0; i < PLACES; i++)
        if (opens_zone(update, i))
            print_zone(update, update->zones[i], out);
}
