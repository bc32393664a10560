/* What a terminal shows to people: colours, and words that are counted. */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#define TERMINAL_RED "\033[31m"
#define TERMINAL_YELLOW "\033[33m"
#define TERMINAL_PLAIN "\033[m"

/* Is standard output a terminal that may have colour? Not with NO_COLOR (no-color.org) or TERM=dumb. */
bool terminal_wants_colour(void);

/* The ending of a noun after the number N: "" or "s". */
const char *terminal_plural(size_t n);

#endif
