/* Finds the files below the paths that the user named: files, folders of any depth, Maildirs, standard input. */
#ifndef REPORTS_TAKE_WALK_H
#define REPORTS_TAKE_WALK_H

#include "reports/take/sink.h"

#include <stdbool.h>
#include <stddef.h>

/* Reports that come by HTTPS have such a name until they are complete: .NAME.part */
#define WALK_PART_BEGIN "."
#define WALK_PART_END ".part"

/* True if NAME is such a name. */
bool walk_is_part(const char *name);

/*
 * Reads what PATH names, and passes the reports there to SINK. "-" is standard input. In a folder all files are read, in the
 * order of their names, but parts; and all folders but the tmp of a Maildir, where mails are incomplete, as deep as base/folder.h
 * has it. Symbolic links and what is no regular file are left out there. Returns false if something there could not be read,
 * since the system refused it, or memory ran out; that was reported.
 */
bool walk_path(const struct take_sink *sink, const char *path);

/* The size of all files that walk_path() would read, in bytes. */
size_t walk_size(const char *path);

#endif
