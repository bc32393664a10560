/* The policies without the program: as a tree of static files, or as a Cloudflare Worker. Floor 5. */
#ifndef COMMAND_EXPORT_H
#define COMMAND_EXPORT_H

#include "config/index.h"

#include <stdbool.h>

/* Where messages go: one line, without a line end. */
typedef void export_say(const char *line);

/*
 * Writes each policy to FOLDER/<policy host>/.well-known/mta-sts.txt, under a new name first and then renamed; makes the folders,
 * FOLDER included, that are not there. FOLDER may be a symbolic link; below it no link is followed. A policy that an earlier
 * export wrote and whose domain is no longer in the file is reported, and with REMOVE removed, unless a header cannot be read:
 * that may name it. What was written is listed in FOLDER/.mta-sts-export. Of a domain with a mistake, what is there stays. False
 * where something could not be written, or the file has a mistake, and SAY says which. Sets the umask, and sets it back.
 */
bool export_tree(struct index *index, const char *folder, bool remove, export_say *say);

/*
 * Writes one ES module to FILE, under a new name first and then renamed: a Cloudflare Worker that answers as this program does
 * with the policies in INDEX. False as above; a domain with a mistake is answered 500, and so is each that a header that cannot
 * be read may name. The umask: as above.
 */
bool export_worker(struct index *index, const char *file, export_say *say);

#endif
