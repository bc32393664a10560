/* The command diff: what an edit of policies.ini means before it is in force. */
#ifndef CHANGE_DIFF_H
#define CHANGE_DIFF_H

#include "base/buf.h"
#include "config/index.h"

/*
 * Compares the file OLD, which the arguments name, with INDEX, the file NEW. It is a command_fn of command/common.h. Errors in
 * the two files go to standard error. Returns 0 if the edit is safe, 1 if it is unsafe or one of the files has errors or cannot
 * be read, 2 if the arguments are wrong.
 */
int diff_command(struct index *index, int argc, char *argv[], struct buf *out);

#endif
