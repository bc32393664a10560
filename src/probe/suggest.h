/* A section of policies.ini to begin with, made of what a domain's MX hosts show now. */
#ifndef PROBE_SUGGEST_H
#define PROBE_SUGGEST_H

#include "probe/check/context.h"

/*
 * Adds a section for DOMAIN, a policy domain in normal form, to OUT, with a comment on what is served now, and on each MX host
 * that would get no mail in mode enforce. CONTEXT is open; DNS is for the calling thread alone. Returns the exit status: critical
 * where there is such a host, unknown where that cannot be said.
 */
int probe_suggest(const struct probe_context *context, struct probe_dns *dns, const char *domain, struct buf *out);

#endif
