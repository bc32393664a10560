/* Names in arguments of the command line. */
#ifndef POLICY_ARGUMENT_H
#define POLICY_ARGUMENT_H

#include "base/buf.h"
#include "policy/domain.h"

/*
 * Checks ARGUMENT and writes it in normal form, without a final dot: a policy domain to DOMAIN, or a host name to HOST. On an
 * error returns false, and appends to WHY what is wrong and what to write instead.
 */
bool argument_domain(const char *argument, char domain[DOMAIN_MAX + 1], struct buf *why);
bool argument_host(const char *argument, char host[DOMAIN_MAX + 1], struct buf *why);

#endif
