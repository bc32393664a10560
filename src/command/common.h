/*
 * What the commands have in common: how they are called, how they end, how they print, and the domain that they are asked for.
 * Each command is a file of this room; the table of them is in run.c.
 */
#ifndef COMMAND_COMMON_H
#define COMMAND_COMMON_H

#include "base/buf.h"
#include "config/index.h"
#include "policy/domain.h"

#include <stdbool.h>

/* Exit statuses of every command. */
enum { COMMAND_FINE = 0, COMMAND_WRONG = 1, COMMAND_USAGE = 2 };

/*
 * A command on INDEX, of the file, which run.c has opened: ARGV[0] is its name, and ARGC counts the name and the arguments. Its
 * output goes into OUT, its complaints to standard error. Returns the exit status: COMMAND_USAGE where the arguments are wrong
 * (the caller prints the usage). Where memory runs out, OUT has failed; the caller complains.
 */
typedef int command_fn(struct index *index, int argc, char *argv[], struct buf *out);

command_fn command_check, command_dns, command_hosts, command_show;

/* Writes "mta-sts: LINE" to standard error. */
void command_complain(const char *line);

/* The same with the text of WHY, which is freed. */
void command_complain_of(struct buf *why);

/* Writes what OUT holds to standard output, and empties it, unless it has failed. */
void command_print(struct buf *out);

/* Writes the policy domain that ARGUMENT names to DOMAIN, in normal form. False, with a complaint, where it names none. */
bool command_read_domain(const char *argument, char domain[DOMAIN_MAX + 1]);

/* The same, and takes what stands for a domain in another form: its policy host, an address, a URL, a header. */
bool command_take_domain(const char *argument, char domain[DOMAIN_MAX + 1]);

/*
 * The policy of DOMAIN, for verdict_drop(). NULL, with a complaint, where it has none; NULL where memory runs out, and OUT has
 * failed.
 */
const struct index_verdict *command_find_policy(struct index *index, const char *domain, struct buf *out);

/*
 * False, with a complaint, unless MUTE, where the file may name a domain in a header that cannot be read: what INDEX names is not
 * all. Where memory runs out, OUT has failed.
 */
bool command_names_all(struct index *index, bool mute, struct buf *out);

#endif
