/* What one MX host shows now, for --suggest and --tlsa. */
#ifndef PROBE_SHOWN_H
#define PROBE_SHOWN_H

#include "probe/check/context.h"
#include "probe/check/mx_host.h"
#include "read/finding.h"

/* What the host NAME shows; NULL: memory ran out, or LIMIT came, by clock_ms(). The caller calls probe_hosts_release(). */
const struct probe_host *probe_shown_ask(const struct probe_context *context, struct probe_dns *dns, const char *name,
                                         int64_t limit);

/* Judges HOST, and adds what is wrong to FINDINGS. IS_IMPLICIT: it is the domain itself, which has no MX record. False where
 * something is unknown. The caller frees FINDINGS. */
bool probe_shown_judge(const char *name, bool is_implicit, const struct probe_host *host, struct probe_findings *findings,
                       struct probe_mx_host *judged);

/* Adds FINDINGS about the host NAME to OUT, as comments. KNOWN and JUDGED are what probe_shown_judge() found. */
void probe_shown_add(struct buf *out, const char *name, const struct probe_findings *findings, bool known,
                     const struct probe_mx_host *judged);

#endif
