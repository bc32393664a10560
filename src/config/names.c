#include "config/names.h"

#include "base/hash.h"
#include "base/list.h"
#include "base/memory.h"
#include "ini/header.h"
#include "policy/domain.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The slots are spread over much memory. With a million names, prefetching them halves the time of names_file(). */
#ifdef __GNUC__
#define PREFETCH(address) __builtin_prefetch(address, 1)
#else
#define PREFETCH(address) (void)(address)
#endif

enum { SLOTS_LEAST = 16, AHEAD = 16, MANY = 16384 };

/* Returns the length of the name at offset AT, without final dots. The name may end at the end of the text. */
static size_t length_at(const struct names *names, uint32_t at)
{
    size_t len = 0;

    while (at + len < names->size && !header_ends_name(names->text[at + len]))
        len++;
    while (len > 0 && names->text[at + len - 1] == '.')
        len--;
    return len;
}

size_t names_length(const struct names *names, const struct name *name)
{
    return length_at(names, name->at);
}

/* Returns the slot of NAME, whose hash is HASH, or the empty slot where it belongs. */
static uint32_t *slot_of(const struct names *names, const char *name, size_t len, uint32_t hash)
{
    for (size_t i = hash;; i++) {
        uint32_t *slot = &names->slots[i & names->slot_mask];
        if (*slot == 0)
            return slot;
        const struct name *found = &names->list[*slot - 1];
        if (found->hash == hash && names_length(names, found) == len && domain_same(names->text + found->at, name, len))
            return slot;
    }
}

const struct name *names_find(const struct names *names, const char *text)
{
    size_t len = strlen(text);
    uint32_t number = *slot_of(names, text, len, hash_name(text, len));

    return number > 0 ? &names->list[number - 1] : NULL;
}

bool names_add(struct names *names, const char *name, size_t len, uint32_t section)
{
    const size_t prefix = sizeof DOMAIN_POLICY_HOST_PREFIX - 1, room = names->room;
    struct name *list = list_grow(names->list, names->count, 1, &names->room, sizeof *list);

    if (list == NULL)
        return false;
    names->list = list;
    if (names->room > room && names->room >= MANY && !memory_is_left())
        return false;
    bool respelled = name[len - 1] == '.';
    if (len > prefix && domain_same(name, DOMAIN_POLICY_HOST_PREFIX, prefix)) {
        name += prefix;
        len -= prefix;
        respelled = true;
    }
    while (len > 0 && name[len - 1] == '.')
        len--;
    list[names->count++] = (struct name) {
        .at = (uint32_t)(name - names->text),
        .section = section & NAMES_SECTION_MAX,
        .respelled = respelled,
        .hash = hash_name(name, len),
    };
    return true;
}

static bool add_duplicate(struct names *names, uint32_t first, uint32_t second)
{
    struct duplicate *list = list_grow(names->duplicates, names->duplicate_count, 1, &names->duplicate_room, sizeof *list);

    if (list == NULL)
        return false;
    names->duplicates = list;
    struct duplicate *duplicate = &list[names->duplicate_count++];
    duplicate->first = first;
    duplicate->second = second;
    atomic_init(&duplicate->verdict, NULL);
    names->list[first].repeated = true;
    return names->duplicate_count % MANY != 0 || memory_is_left();
}

static int compare_duplicates(const void *a, const void *b)
{
    const struct duplicate *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->second < y->second ? -1 : x->second > y->second;
}

bool names_file(struct names *names)
{
    size_t slots = SLOTS_LEAST;

    while (slots < names->count + names->count / 2)
        slots *= 2;
    names->slots = calloc(slots, sizeof *names->slots);
    if (names->slots == NULL || (slots >= MANY && !memory_is_left()))
        return false;
    names->slot_mask = slots - 1;
    for (uint32_t i = 0; i < names->count; i++) {
        const struct name *name = &names->list[i];
        if (i + AHEAD < names->count)
            PREFETCH(&names->slots[names->list[i + AHEAD].hash & names->slot_mask]);
        uint32_t *slot = slot_of(names, names->text + name->at, names_length(names, name), name->hash);
        if (*slot == 0 || names->list[*slot - 1].respelled)
            *slot = i + 1;
        else if (!name->respelled && !add_duplicate(names, *slot - 1, i))
            return false;
    }
    if (names->duplicate_count > 0)
        qsort(names->duplicates, names->duplicate_count, sizeof *names->duplicates, compare_duplicates);
    return true;
}

const struct name *names_earlier(const struct names *names, const struct name *name)
{
    if (names->duplicate_count == 0 || name->respelled)
        return NULL;
    uint32_t number = *slot_of(names, names->text + name->at, names_length(names, name), name->hash);
    const struct name *first = &names->list[number - 1]; /* never 0: every name is in the table */
    return first < name && !first->respelled ? first : NULL;
}

struct duplicate *names_duplicate(const struct names *names, const struct name *first)
{
    const uint32_t number = (uint32_t)(first - names->list);
    size_t low = 0, high = names->duplicate_count;

    if (!first->repeated)
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (names->duplicates[middle].first < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < names->duplicate_count && names->duplicates[low].first == number ? &names->duplicates[low] : NULL;
}

void names_free(struct names *names)
{
    free(names->list);
    free(names->duplicates);
    free(names->slots);
    *names = (struct names) { 0 };
}
