/* Records that a wildcard makes up are not at the name that was asked for (RFC 4592). */
#ifndef PROBE_UPDATE_WILDCARD_H
#define PROBE_UPDATE_WILDCARD_H

#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/update/published.h"

#include <stdbool.h>

/*
 * Writes a name to BELOW for which there are records only if a wildcard makes them up, and only if there is nothing at NAME: if
 * NAME exists, it or "*.NAME" is the closest encloser, and has no wildcard for it (RFC 4592 2.2.1, 3.3.1). False: it is too long.
 */
bool update_wildcard_below(const char *name, char below[DOMAIN_MAX + 1]);

/*
 * True if a wildcard makes up SEEN, the records at NAME of PLACE: there is nothing at the name itself. A wildcard gives the same
 * records to a name beside it and to one below it.
 */
bool update_wildcard_is(struct probe_dns *dns, const char *name, enum place place, const struct update_published *seen);

#endif
