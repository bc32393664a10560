/* Keeps some memory free for answers. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>

/*
 * True if enough memory is left to answer requests. Call it after each large allocation for a large file: libfcgi ends the
 * process if an allocation of its own fails.
 */
bool memory_is_left(void);

#endif
