#include "import/source/constants.h"

#include "base/list.h"
#include "import/text.h"

#include <stdlib.h>
#include <string.h>

void constants_add(struct constants *constants, struct constant *constant)
{
    struct constant *list = list_grow(constants->list, constants->count, 1, &constants->room, sizeof *list);

    if (list == NULL) {
        constants->failed = true;
        return;
    }
    constants->list = list;
    list[constants->count++] = *constant;
    constant->text = (struct import_text) { { 0 }, { 0 } };
}

void constants_use(struct constants *constants, const struct constant_use *use)
{
    struct constant_use *uses = list_grow(constants->uses, constants->use_count, 1, &constants->use_room, sizeof *uses);

    if (uses == NULL) {
        constants->failed = true;
        return;
    }
    constants->uses = uses;
    uses[constants->use_count++] = *use;
}

struct constant *constants_find(struct constants *constants, const struct constant_use *use)
{
    struct constant *found = NULL;

    for (size_t i = 0; i < constants->count; i++) {
        struct constant *constant = &constants->list[i];
        if (constant->len != use->len || memcmp(constant->name, use->name, use->len) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = constant;
    }
    if (found != NULL)
        found->is_used = true;
    return found;
}

void constants_free(struct constants *constants)
{
    for (size_t i = 0; i < constants->count; i++)
        import_text_free(&constants->list[i].text);
    free(constants->list);
    free(constants->uses);
    *constants = (struct constants) { 0 };
}
