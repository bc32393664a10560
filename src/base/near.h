/* How far two words are apart, for "did you mean". Pure. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

/* The longest word B, in characters. */
#define NEAR_MAX 24

/*
 * The edit distance: how many slips turn the word A into B, which has NEAR_MAX characters at most. A slip is a character
 * inserted, deleted, replaced, or swapped with the next one.
 */
size_t near_distance(const char *a, const char *b);

#endif
