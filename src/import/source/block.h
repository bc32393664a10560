/* What a block of an nginx configuration is for. Pure. */
#ifndef IMPORT_SOURCE_BLOCK_H
#define IMPORT_SOURCE_BLOCK_H

#include "import/source/location.h"

#include <stdbool.h>
#include <stddef.h>

enum block_kind {
    BLOCK_AROUND, /* http and the like, which say nothing about a policy */
    BLOCK_SERVER,
    BLOCK_POLICY,     /* the location that answers /.well-known/mta-sts.txt */
    BLOCK_LOCATION,   /* a location that does not */
    BLOCK_UNREADABLE, /* a location of which that is not known */
    BLOCK_UNSURE,     /* if, a location in another one, and what else may not be reached */
    BLOCK_HOSTS,      /* a map from the name of the host */
    BLOCK_MAP         /* another map */
};

/* Returns the kind of the block that begins with the directive WORDS, COUNT words; not of a location. */
enum block_kind block_kind(const char *const words[3], size_t count);

/* True if the condition or variable TEXT depends on the name of the host. */
bool block_is_by_host(const char *text);

enum { BLOCKS_MAX = 16 };

/* The blocks that are open. Zeroed memory is none. */
struct blocks {
    enum block_kind kinds[BLOCKS_MAX]; /* what is deeper counts as BLOCK_UNSURE */
    size_t depth;
};

void block_push(struct blocks *blocks, enum block_kind kind);

/* Closes the last block, and returns its kind; BLOCK_AROUND if none is open. */
enum block_kind block_pop(struct blocks *blocks);

/* Returns the kind of the last block; BLOCK_AROUND if none is open. */
enum block_kind block_last(const struct blocks *blocks);

/* Returns the kind of LOCATION, which begins in BLOCKS. */
enum block_kind block_of_location(const struct blocks *blocks, const struct location *location);

bool block_is_location(enum block_kind kind);

/* True if what is returned here is not the answer for the path of the policy. */
bool block_is_elsewhere(const struct blocks *blocks);

/* Returns NULL if what is returned here is reached in each case, or why not ("what is wrong; what to do"). */
const char *block_doubt(const struct blocks *blocks);

#endif
