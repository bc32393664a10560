/* Strings of JavaScript that have a name, and the policies that are written as such a name. Pure. */
#ifndef IMPORT_SOURCE_CONSTANTS_H
#define IMPORT_SOURCE_CONSTANTS_H

#include "import/text.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

/* const NAME = "value" */
struct constant {
    const char *name; /* LEN bytes, borrowed from the source */
    size_t len;
    struct import_text text;
    unsigned line;
    const char *why; /* what makes it unreadable; NULL: nothing */
    bool is_used;
};

/* "host": NAME */
struct constant_use {
    const char *name; /* as above */
    size_t len;
    char domain[DOMAIN_MAX + 1];
    unsigned line;
    bool is_doubtful; /* it may be something else than a policy: set("example.org", env) */
};

/* Zeroed memory is an empty list. Free it with constants_free(). */
struct constants {
    struct constant *list;
    size_t count, room;
    struct constant_use *uses;
    size_t use_count, use_room;
    bool failed; /* memory ran out */
};

/* Adds CONSTANT. Its text belongs to the list from then on, and is emptied in CONSTANT. */
void constants_add(struct constants *constants, struct constant *constant);

/* Adds USE. */
void constants_use(struct constants *constants, const struct constant_use *use);

/* Returns the constant that USE names, and marks it as used. NULL if there is none, or if several have that name. */
struct constant *constants_find(struct constants *constants, const struct constant_use *use);

void constants_free(struct constants *constants);

#endif
