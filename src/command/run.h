/* The table of commands: runs one, and lists them all. */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Runs the command ARGV[0] with its arguments (ARGC counts them, and the name) on the policies in FILE, or in the file that the
 * arguments name. IS_DEFAULT: no -f names FILE. OTHER is NULL, or a file that one may take for FILE: standard error then says
 * which one was read. Returns the exit status: 0; 1 where the file has errors, a domain is not there, or something cannot be
 * written; 2 where the arguments are wrong. Standard error says why.
 */
int command_run(const char *file, bool is_default, const char *other, int argc, char *argv[]);

/* Complains that ARGV[0] is no command, and says what was probably meant (command/meant.h). */
void command_unknown(const char *file, int argc, char *const argv[]);

/*
 * Writes a line for each command to OUT: its arguments, and what it does. The completion for bash takes the commands and the
 * first option of each from these lines, and the formats of dns; other values of options it has to know itself.
 */
void command_list(FILE *out);

#endif
