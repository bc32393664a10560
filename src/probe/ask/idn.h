/* Domain names that are not ASCII (RFC 5890), by the library for them that libcurl has. */
#ifndef PROBE_ASK_IDN_H
#define PROBE_ASK_IDN_H

#include "policy/domain.h"

#include <stdbool.h>

/*
 * Writes NAME, a text in UTF-8, as A-labels to ASCII: "xn--bcher-kva.example". False where that fails: NAME is not valid, is too
 * long, or libcurl has no such library. Sets no locale but that of the calling thread, for a moment.
 */
bool probe_idn_ascii(const char *name, char ascii[DOMAIN_MAX + 1]);

#endif
