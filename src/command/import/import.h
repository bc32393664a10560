/* The command import: sections of policies.ini from existing policies. */
#ifndef COMMAND_IMPORT_IMPORT_H
#define COMMAND_IMPORT_IMPORT_H

#include "base/buf.h"
#include "config/index.h"

/*
 * Writes the sections for the files and folders that the arguments name to OUT. It is a command_fn of command/common.h, but INDEX
 * is not used, and may be NULL. What cannot be imported goes to standard error, and is a comment in OUT. Returns 0 if everything
 * was imported, 1 if something was not, 2 if the arguments are wrong.
 */
int import_command(struct index *index, int argc, char *argv[], struct buf *out);

#endif
