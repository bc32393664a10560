/* Gives up, for good, rights that the process will not need (Linux: no_new_privs, Landlock). */
#ifndef SERVE_CONFINE_H
#define SERVE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/* What confine_to() leaves. */
enum confined {
    CONFINED_NOT,     /* all: the kernel has no Landlock, a filter of system calls forbids it, or memory ran out */
    CONFINED_READING, /* any file, read-only: FILE or a folder on its path is a symbolic link, which may come to point elsewhere
                       */
    CONFINED_FOLDER   /* the files of FILE's folder and below, read-only */
};

/*
 * Gives up all access to files but to read FILE and what replaces it in its folder, and, unless FOLDER is NULL, to read, make and
 * remove files and folders in FOLDER; to open TCP connections; and to gain privileges by executing a program. This holds for the
 * calling thread and for threads that it starts later. Open descriptors of files stay usable. Where a folder itself is replaced,
 * the new one cannot be used.
 */
enum confined confine_to(const char *file, const char *folder);

/* The version of the kernel's Landlock, or 0 where it has none; -1 where this program was built without. */
int confine_version(void);

#endif
