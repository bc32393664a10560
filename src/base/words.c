#include "base/words.h"

const char *words_plural(size_t n)
{
    return n == 1 ? "" : "s";
}
