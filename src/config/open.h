/* policies.ini, opened for one run of a program that answers no requests. */
#ifndef CONFIG_OPEN_H
#define CONFIG_OPEN_H

#include "base/buf.h"
#include "config/index.h"

enum open_flags {
    OPEN_WAITS = 1, /* waits until a program that serves FILE has taken over what it says now, as file_wait() does */
    OPEN_NEEDS = 2  /* a file that names no domain is of no use */
};

/*
 * Reads FILE and makes an index of it; FLAGS is any of the above. index_free() is due. NULL where that fails, and WHY has
 * "FILE: what is wrong; what to do" added.
 */
struct index *open_index(const char *file, unsigned flags, struct buf *why);

#endif
