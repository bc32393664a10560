/* A clock that never jumps, for measuring and waiting. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Returns CLOCK_MONOTONIC in milliseconds. */
int64_t clock_ms(void);

/* Makes CONDITION one for clock_wait(). False if memory runs out. The caller destroys it. */
bool clock_condition(pthread_cond_t *condition);

/* Waits for CONDITION, which may also wake up without a reason, until UNTIL by clock_ms(). The caller holds LOCK. Returns false
 * if the time is over. */
bool clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until);

#endif
