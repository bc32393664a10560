/* When a program prints in colours: the option --color. */
#ifndef PROGRAM_COLOUR_H
#define PROGRAM_COLOUR_H

#include <stdbool.h>

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* What to write. */
#define COLOUR_WORDS "auto, always or never"

/* Reads WORD. False if it is none of these; *COLOUR is then unchanged. */
bool colour_read(const char *word, enum colour *colour);

/* Does standard output get colours? AUTO: as terminal_has_colour() says. */
bool colour_is_wanted(enum colour colour);

#endif
