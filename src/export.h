/* The policies without the program: as a tree of static files, or as a Cloudflare Worker. Floor 5. */
#ifndef EXPORT_H
#define EXPORT_H

#include "index.h"

#include <stdbool.h>

/* Where messages go: one line, without a line end. */
typedef void export_say(const char *line);

/*
 * Writes each policy to FOLDER/<policy host>/.well-known/mta-sts.txt, beside it first and then renamed; makes the folders, FOLDER
 * included, that are not there. A policy that an earlier export wrote and whose domain is no longer in the file is named, and
 * with REMOVE removed: what was written is listed in FOLDER/.mta-sts-export. Of a domain with a mistake, what is there stays.
 * False where something could not be written, or a domain has a mistake, and SAY says which.
 */
bool export_tree(struct index *index, const char *folder, bool remove, export_say *say);

/*
 * Writes one ES module to FILE, beside it first and then renamed: a Cloudflare Worker that answers as this program does with the
 * policies in INDEX. False as above; a domain with a mistake is answered 500.
 */
bool export_worker(struct index *index, const char *file, export_say *say);

#endif
