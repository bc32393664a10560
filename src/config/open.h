/* policies.ini for a program that reads it once: a command, or the probe. */
#ifndef CONFIG_OPEN_H
#define CONFIG_OPEN_H

#include "base/buf.h"
#include "config/index.h"

enum {
    OPEN_WAITS = 1,        /* not before a running program serves what the file says; see file_wait() */
    OPEN_NEEDS_DOMAINS = 2 /* a file that names no domain is an error */
};

/*
 * The index of FILE; HOW is a sum of the above. FILE is borrowed for as long as the index is used; index_free() is due. NULL
 * where the file cannot be read or holds no section: "FILE: what is wrong; what to do" is added to WHY.
 */
struct index *open_index(const char *file, unsigned how, struct buf *why);

#endif
