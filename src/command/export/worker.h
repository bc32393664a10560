/* The policies as a Cloudflare Worker: one ES module that answers as this program does. */
#ifndef COMMAND_EXPORT_WORKER_H
#define COMMAND_EXPORT_WORKER_H

#include "base/buf.h"
#include "command/export/job.h"

#include <stdbool.h>

/*
 * Adds the module to OUT. A domain with a mistake is answered 500, and so is each domain that a header that cannot be read may
 * name; the mistakes are reported. Where the job is then stopped, or OUT has failed, the module is not complete.
 */
void worker_print(struct job *job, struct buf *out);

/*
 * Is the file NAME in the open folder FOLDER none that an export made? It may be the policies themselves ("export --worker
 * policies.ini"), or somebody's own module: it is not replaced, and worker_other says what to do. False also where the file is
 * empty, is not there, or cannot be read.
 */
bool worker_is_other(int folder, const char *name);
extern const char worker_other[];

/* Writes the module to FILE, under a new name first and then renamed. Sets the umask, and sets it back. */
void worker_export(struct job *job, const char *file);

#endif
