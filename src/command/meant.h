/* What was probably meant by a word that is no command, and by an option that a command does not have. */
#ifndef COMMAND_MEANT_H
#define COMMAND_MEANT_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the name of command number I, or NULL after the last one. A name may come several times. */
typedef const char *meant_name_fn(size_t i);

/* Returns the one of NAMES that is nearest to WORD, or NULL if none is near: half of the letters have to be right. */
const char *meant_nearest(const char *word, meant_name_fn *names);

/*
 * Complains that ARGV[0], with its arguments (ARGC counts all), is no command, and prints the whole command line to write, as a
 * shell takes it: with the nearest of NAMES, or for a file or a domain. FILE is that of -f, or NULL.
 */
void meant_command(const char *file, int argc, char *const argv[], meant_name_fn *names);

/* True if USAGE, the arguments of a command, has OPTION in it as a word. */
bool meant_has_option(const char *usage, const char *option);

#endif
