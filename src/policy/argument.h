/* A name that stands on a command line. */
#ifndef POLICY_ARGUMENT_H
#define POLICY_ARGUMENT_H

#include "base/buf.h"
#include "policy/domain.h"

/*
 * ARGUMENT as a policy domain, or as a host name, in normal form; a final dot is left out. False, and WHY is what is wrong with
 * it and what to write instead.
 */
bool argument_domain(const char *argument, char domain[DOMAIN_MAX + 1], struct buf *why);
bool argument_host(const char *argument, char host[DOMAIN_MAX + 1], struct buf *why);

#endif
