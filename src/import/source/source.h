/* What kind of text a source is, and which reader it has. Pure. */
#ifndef IMPORT_SOURCE_SOURCE_H
#define IMPORT_SOURCE_SOURCE_H

#include "import/reading.h"

enum source_kind {
    SOURCE_POLICY, /* a policy as it is served */
    SOURCE_SCRIPT, /* JavaScript, TypeScript or JSON: a Worker */
    SOURCE_NGINX,  /* a configuration of nginx */
    SOURCE_UNKNOWN /* its content tells */
};

/* Returns the kind of the file NAME, from its name alone. */
enum source_kind source_kind_of(const char *name);

/* Imports the policies of SOURCE into JOB. A KIND of SOURCE_UNKNOWN is decided by the content. */
void source_import(struct import_job *job, const struct import_source *source, enum source_kind kind);

#endif
