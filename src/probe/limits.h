/* The limits of this machine that a run has to keep to. */
#ifndef PROBE_LIMITS_H
#define PROBE_LIMITS_H

/* Raises the limit of open descriptors as far as it may be raised. Returns how many of them the resolver may use as sockets. */
unsigned probe_limits_sockets(void);

/*
 * Returns how many of JOBS domains can be probed at once with the limit of open descriptors, one at least, beside a resolver with
 * SOCKETS. Where that is less than JOBS, says so on standard error.
 */
unsigned probe_limits_jobs(unsigned jobs, unsigned sockets);

#endif
