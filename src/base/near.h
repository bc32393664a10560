/* The edit distance of two words, for "did you mean". Pure. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

/* The greatest length of B, in characters. */
#define NEAR_MAX 24

/*
 * Returns the edit distance of A and B: the number of steps that turn A into B. A step inserts, deletes or replaces a character,
 * or swaps two neighbours. B has at most NEAR_MAX characters.
 */
size_t near_distance(const char *a, const char *b);

#endif
