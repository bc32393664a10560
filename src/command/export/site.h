/* What a static host needs beside a policy, in the folder of a policy host. */
#ifndef COMMAND_EXPORT_SITE_H
#define COMMAND_EXPORT_SITE_H

#include "base/buf.h"

#include <stdbool.h>

struct site;

/* The kind of site with this name; NULL if there is none. */
const struct site *site_find(const char *name);

/* Appends the names of all kinds to OUT, with commas between. */
void site_names(struct buf *out);

/*
 * Writes the files of SITE for the policy host HOST into the folder AT. What is there already stays: it may be the user's. False
 * with errno, as folder_write(): *NAME is the file then.
 */
bool site_write(const struct site *site, int at, const char *host, const char **name);

/* Removes from the folder AT those files of all kinds that are as site_write() writes them. */
void site_remove(int at, const char *host);

#endif
