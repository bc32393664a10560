/* What is valid in policies.ini and yet unwise. Pure. */
#ifndef INI_ADVICE_H
#define INI_ADVICE_H

#include "ini/inherit.h"

/*
 * Adds the warnings about the policy in FOUND, BYTES long when rendered: to OWN, or to TEMPLATE or DEFAULTS (each NULL: none)
 * where the value in question stands there (RFC 8461 10.2, 10.4, 8.3).
 */
void advice_on_policy(struct section *own, struct section *template, struct section *defaults, const struct inherit_found *found,
                      size_t bytes);

/* Adds the warning that nobody uses TEMPLATE. */
void advice_on_unused(struct section *template);

#endif
