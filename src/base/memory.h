/* Arrays that grow, and memory that is kept free. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * ARRAY with room for NEEDED items of SIZE bytes, and *ROOM for how many it has room then: ARRAY itself, or a larger copy in its
 * place. NULL where memory runs out: ARRAY is as it was. All zero to begin with; the array is the caller's to free.
 */
void *memory_grow(void *array, size_t *room, size_t needed, size_t size);

/*
 * Is there memory left for answers? To be asked after each large piece that a large file took: libfcgi ends the process where it
 * gets none.
 */
bool memory_is_left(void);

#endif
