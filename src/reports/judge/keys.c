#include "reports/judge/keys.h"

#include "base/hash.h"

#include <stdint.h>
#include <stdlib.h>

enum { ROOM_FIRST = 64 };

/* Each bit of the result depends on all bits of KEY. */
static uint64_t mix(uint64_t key)
{
    key = (key ^ key >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ key >> 27) * UINT64_C(0x94d049bb133111eb);
    return key ^ key >> 31;
}

uint64_t keys_of(const struct keys *keys, const char *const *texts, size_t count)
{
    uint64_t hash = HASH_EMPTY ^ keys->seed;

    for (size_t i = 0; i < count; i++) {
        for (const char *c = texts[i]; *c != '\0'; c++)
            hash = mix(hash_add(hash, *c));
        hash = hash_add(hash, '\0');
    }
    return mix(hash);
}

/* The slot that has KEY, or the empty one where it belongs. */
static struct keys_slot *find(const struct keys *keys, uint64_t key)
{
    size_t at = (size_t)key & (keys->room - 1);

    while (keys->slots[at].value != KEYS_NONE && keys->slots[at].key != key)
        at = (at + 1) & (keys->room - 1);
    return &keys->slots[at];
}

static bool grow(struct keys *keys)
{
    struct keys larger = { .room = keys->room > 0 ? keys->room * 2 : ROOM_FIRST };

    larger.slots = malloc(larger.room * sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (size_t i = 0; i < larger.room; i++)
        larger.slots[i].value = KEYS_NONE;
    for (size_t i = 0; i < keys->room; i++)
        if (keys->slots[i].value != KEYS_NONE)
            *find(&larger, keys->slots[i].key) = keys->slots[i];
    free(keys->slots);
    keys->slots = larger.slots;
    keys->room = larger.room;
    return true;
}

bool keys_take(struct keys *keys, uint64_t key, uint32_t number, uint32_t *found)
{
    if (keys->count * 2 >= keys->room && !grow(keys))
        return false;
    struct keys_slot *slot = find(keys, key);
    *found = slot->value;
    if (slot->value != KEYS_NONE || number == KEYS_NONE)
        return true;
    *slot = (struct keys_slot) { key, number };
    keys->count++;
    return true;
}

void keys_free(struct keys *keys)
{
    free(keys->slots);
    *keys = (struct keys) { .seed = keys->seed };
}
