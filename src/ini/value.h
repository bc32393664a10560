/* The value of each key: what is valid, and what its problem is (RFC 8461 3.2, 8460 3). Pure. */
#ifndef INI_VALUE_H
#define INI_VALUE_H

#include "ini/section.h"

/*
 * Checks VALUE, of KEY, on LINE, and adds what is wrong with it to SECTION; of mx, adds its patterns, too. VALUE is cut into its
 * words. SECTION's value of use is taken back where it is wrong.
 */
void value_check(struct section *section, unsigned line, enum key key, char *value);

#endif
