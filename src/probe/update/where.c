#include "probe/update/where.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/update/obstacle.h"
#include "probe/update/plan.h"
#include "probe/update/published.h"
#include "probe/update/wildcard.h"

#include <string.h>

/* Does a CNAME at PLACE's name lead to its name below ZONE: the first one, or by way of others the last? */
static bool leads(const struct update_published *own, enum place place, const char *domain, const char *zone)
{
    const struct update_name name = { .place = place, .domain = domain, .seen = own->records, .seen_count = own->count };
    const char *last = own->answers[1].alias;
    char found[DOMAIN_MAX + 1];

    if (update_delegates(&name, found) && strcmp(found, zone) == 0)
        return true;
    return last != NULL && place_zone(place, domain, last, found) && strcmp(found, zone) == 0;
}

static void ask(struct probe_dns *dns, const char *domain, struct update_published *own)
{
    static const enum place places[PLACES] = { PLACE_HOST, PLACE_ID, PLACE_TLSRPT };
    char names[PLACES][DOMAIN_MAX + 1];
    const char *list[PLACES];

    for (size_t i = 0; i < PLACES; i++) {
        (void)place_name(places[i], domain, NULL, names[i]);
        list[i] = names[i];
    }
    update_published_ask(dns, list, places, PLACES, own);
}

const char *update_where(struct probe_dns *dns, struct probe_dns *primary, const char *domain, const char *zone,
                         struct update_published *own)
{
    char its_own[DOMAIN_MAX + 1] = "";

    if (primary != NULL)
        update_published_zone(primary, domain, its_own);
    ask(its_own[0] != '\0' ? primary : dns, domain, own);
    for (enum place place = 0; place < PLACES; place++)
        if (leads(&own[place], place, domain, zone))
            return zone;
    return its_own[0] != '\0' ? NULL : zone;
}

/* --- what the owner has to publish --- */

/* NAME, of the domain's own, has STEP: is it as policies.ini has it? An id that nobody can renew is not. A mistake is reported
 * already. */
static bool is_fine(const struct update_name *name, enum update_step step, bool leaves)
{
    if (step == UPDATE_MISTAKE)
        return true;
    return step == UPDATE_NOTHING && (name->place != PLACE_ID || leaves || name->wanted_count == 0);
}

bool update_where_owner(struct probe_dns *dns, const struct update_name *names, const struct update_published *own, bool leaves,
                        const char *zone, struct buf *out)
{
    const struct update_terms terms = { .leaves = leaves, .is_safe = true };
    char text[PLACES][DOMAIN_MAX + 1];
    struct update_name at[PLACES];
    enum update_step steps[PLACES];

    for (enum place place = 0; place < PLACES; place++) {
        at[place] = names[place];
        (void)place_name(place, names[place].domain, NULL, text[place]);
        at[place].name = text[place];
        at[place].unknown = own[place].unknown;
        at[place].seen = own[place].records;
        at[place].seen_count = own[place].count;
    }
    if (!update_plan(at, &terms, steps))
        return false;
    for (enum place place = 0; place < PLACES; place++) {
        if (leads(&own[place], place, names[place].domain, zone))
            update_obstacle_empty(&names[place], out);
        else if (names[place].unknown == NULL && !is_fine(&at[place], steps[place], leaves)) {
            /* The owner's wildcard can stay. */
            if (update_wildcard_is(dns, text[place], place, &own[place]))
                at[place].seen_count = 0;
            update_obstacle_owner(&at[place], names[place].name, out);
        }
    }
    return true;
}
