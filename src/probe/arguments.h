/* The command line of mta-sts-probe. */
#ifndef PROBE_ARGUMENTS_H
#define PROBE_ARGUMENTS_H

#include "probe/options.h"

#include <stdbool.h>

/*
 * Reads ARGV, whose order is changed, into SETTINGS, which borrow from it. False where ARGV is wrong, or has an option without
 * effect; what to write instead is then printed on standard error. What is named in it is neither opened nor asked.
 */
bool probe_arguments_read(int argc, char *argv[], struct probe_settings *settings);

#endif
