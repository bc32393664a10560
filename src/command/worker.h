/* The policies as a Cloudflare Worker: one ES module that answers as this program does. */
#ifndef COMMAND_WORKER_H
#define COMMAND_WORKER_H

#include "command/job.h"

/*
 * Writes the module to FILE, under a new name first and then renamed. A domain with a mistake is answered 500, and so is each
 * domain that a header that cannot be read may name; the mistakes are reported. Sets the umask, and sets it back.
 */
void worker_export(struct job *job, const char *file);

#endif
