/* For MAP_ANONYMOUS. */
#define _DEFAULT_SOURCE // NOLINT(bugprone-reserved-identifier)
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { ROOM_FIRST = 64, LEFT_BYTES = 4 << 20 };

void *memory_grow(void *array, size_t *room, size_t needed, size_t size)
{
    size_t more = *room > 0 ? *room : ROOM_FIRST;

    if (needed <= *room)
        return array;
    while (more < needed && more <= SIZE_MAX / 2)
        more *= 2;
    if (more < needed || more > SIZE_MAX / size)
        return NULL;
    void *larger = realloc(array, more * size);
    if (larger != NULL)
        *room = more;
    return larger;
}

/* Not malloc(): it would take the memory from what this thread has put aside, which no other thread can use. */
bool memory_is_left(void)
{
    void *memory = mmap(NULL, LEFT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return false;
    (void)munmap(memory, LEFT_BYTES);
    return true;
}
