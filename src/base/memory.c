/* For MAP_ANONYMOUS. */
#define _DEFAULT_SOURCE // NOLINT(bugprone-reserved-identifier)
#include "base/memory.h"

#include <stddef.h>
#include <sys/mman.h>

enum { LEFT_BYTES = 4 << 20 };

/* mmap(), not malloc(): malloc() might succeed with memory in this thread's arena, which other threads cannot use. */
bool memory_is_left(void)
{
    void *memory = mmap(NULL, LEFT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return false;
    (void)munmap(memory, LEFT_BYTES);
    return true;
}
