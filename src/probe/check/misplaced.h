/* Looks for records at the names that a DNS form makes of the right one. */
#ifndef PROBE_CHECK_MISPLACED_H
#define PROBE_CHECK_MISPLACED_H

#include "probe/check/observation.h"
#include "probe/read/first.h"

/*
 * There is no record of MTA-STS at _mta-sts.<domain>; of TLSRPT at _smtp._tls.<domain>: adds to CHECK where else one is found.
 * FIRST comes before a record is published.
 */
void probe_misplaced_txt(struct observation *observation, enum probe_first first, struct probe_check *check);
void probe_misplaced_tlsrpt(struct observation *observation, struct probe_check *check);

#endif
