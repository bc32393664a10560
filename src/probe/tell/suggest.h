/* What a domain's MX hosts are good for: a section of policies.ini to begin with, and TLSA records. Floor 8. */
#ifndef PROBE_TELL_SUGGEST_H
#define PROBE_TELL_SUGGEST_H

#include "probe/read/result.h"

/*
 * Adds a section for DOMAIN, a name in normal form, to OUT, in testing, with a comment on each MX that would fail. Returns the
 * status, as in probe_result.h: critical where one would, unknown where it could not be told.
 */
int probe_suggest(const struct probe_options *options, struct probe_dns *dns, const char *domain, struct buf *out);

/* Adds the TLSA records 3 1 1 and 2 1 1 of what MX shows, a name in normal form, as a part of a zone. The status, as above. */
int probe_tlsa(const struct probe_options *options, struct probe_dns *dns, const char *mx, struct buf *out);

#endif
