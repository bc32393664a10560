/* Which mx pattern of a policy matches which MX host, as the RFC and senders have it. Pure. Floor 2. */
#ifndef PROBE_READ_MATCH_H
#define PROBE_READ_MATCH_H

#include "probe/read/finding.h"

/*
 * Matches NAME, an MX record's host name, against the patterns in MX, MX_COUNT of them one after the other, each ended by a
 * NUL, valid or not (RFC 8461 4.1). Adds what is wrong to FINDINGS, which is all zero or has some already; line is 0.
 * Returns the number of the first pattern that matches best, from 0; MX_COUNT where none does, which is a FAIL.
 */
size_t probe_match_host(const char *mx, size_t mx_count, const char *name, struct probe_findings *findings);

/* Adds a warning for each valid pattern that matches none of HOSTS, HOST_COUNT of them. */
void probe_match_unused(const char *mx, size_t mx_count, const char *const *hosts, size_t host_count,
                        struct probe_findings *findings);

/* All rules of this file. */
extern const struct probe_rules probe_match_rules;

#endif
