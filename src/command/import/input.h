/* Reads one file, and what tells its domain, without harm: a FIFO, a device or a file that is too large is refused. */
#ifndef COMMAND_IMPORT_INPUT_H
#define COMMAND_IMPORT_INPUT_H

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that are read. Of a policy: one more than senders accept, by which its reader knows that it is too large. */
#define INPUT_POLICY (POLICY_BYTES_MAX + 1)
#define INPUT_ANY ((size_t)64 << 20)

/*
 * Adds the file NAME in the folder AT to CONTENT, MOST bytes at most. False if it cannot be read: *WHY is a phrase, which is not
 * freed, and errno its reason, or 0. A file of more than INPUT_ANY bytes is refused; of a policy only the beginning is read.
 */
bool input_read_file(int at, const char *name, size_t most, struct buf *content, const char **why);

/* The same for the open file FD, a pipe, too. */
bool input_read(int fd, size_t most, struct buf *content, const char **why);

/*
 * Finds the domain of the mta-sts.txt with this PATH: in the file CNAME of its site, else in PATH, else in the path of its folder
 * without symbolic links. Returns false, with DOMAIN empty, if none of them tells, or if memory runs out: then *FAILED is set.
 */
bool input_domain(const char *path, char domain[DOMAIN_MAX + 1], bool *failed);

#endif
