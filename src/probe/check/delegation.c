#include "probe/check/delegation.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/check/observation.h"
#include "probe/judge/result.h"
#include "probe/read/delegation.h"

#include <string.h>

static const struct probe_dns_answer *answer_of(const struct observation *o, enum place place)
{
    return place == PLACE_HOST ? &o->address : place == PLACE_ID ? &o->record : &o->reports;
}

/* Asks for the first CNAME of each name that has one, unless the last target says enough: it is in the zone. */
static void ask_first_targets(struct observation *o)
{
    char names[PLACES][DOMAIN_MAX + 1], zone[DOMAIN_MAX + 1];
    struct probe_dns_question questions[PLACES];
    size_t count = 0;

    for (enum place place = 0; place < PLACES; place++) {
        const char *last = answer_of(o, place)->alias;
        if (last != NULL && !place_zone(place, o->result->domain, last, zone) &&
            place_name(place, o->result->domain, NULL, names[place]))
            questions[count++] = (struct probe_dns_question) { names[place], PROBE_DNS_CNAME, &o->cname[place] };
    }
    if (count > 0)
        probe_dns_ask(o->dns, questions, count);
}

void probe_delegation_look(struct observation *observation)
{
    struct probe_delegation *delegation = &observation->delegation;

    ask_first_targets(observation);
    for (enum place place = 0; place < PLACES; place++) {
        const struct probe_dns_answer *answer = answer_of(observation, place);
        const struct probe_dns_answer *cname = &observation->cname[place];
        const char *first = cname->count > 0 ? cname->targets[0] : NULL;
        delegation->names[place] = (struct probe_delegation_name) {
            .is_known = answer->state != PROBE_DNS_AGAIN,
            .is_there = answer->state == PROBE_DNS_FOUND,
            .first = first != NULL ? first : answer->alias,
            .last = answer->alias,
        };
    }
    probe_delegation_find(delegation);
}

bool probe_delegation_lacks(const struct observation *observation, enum place place)
{
    return observation->delegation.zone[0] != '\0' && answer_of(observation, place)->state == PROBE_DNS_ABSENT;
}

void probe_delegation_add_way(const struct observation *observation, enum place place, struct probe_check *check)
{
    const struct probe_delegation_name *name = &observation->delegation.names[place];

    if (name->last == NULL)
        return;
    buf_print(&check->summary, ", by way of ");
    check_add(check, name->first);
    if (observation->delegation.zone[0] == '\0' || strcmp(name->first, name->last) == 0)
        return;
    buf_print(&check->summary, " and ");
    check_add(check, name->last);
}
