/* Growing arrays. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stddef.h>

/*
 * Makes room for MORE elements after the COUNT elements of LIST. Each has SIZE bytes. LIST comes from malloc(), or is NULL with
 * *ROOM 0. *ROOM is the number of elements that fit; it at least doubles when the array grows. Returns the array, which may have
 * moved; the caller frees it. Returns NULL if memory runs out: LIST and *ROOM are unchanged.
 */
void *list_grow(void *list, size_t count, size_t more, size_t *room, size_t size);

#endif
