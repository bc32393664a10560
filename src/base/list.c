#include "base/list.h"

#include <stdint.h>
#include <stdlib.h>

enum { ROOM_FIRST = 8 };

void *list_grow(void *list, size_t count, size_t more, size_t *room, size_t size)
{
    const size_t most = SIZE_MAX / size;
    size_t wanted = *room;

    if (list != NULL && more <= *room - count)
        return list;
    if (more > most - count)
        return NULL;
    if (wanted < ROOM_FIRST)
        wanted = ROOM_FIRST;
    while (wanted - count < more || wanted == *room)
        wanted = wanted <= most / 2 ? wanted * 2 : most;
    void *grown = realloc(list, wanted * size);
    if (grown != NULL)
        *room = wanted;
    return grown;
}
