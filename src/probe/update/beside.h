/* Other people's records at the policy host's name, beside which no CNAME can stand (RFC 1034 3.6.2). */
#ifndef PROBE_UPDATE_BESIDE_H
#define PROBE_UPDATE_BESIDE_H

#include "probe/ask/dns.h"

#include <stddef.h>

/* Returns the name of type number I, or NULL at the end: those that people use, without CNAME, A and AAAA. */
const char *update_beside_at(size_t i);

/* Returns the first of these types that has a record at NAME itself; NULL if none has, or if that is not known. */
const char *update_beside_find(struct probe_dns *dns, const char *name);

#endif
