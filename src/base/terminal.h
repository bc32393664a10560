/* The terminal on standard output. */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <stdbool.h>

/* True if standard output is a terminal with colours (TERM) and NO_COLOR is not set. */
bool terminal_has_colour(void);

#endif
