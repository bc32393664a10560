/* The terminal that a program prints to. */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <stdbool.h>

/* Is standard output a terminal that shows colours, and NO_COLOR not set? */
bool terminal_has_colour(void);

#endif
