/*
 * Files and folders by name in an open folder. New ones get mode 0644 or 0755, less the umask. No call follows a symbolic link of
 * that name, and none waits for a FIFO.
 */
#ifndef COMMAND_EXPORT_FOLDER_H
#define COMMAND_EXPORT_FOLDER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Opens the folder PATH, which may be a symbolic link; makes it if it is not there: then *MADE is true. Returns a descriptor, for
 * the caller to close; -1, and "path: what is wrong" is added to WHY.
 */
int folder_reach(const char *path, bool *made, struct buf *why);

/* Opens the folder NAME in the folder AT. Returns a descriptor, for the caller to close; -1 with errno. */
int folder_open(int at, const char *name);

/* The same; makes the folder if it is not there. *MADE says whether AT was made just now, then whether NAME was. */
int folder_make(int at, const char *name, bool *made);

/*
 * Writes the file NAME under a new name, then renames it: readers get the old file or the new one, whole. False with errno;
 * EEXIST where NAME is no regular file.
 */
bool folder_write(int at, const char *name, const char *bytes, size_t len);

/* Adds the file NAME to OUT, or nothing where it is not there. False with errno, as above. */
bool folder_read(int at, const char *name, struct buf *out);

/* Is NAME a regular file with content that does not begin with the LEN bytes BEGIN? False also where it cannot be opened. */
bool folder_has_other(int at, const char *name, const char *begin, size_t len);

/* Removes the file NAME. True where it is not there; false with errno, as above. */
bool folder_remove(int at, const char *name);

/*
 * Is NAME something else than what is wanted: a folder, with FOLDER; a regular file, without? True: ": what it is; what to do" is
 * added to OUT. False also where NAME does not exist.
 */
bool folder_print_obstacle(int at, const char *name, bool folder, struct buf *out);

#endif
