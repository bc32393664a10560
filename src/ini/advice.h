/* Warnings about valid but unwise policies; policies.ini(5), "Warnings", lists all. Pure. */
#ifndef INI_ADVICE_H
#define INI_ADVICE_H

#include "ini/inherit.h"

/*
 * Adds the warnings about the policy in FOUND, which has BYTES bytes when served (RFC 8461 10.2, 10.4, 8.3). Each is added to the
 * section that the value comes from: OWN, TEMPLATE or DEFAULTS (the last two may be NULL). If memory runs out, that section's
 * FAILED is set.
 */
void advice_on_policy(struct section *own, struct section *template, struct section *defaults, const struct inherit_found *found,
                      size_t bytes);

/*
 * Adds the warning that two patterns of mx in FOUND are the same once DOMAIN replaces {domain}, as in FILLED. It is added to OWN.
 */
void advice_on_filled(struct section *own, const struct inherit_found *found, const struct inherit_found *filled,
                      const char *domain);

/* Adds the warning that no section uses TEMPLATE. */
void advice_on_unused(struct section *template);

#endif
