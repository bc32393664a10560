/* Words in messages. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

/* Returns the ending of a noun after the number N: "" for 1, else "s". Do not free it. */
const char *words_plural(size_t n);

#endif
