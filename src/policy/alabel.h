/*
 * Writes the A-labels of a name that is not ASCII (RFC 5891, RFC 3492), for messages. It knows only letters that need no mapping:
 * other names are for a library of IDNA. Pure.
 */
#ifndef POLICY_ALABEL_H
#define POLICY_ALABEL_H

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes NAME, LEN bytes in UTF-8, with its U-labels as A-labels and in lower case to ASCII. False if a character is not one of
 * those letters, or is ASCII that no host name has (an asterisk may be there), or if a label or the name is too long.
 */
bool alabel_name(const char *name, size_t len, char ascii[DOMAIN_MAX + 1]);

#endif
