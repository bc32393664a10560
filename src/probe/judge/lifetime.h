/* Judges the two dates of a certificate, with the time as a parameter. Pure. */
#ifndef PROBE_JUDGE_LIFETIME_H
#define PROBE_JUDGE_LIFETIME_H

#include <limits.h>
#include <stdint.h>

/* As a number of days for a warning: the certificate's own lifetime decides. */
#define PROBE_LIFETIME_DECIDES UINT_MAX

enum probe_lifetime { PROBE_LIFETIME_FINE, PROBE_LIFETIME_NOT_YET, PROBE_LIFETIME_SOON, PROBE_LIFETIME_EXPIRED };

/*
 * The verdict at NOW on a certificate that is valid from BEGINS to ENDS, all in seconds since 1970. SOON: WARN_DAYS whole days
 * are left, or fewer. With PROBE_LIFETIME_DECIDES: less than a fifth of the lifetime is left, where a fifth counts as three days
 * at least and fourteen at most, but never as more than half of the lifetime.
 */
enum probe_lifetime probe_lifetime_judge(int64_t begins, int64_t ends, int64_t now, unsigned warn_days);

#endif
