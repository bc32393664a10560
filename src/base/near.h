/* How far two words are apart, for "did you mean". Pure. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

/* The longest word B, in characters. */
#define NEAR_MAX 24

/* The edit distance: how many characters to insert, delete or replace to turn B, of NEAR_MAX characters at most, into A. */
size_t near_distance(const char *a, const char *b);

#endif
