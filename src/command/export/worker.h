/* The policies as a Cloudflare Worker: one ES module that answers as this program does. */
#ifndef COMMAND_EXPORT_WORKER_H
#define COMMAND_EXPORT_WORKER_H

#include "base/buf.h"
#include "command/export/job.h"

/*
 * Adds the module to OUT. A domain with a mistake is answered 500, and so is each domain that a header that cannot be read may
 * name; the mistakes are reported. Where the job is then stopped, or OUT has failed, the module is not complete.
 */
void worker_print(struct job *job, struct buf *out);

/* Writes the module to FILE, under a new name first and then renamed. Sets the umask, and sets it back. */
void worker_export(struct job *job, const char *file);

#endif
