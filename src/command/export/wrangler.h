/* The policies as a folder for Cloudflare's tool wrangler: "wrangler deploy" there is all that is left. */
#ifndef COMMAND_EXPORT_WRANGLER_H
#define COMMAND_EXPORT_WRANGLER_H

#include "command/export/job.h"

/*
 * Writes FOLDER/worker.mjs (command/export/worker.h) and FOLDER/wrangler.jsonc, in which each policy host is a custom domain;
 * makes FOLDER if it is not there. Of a wrangler.jsonc that exists, only the lines between the two comments of wrangler.c are
 * replaced; all else is the user's. If a header cannot be read, they stay as they are: a domain that is left out would lose its
 * DNS record.
 *
 * Reports what is beyond a limit of Cloudflare, and [*], which no custom domain leads to. Writes nothing, and the job is stopped,
 * where another configuration of wrangler is in the way, where the comments are missing, or where the module is too large.
 */
void wrangler_export(struct job *job, const char *folder);

#endif
