/* --update: what has to change in the DNS, and is safe to change now, for many domains. */
#ifndef PROBE_UPDATES_H
#define PROBE_UPDATES_H

#include "probe/check/file.h"
#include "probe/options.h"

/*
 * Prints the changes of the DNS that SETTINGS ask for, whose context is open: of DOMAINS, settings->count of them, in normal
 * form; of all in FILE where there are none. What stands in the way goes to standard error. Returns the exit status: 0 nothing to
 * do, 1 something was printed, 2 something stands in the way, unknown where the options are wrong or something is missing.
 */
int probe_updates_run(const struct probe_settings *settings, struct probe_file *file, const char *const *domains);

#endif
