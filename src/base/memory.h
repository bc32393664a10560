/* Memory that is kept free. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>

/*
 * Is there memory left for answers? To be asked after each large piece that a large file took: libfcgi ends the process where it
 * gets none.
 */
bool memory_is_left(void);

#endif
