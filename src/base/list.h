/* A list of elements of one size that grows. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stddef.h>

/*
 * Makes room for MORE elements of SIZE bytes behind the COUNT that LIST holds. LIST is memory from malloc(), or NULL where *ROOM
 * is 0; *ROOM is how many elements fit, and doubles. Returns the list, which may have moved, and is to
 * be freed. NULL where memory runs out: LIST and *ROOM are as before.
 */
void *list_grow(void *list, size_t count, size_t more, size_t *room, size_t size);

#endif
