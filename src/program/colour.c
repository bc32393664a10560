#include "program/colour.h"

#include "base/terminal.h"

#include <stddef.h>
#include <string.h>

static const char *const words[] = { [COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never" };

bool colour_read(const char *word, enum colour *colour)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], word) != 0)
            continue;
        *colour = (enum colour)i;
        return true;
    }
    return false;
}

bool colour_is_wanted(enum colour colour)
{
    return colour == COLOUR_AUTO ? terminal_has_colour() : colour == COLOUR_ALWAYS;
}
