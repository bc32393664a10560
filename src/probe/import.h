/* Sections of policies.ini from what is served now. */
#ifndef PROBE_IMPORT_H
#define PROBE_IMPORT_H

#include "probe/check/context.h"

#include <stddef.h>

/*
 * Fetches the policies of DOMAINS, COUNT policy domains in normal form, JOBS at once, and prints the sections
 * (import/write.h). What cannot be imported is printed on standard error. Returns the exit status: critical if senders get no
 * valid policy of a domain, or different ones at different addresses; unknown if that cannot be said.
 */
int probe_import(const struct probe_context *context, const char *const *domains, size_t count, unsigned jobs);

#endif
