/* The command export: the policies for hosts that run no program. */
#ifndef COMMAND_EXPORT_EXPORT_H
#define COMMAND_EXPORT_EXPORT_H

#include "base/buf.h"
#include "config/index.h"

/*
 * Writes the policies of INDEX to the place that the arguments name. It is a command_fn of command/common.h; nothing is added to
 * OUT. Returns 0 if everything was written, 1 if something was not, 2 if the arguments are wrong.
 */
int export_command(struct index *index, int argc, char *argv[], struct buf *out);

#endif
