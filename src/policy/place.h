/* The names of a domain's DNS records, in the domain's own zone or in a zone that its owner delegates them to. Pure. */
#ifndef POLICY_PLACE_H
#define POLICY_PLACE_H

#include "policy/domain.h"

#include <stdbool.h>

/* The records of a domain: its policy host, the id of its policy, and where reports go (RFC 8461 3.1, 3.3, RFC 8460 3). */
enum place { PLACE_HOST, PLACE_ID, PLACE_TLSRPT, PLACES };

/* Returns what stands before the domain in the name of PLACE: "_mta-sts.". Do not free it. */
const char *place_prefix(enum place place);

/*
 * Writes the name of PLACE's record to NAME: that of DOMAIN, a policy domain in normal form, such as _mta-sts.example.org. If
 * ZONE, a name in normal form, is not NULL, it is the name to which the owner of DOMAIN points a CNAME (RFC 8461 8.2):
 * _mta-sts.example.org.ZONE. Returns false if it is longer than DOMAIN_MAX; then NAME is only its beginning.
 */
bool place_name(enum place place, const char *domain, const char *zone, char name[DOMAIN_MAX + 1]);

/*
 * Finds the zone to which a CNAME at the name of PLACE's record delegates it. TARGET is where the CNAME points, any text, without
 * a final dot. If it is the name that place_name() makes, in any case, writes its zone to ZONE in normal form and returns true.
 * If not, or if what follows the domain is no host name, returns false, and ZONE is "".
 */
bool place_zone(enum place place, const char *domain, const char *target, char zone[DOMAIN_MAX + 1]);

#endif
