/* The names on the probe's command line. */
#ifndef PROBE_NAMES_H
#define PROBE_NAMES_H

#include "base/buf.h"
#include "policy/domain.h"

/* A function of policy/argument.h. */
typedef bool probe_names_read_fn(const char *argument, char normal[DOMAIN_MAX + 1], struct buf *why);

/*
 * Reads ARGUMENT with READ to NORMAL. False where it is no such name; what is wrong, and what to write instead, is printed on
 * standard error. For a name that is not ASCII, that is its A-label.
 */
bool probe_names_read(const char *argument, probe_names_read_fn *read, char normal[DOMAIN_MAX + 1]);

/*
 * The same with argument_domain(), for a domain to be probed. It is also refused where it is the name of a policies.ini: it ends
 * in
 * ".ini", or it is a file that names domains, or a file whose name no domain can have.
 */
bool probe_names_read_domain(const char *argument, char normal[DOMAIN_MAX + 1]);

#endif
