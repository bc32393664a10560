/* A clock that never jumps, for measuring time spans. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Returns CLOCK_MONOTONIC in milliseconds. */
int64_t clock_ms(void);

#endif
