/* FNV-1a, 64 bits. Published TXT ids are made from it, so it must never change. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of no bytes: the value to begin with. */
#define HASH_EMPTY UINT64_C(14695981039346656037)

/* Returns HASH extended by BYTE. */
static inline uint64_t hash_add(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT64_C(1099511628211);
}

/* The hash of a host name, in any case of its letters, for tables in memory. It may change. */
static inline uint32_t hash_name(const char *name, size_t len)
{
    uint64_t hash = HASH_EMPTY;

    for (size_t i = 0; i < len; i++)
        hash = hash_add(hash, name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i]);
    return (uint32_t)(hash ^ hash >> 32);
}

#endif
