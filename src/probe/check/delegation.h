/* Looks in the DNS whether a domain is delegated, for the checks of its records. */
#ifndef PROBE_CHECK_DELEGATION_H
#define PROBE_CHECK_DELEGATION_H

#include "policy/place.h"
#include "probe/check/observation.h"

#include <stdbool.h>

/* Fills OBSERVATION's delegation, once the answers about all three names are there: asks for the first CNAME of some. */
void probe_delegation_look(struct observation *observation);

/* Is the domain delegated, and PLACE's record not there? Then probe_delegation_judge() says all that is wrong. */
bool probe_delegation_lacks(const struct observation *observation, enum place place);

/*
 * Adds by way of which names the record of PLACE was found to what CHECK saw, if there are CNAMEs: the first target, which the
 * owner wrote; if the domain is delegated, the last, too.
 */
void probe_delegation_add_way(const struct observation *observation, enum place place, struct probe_check *check);

#endif
