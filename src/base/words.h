/* Words in messages. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

/* What a noun ends in behind the number N: "" or "s". Constant. */
const char *words_plural(size_t n);

#endif
