/* The constants of a JavaScript source whose values are known without running it: const MAX_AGE = 604800. Pure. */
#ifndef IMPORT_SOURCE_KNOWN_H
#define IMPORT_SOURCE_KNOWN_H

#include "import/source/token.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds the constants in TEXT, of LEN bytes, that are a number of digits alone, or a string without an escape, a line end or a
 * ${...}. A name that appears anywhere else in the code, outside of strings, is left out: it may be a parameter there. Sets
 * KNOWN, which borrows from TEXT. Returns false if memory runs out.
 */
bool known_find(struct known *known, const char *text, size_t len);

#endif
