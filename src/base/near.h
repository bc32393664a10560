/* Words that somebody may have meant. Pure. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

/* The longest word, in characters. */
#define NEAR_MAX 24

/* How many characters have to be added, left out or replaced to make the word A of B, of NEAR_MAX characters at most. */
size_t near_distance(const char *a, const char *b);

#endif
