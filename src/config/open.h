/* Opens policies.ini for programs that run once: the commands and the probe. */
#ifndef CONFIG_OPEN_H
#define CONFIG_OPEN_H

#include "base/buf.h"
#include "config/index.h"

enum open_flags {
    OPEN_WAITS = 1, /* first wait with file_wait() until a running program serves FILE as it is now */
    OPEN_NEEDS = 2  /* a file that names no domain is an error */
};

/*
 * Reads FILE and returns its index; free it with index_free(). FLAGS is a combination of the above. On an error returns NULL, and
 * appends "FILE: what is wrong; what to do" to WHY.
 */
struct index *open_index(const char *file, unsigned flags, struct buf *why);

#endif
