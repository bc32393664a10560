/* Which mx pattern of a policy matches which MX host: by RFC 8461 4.1, and by what sender implementations do. Pure. */
#ifndef READ_MATCH_H
#define READ_MATCH_H

#include "read/finding.h"
#include "read/share.h"

/*
 * Matches NAME, the host name of an MX record as the zone has it, against MX: MX_COUNT patterns, valid or not, each ended by a
 * NUL. Adds what is wrong to FINDINGS. Returns the number of the pattern that matches best, from 0; MX_COUNT: none does, which is
 * a FAIL.
 */
size_t probe_match_host(const char *mx, size_t mx_count, const char *name, struct probe_findings *findings);

/* How many sender implementations find NAME matched by one of the patterns; as above. Unknown where memory runs out. */
struct probe_share probe_match_share(const char *mx, size_t mx_count, const char *name);

/* Does PATTERN, valid or not, match one of the HOST_COUNT names in HOSTS? */
bool probe_match_any(const char *pattern, const char *const *hosts, size_t host_count);

/* Adds a warning for each valid pattern that matches none of the HOST_COUNT names in HOSTS. */
void probe_match_unused(const char *mx, size_t mx_count, const char *const *hosts, size_t host_count,
                        struct probe_findings *findings);

/* All rules about matching. */
extern const struct probe_rules probe_match_rules;

#endif
