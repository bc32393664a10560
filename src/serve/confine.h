/* What a process gives up for good, since it will not need it (Linux: no_new_privs, Landlock). Floor 0. */
#ifndef SERVE_CONFINE_H
#define SERVE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/* What confine_to_reading() leaves. */
enum confined {
    CONFINED_NOT, /* the kernel has no Landlock, or a filter of system calls keeps it from this process; or there is no memory */
    CONFINED_READING, /* FILE is a symbolic link, or a folder on its way is, which may be turned elsewhere: any file, read-only */
    CONFINED_FOLDER   /* the files of FILE's folder and below, read-only */
};

/*
 * Gives up all rights to files but to read FILE, whatever replaces it in its folder, then to open TCP connections, and to gain
 * privileges by executing something. For the calling thread, and threads that it starts later; descriptors that are open stay as
 * they are. A folder that is itself replaced is another one, and cannot be read.
 */
enum confined confine_to_reading(const char *file);

/* The version of the kernel's Landlock, or 0 where it has none; -1 where this program was built without. */
int confine_version(void);

#endif
