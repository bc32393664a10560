/* With --delegate: whether the records of a domain are in that zone or in its own, and what its owner has to publish. */
#ifndef PROBE_UPDATE_WHERE_H
#define PROBE_UPDATE_WHERE_H

#include "base/buf.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/update/plan.h"
#include "probe/update/published.h"

/*
 * Finds the zone where the records of DOMAIN belong: returns ZONE, or NULL for the domain's own. It is ZONE if one of the
 * domain's own names is a CNAME to its name below ZONE (RFC 8461 8.2), and otherwise the domain's own zone only if the name
 * server that PRIMARY asks has that: nobody else may change it. PRIMARY is NULL if no such server is known. DNS asks for all
 * else. OWN, PLACES of them, is what is published at the domain's own names; the caller frees each with update_published_free().
 */
const char *update_where(struct probe_dns *dns, struct probe_dns *primary, const char *domain, const char *zone,
                         struct update_published *own);

/*
 * The records of NAMES, PLACES of them, are in ZONE. DNS asks about the owner's names. Adds a line to OUT for each CNAME that the
 * domain's owner has to publish, and for each that leads to no record. Adds none for records that policies.ini does not ask for,
 * for those of the owner's that are as policies.ini has them, though they are renewed by nobody (but for the id), or for what
 * stays away in mode none (LEAVES). False where memory runs out.
 */
bool update_where_owner(struct probe_dns *dns, const struct update_name *names, const struct update_published *own, bool leaves,
                        const char *zone, struct buf *out);

#endif
