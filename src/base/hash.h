/* A hash of bytes: FNV-1a with 64 bits. The TXT ids that are published are made of it, so it stays what it is; config/names and
 * probe/ask/hosts have tables by it. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

/* Of no bytes. */
#define HASH_EMPTY UINT64_C(14695981039346656037)

/* HASH with one more BYTE. */
static inline uint64_t hash_add(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT64_C(1099511628211);
}

/* HASH in 32 bits, for a table in memory. */
static inline uint32_t hash_short(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

#endif
