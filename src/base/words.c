#include "base/words.h"
#include <stddef.h>

const char *words_plural(size_t n)
{
    return n == 1 ? "" : "s";
}
