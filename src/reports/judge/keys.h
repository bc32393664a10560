/* A hash table from keys of 64 bits to numbers, for names that strangers choose. Pure. */
#ifndef REPORTS_JUDGE_KEYS_H
#define REPORTS_JUDGE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keys_slot {
    uint64_t key;
    uint32_t value; /* KEYS_NONE: the slot is empty */
};

#define KEYS_NONE UINT32_MAX

/* Zeroed memory is an empty table, but for SEED: what nobody else knows, so that nobody can choose keys that collide. */
struct keys {
    struct keys_slot *slots;
    size_t count, room; /* ROOM: 0 or a power of two */
    uint64_t seed;
};

/* The key of the COUNT strings in TEXTS. */
uint64_t keys_of(const struct keys *keys, const char *const *texts, size_t count);

/*
 * The number of KEY; KEYS_NONE if it is not there. If KEY is not there and NUMBER is not KEYS_NONE, it is put there. False if
 * memory runs out.
 */
bool keys_take(struct keys *keys, uint64_t key, uint32_t number, uint32_t *found);

void keys_free(struct keys *keys);

#endif
