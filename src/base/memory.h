/* Keeps some memory free for libraries that do not bear the lack of it. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>

/*
 * True if 4 MB are left: enough to answer requests, or to set a resolver up. Call it after each large allocation for a large
 * file, and before each use of libunbound: libfcgi ends the process if an allocation of its own fails, and libunbound crashes.
 */
bool memory_is_left(void);

#endif
