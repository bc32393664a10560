#include "probe/read/delegation.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/read/first.h"
#include "read/finding.h"
#include "read/share.h"
#include "read/span.h"

#include <stdio.h>
#include <string.h>

/* What can be wrong with one name; NOTHING: the record is found where it belongs, or nobody can say. */
enum fault {
    EMPTY, /* the CNAME is right, and the zone has no record */
    NAME,  /* it leads to another name, which has a record */
    LOST,  /* it leads to another name, which has none */
    OWN,   /* it is not delegated, and the owner has a record there */
    NONE,  /* there is neither a CNAME nor a record */
    FAULTS,
    NOTHING = FAULTS
};

enum { SENDERS = PROBE_SENDERS_TXT };

#define SAYS_OTHER "is a CNAME to another name than this domain's in the zone that it is delegated to, "
#define SAYS_NAME SAYS_OTHER "so it changes when that one does; let the domain's owner correct the target"
#define SAYS_LOST SAYS_OTHER "and no record is there; let the domain's owner correct the target"
#define SAYS_OWN                                                                                                                 \
    "is not delegated, as other names of this domain are, so the zone's operator cannot renew its record; let the domain's "     \
    "owner publish a CNAME in its place"
#define SAYS_NONE "does not exist, and other names of this domain are delegated; let the domain's owner publish a CNAME here, too"
#define SAYS_EMPTY "is a CNAME to the right name, but the zone has no record there; "
#define RFC_HOST "RFC 8461 8.2, 3.3"
#define RFC_ID "RFC 8461 8.2, 3.1"
#define RFC_RPT "RFC 8461 8.2, RFC 8460 3"

#define RULE(place, fault) ((size_t)(place) * (size_t)FAULTS + (size_t)(fault))

static const struct probe_rule rules[(size_t)PLACES * (size_t)FAULTS] = {
    [RULE(PLACE_HOST, EMPTY)] = { "host-zone-empty", PROBE_FAIL, 0, 0, 0,
                                  SAYS_EMPTY "let its operator set host in policies.ini, and publish what this command prints",
                                  RFC_HOST },
    [RULE(PLACE_HOST, NAME)] = { "host-zone-name", PROBE_WARN, 0, 0, 0, SAYS_NAME, RFC_HOST },
    [RULE(PLACE_HOST, LOST)] = { "host-zone-lost", PROBE_FAIL, 0, 0, 0, SAYS_LOST, RFC_HOST },
    [RULE(PLACE_HOST, OWN)] = { "host-zone-own", PROBE_OK, 0, 0, 0, SAYS_OWN, RFC_HOST },
    [RULE(PLACE_HOST, NONE)] = { "host-zone-none", PROBE_FAIL, 0, 0, 0, SAYS_NONE, RFC_HOST },
    [RULE(PLACE_ID, EMPTY)] = { "txt-zone-empty", PROBE_FAIL, SENDERS, SENDERS, SENDERS,
                                SAYS_EMPTY "let its operator publish what this command prints", RFC_ID },
    [RULE(PLACE_ID, NAME)] = { "txt-zone-name", PROBE_WARN, 0, 0, 0, SAYS_NAME, RFC_ID },
    [RULE(PLACE_ID, LOST)] = { "txt-zone-lost", PROBE_FAIL, SENDERS, SENDERS, SENDERS, SAYS_LOST, RFC_ID },
    [RULE(PLACE_ID, OWN)] = { "txt-zone-own", PROBE_WARN, 0, 0, 0, SAYS_OWN, RFC_ID },
    [RULE(PLACE_ID, NONE)] = { "txt-zone-none", PROBE_FAIL, SENDERS, SENDERS, SENDERS, SAYS_NONE, RFC_ID },
    [RULE(PLACE_TLSRPT,
          EMPTY)] = { "tlsrpt-zone-empty", PROBE_WARN, 0, 0, 0,
                      SAYS_EMPTY "let its operator set tlsrpt in policies.ini, and publish what this command prints", RFC_RPT },
    [RULE(PLACE_TLSRPT, NAME)] = { "tlsrpt-zone-name", PROBE_WARN, 0, 0, 0, SAYS_NAME, RFC_RPT },
    [RULE(PLACE_TLSRPT, LOST)] = { "tlsrpt-zone-lost", PROBE_WARN, 0, 0, 0, SAYS_LOST, RFC_RPT },
    [RULE(PLACE_TLSRPT, OWN)] = { "tlsrpt-zone-own", PROBE_OK, 0, 0, 0, SAYS_OWN, RFC_RPT },
    [RULE(PLACE_TLSRPT, NONE)] = { "tlsrpt-zone-none", PROBE_WARN, 0, 0, 0, SAYS_NONE, RFC_RPT },
};

/* Does TARGET, or NULL, delegate PLACE to the zone of D; to some zone? */
static bool is_right(const struct probe_delegation *d, enum place place, const char *target)
{
    char zone[DOMAIN_MAX + 1];

    return target != NULL && place_zone(place, d->domain, target, zone) && strcmp(zone, d->zone) == 0;
}

static bool names_zone(const struct probe_delegation *d, enum place place, const char *target)
{
    char zone[DOMAIN_MAX + 1];

    return place_zone(place, d->domain, target, zone);
}

/* Is TARGET the name of PLACE below the zone, of another domain? */
static bool is_others(const struct probe_delegation *d, enum place place, const char *target)
{
    size_t len = strlen(target), zone_len = strlen(d->zone), prefix_len = strlen(place_prefix(place));

    return len > prefix_len + zone_len && domain_same(target, place_prefix(place), prefix_len) &&
           target[len - zone_len - 1] == '.' && domain_same(target + len - zone_len, d->zone, zone_len);
}

static enum fault fault_of(const struct probe_delegation *d, enum place place)
{
    const struct probe_delegation_name *name = &d->names[place];

    if (d->zone[0] == '\0' || !name->is_known)
        return NOTHING;
    if (is_right(d, place, name->first) || is_right(d, place, name->last))
        return name->is_there ? NOTHING : EMPTY;
    if (name->first == NULL)
        return name->is_there ? OWN : NONE;
    if (!name->is_there)
        return LOST;
    /* A policy host may be a CNAME to any other host. */
    return names_zone(d, place, name->first) || is_others(d, place, name->first) ? NAME : OWN;
}

void probe_delegation_find(struct probe_delegation *delegation)
{
    static const enum place order[PLACES] = { PLACE_ID, PLACE_HOST, PLACE_TLSRPT };

    delegation->zone[0] = '\0';
    for (size_t i = 0; i < PLACES; i++) {
        const struct probe_delegation_name *name = &delegation->names[order[i]];
        if (name->first != NULL && (place_zone(order[i], delegation->domain, name->first, delegation->zone) ||
                                    place_zone(order[i], delegation->domain, name->last, delegation->zone)))
            return;
    }
}

/* Is the domain at the end of the zone's name? A DNS form adds it to a target without a final dot. */
static bool ends_in_domain(const struct probe_delegation *d)
{
    size_t len = strlen(d->domain), zone_len = strlen(d->zone);

    return zone_len > len && d->zone[zone_len - len - 1] == '.' && strcmp(d->zone + zone_len - len, d->domain) == 0;
}

void probe_delegation_judge(const struct probe_delegation *delegation, enum place place, enum probe_first first,
                            struct probe_findings *findings)
{
    const enum fault fault = fault_of(delegation, place);
    char own[DOMAIN_MAX + 1], target[DOMAIN_MAX + 1];
    struct buf says = { 0 };

    if (fault == NOTHING || !place_name(place, delegation->domain, NULL, own))
        return;
    buf_print(&says, "%s", rules[RULE(place, fault)].says);
    if (fault == EMPTY)
        buf_print(&says, ": mta-sts dns --delegate %s --only zone %s", delegation->zone, delegation->domain);
    else if (place_name(place, delegation->domain, delegation->zone, target))
        buf_print(&says, ": %s.", target);
    if (fault == EMPTY && ends_in_domain(delegation))
        buf_print(&says, "; or, if a DNS form added the domain to the CNAME's target, let the owner end it with a dot");
    if (probe_first_text(first) != NULL && place == PLACE_ID && (fault == EMPTY || fault == LOST || fault == NONE))
        buf_print(&says, "; but %s", probe_first_text(first));
    probe_findings_add_saying(findings, &rules[RULE(place, fault)], 0, span_of(own), &says);
}

bool probe_delegation_where(const struct probe_delegation *delegation, enum place place, char name[DOMAIN_MAX + 1])
{
    const enum fault fault = fault_of(delegation, place);
    const char *last = delegation->names[place].last;

    /* From the right name of the zone on, other CNAMEs may lead elsewhere. */
    bool is_beyond = (fault == NOTHING || fault == EMPTY) && last != NULL && !is_right(delegation, place, last);
    if (delegation->zone[0] != '\0' && fault != OWN && !is_beyond &&
        place_name(place, delegation->domain, delegation->zone, name))
        return true;
    (void)place_name(place, delegation->domain, NULL, name);
    if (last != NULL)
        (void)snprintf(name, DOMAIN_MAX + 1, "%s", last);
    return false;
}

const struct probe_rules probe_delegation_rules = { rules, sizeof rules / sizeof rules[0] };
