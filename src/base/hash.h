/* FNV-1a, 64 bits. Published TXT ids are made from it, so it must never change. config/names and probe/ask/hosts use it, too. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

/* The hash of no bytes: the value to begin with. */
#define HASH_EMPTY UINT64_C(14695981039346656037)

/* Returns HASH extended by BYTE. */
static inline uint64_t hash_add(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT64_C(1099511628211);
}

/* Folds HASH into 32 bits, for tables in memory. */
static inline uint32_t hash_short(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

#endif
