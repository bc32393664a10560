/* Checks the value of each key (RFC 8461 3.2, RFC 8460 3). Pure. */
#ifndef INI_VALUE_H
#define INI_VALUE_H

#include "ini/section.h"

/*
 * Checks VALUE of KEY, on LINE, and adds its mistakes to SECTION. Also adds the patterns of mx to SECTION, and removes a wrong
 * value of use from it. VALUE is modified: it is split into words.
 */
void value_check(struct section *section, unsigned line, enum key key, char *value);

#endif
