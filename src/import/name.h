/* The policy domain that a policy is for, from a host name or from the path of a file. Pure. */
#ifndef IMPORT_NAME_H
#define IMPORT_NAME_H

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads NAME, of LEN bytes: a policy domain, or its policy host (RFC 8461 3.3), in any case. Writes the domain in normal form to
 * DOMAIN. Returns false if policies.ini can have no section of that name: it is not valid, it has no dot, or it is a policy host
 * of a policy host.
 */
bool import_name(const char *name, size_t len, char domain[DOMAIN_MAX + 1]);

/* True if NAME, of LEN bytes, is the name of a policy host: it begins with "mta-sts." and import_name() reads it. */
bool import_name_is_host(const char *name, size_t len);

/*
 * Finds the domain in PATH, that of the file mta-sts.txt: the folder that the file is in, or that above if it is ".well-known"
 * or one of the usual names of a document root, must be named after the policy host or the domain. Returns false, with DOMAIN
 * empty, if it is not.
 */
bool import_name_from_path(const char *path, char domain[DOMAIN_MAX + 1]);

/* The same, but true only if that folder is named after a policy host. */
bool import_name_from_host_path(const char *path, char domain[DOMAIN_MAX + 1]);

#endif
