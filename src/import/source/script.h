/* Policies in JavaScript: a Worker with a map from host name to policy. Pure. */
#ifndef IMPORT_SOURCE_SCRIPT_H
#define IMPORT_SOURCE_SCRIPT_H

#include "import/reading.h"

/*
 * Imports the policies of the Worker SOURCE into JOB. It looks for a string with a domain or its policy host, and the policy as a
 * string behind it: {"host": "policy"}, ["host", "policy"], policies["host"] = "policy", set("host", "policy"). The policy may be
 * several strings with + between them, a list of strings with .join("\n"), or the name of a constant with such a value. A policy
 * that is put together in another way is not imported, and a complaint names its line. The same is true of all policies of a
 * source with a part of a policy, which the program may add to any of them. A policy without a name before it is that of JOB's
 * domain.
 *
 * It also reads what "mta-sts export --worker" wrote, with the policy of [*].
 */
void script_import(struct import_job *job, const struct import_source *source);

#endif
