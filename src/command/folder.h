/*
 * Files and folders by their name in an open folder. What is made gets mode 0644 or 0755, less the umask. No symbolic link of
 * that name is followed, and nothing is waited for. Floor 2.
 */
#ifndef COMMAND_FOLDER_H
#define COMMAND_FOLDER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* A descriptor of the folder NAME in the folder AT, to be closed; -1 with errno. */
int folder_open(int at, const char *name);

/* The same; makes the folder if it is not there. *MADE: was AT made just now? Then, was this one? */
int folder_make(int at, const char *name, bool *made);

/*
 * Writes the file NAME under a new name, then renames it: readers get the old file or the new one, whole. False with errno;
 * EEXIST where NAME is no regular file.
 */
bool folder_write(int at, const char *name, const char *bytes, size_t len);

/* Adds the file NAME to OUT, or nothing where it is not there. False with errno, as above. */
bool folder_read(int at, const char *name, struct buf *out);

/* Removes the file NAME. True where it is not there; false with errno, as above. */
bool folder_remove(int at, const char *name);

/*
 * Adds ": what is wrong; what to do" to OUT where NAME is neither a folder (with FOLDER) nor a regular file (without). False, and
 * nothing added, where it is, or is not there.
 */
bool folder_print_obstacle(int at, const char *name, bool folder, struct buf *out);

#endif
