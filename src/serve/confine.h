/* Gives up, for good, rights that the process will not need (Linux: no_new_privs, Landlock). */
#ifndef SERVE_CONFINE_H
#define SERVE_CONFINE_H

#include "base/buf.h"

/*
 * Gives up all access to files but to read FILE and what replaces it in its folder, and, unless FOLDER is NULL, to read, make and
 * remove files and folders in FOLDER; to open TCP connections; and to gain privileges by executing a program. This holds for the
 * calling thread and for threads that it starts later. Open descriptors stay usable. Where a folder itself is replaced, the new
 * one cannot be used. Where FILE or a folder on its path is a symbolic link, which may come to point elsewhere, any file may be
 * read.
 * Appends to SAID, for the log, what is limited, or why it is not: the kernel has no Landlock or has it disabled, it is too old
 * for a part, a filter of system calls forbids it, or memory ran out.
 */
void confine_to(const char *file, const char *folder, struct buf *said);

/* Appends "Landlock" and the version of the kernel's to OUT, or "no Landlock: " and the reason. Gives up nothing. */
void confine_print(struct buf *out);

#endif
