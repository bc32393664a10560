/* Memory for others. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>

/*
 * Is there some left, for answers, once a large file or what is made of it has taken its own? To be asked after each large piece:
 * libfcgi ends the process where it gets none.
 */
bool memory_is_left(void);

#endif
