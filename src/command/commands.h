/* What the program does when somebody calls it by hand: check, dns, hosts, show, export. Floor 6. */
#ifndef COMMAND_COMMANDS_H
#define COMMAND_COMMANDS_H

#include <stdio.h>

/* Exit statuses of every command. */
enum { COMMANDS_FINE = 0, COMMANDS_WRONG = 1, COMMANDS_USAGE = 2 };

/*
 * Runs the command ARGV[0] with its arguments (ARGC counts them, and the name) on the policies in FILE. Returns the exit status:
 * COMMANDS_FINE; COMMANDS_WRONG where the file has errors, or a domain is not there, or nothing can be written; COMMANDS_USAGE
 * where the arguments are wrong. Standard error says why.
 */
int commands_run(const char *file, int argc, char *argv[]);

/* Writes a line for each command to OUT: its arguments, and what it does. */
void commands_usage(FILE *out);

#endif
