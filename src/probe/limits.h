/* The limits of this machine that a run has to keep to. */
#ifndef PROBE_LIMITS_H
#define PROBE_LIMITS_H

/*
 * Raises the limit of open descriptors as far as it may be raised. Returns how many of JOBS domains can be probed at once with
 * it, one at least. Where that is less than JOBS, says so on standard error.
 */
unsigned probe_limits_jobs(unsigned jobs);

#endif
