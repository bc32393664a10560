#include "import/source/block.h"

#include "import/source/location.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define IMPORT_IT "import it from where it is served: mta-sts-probe --import"

bool block_is_by_host(const char *text)
{
    return strstr(text, "host") != NULL || strstr(text, "server_name") != NULL;
}

enum block_kind block_kind(const char *const words[3], size_t count)
{
    static const struct {
        const char *word;
        size_t count;
        enum block_kind kind;
    } blocks[] = { { "http", 1, BLOCK_AROUND }, { "server", 1, BLOCK_SERVER } };

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (blocks[i].count == count && strcmp(blocks[i].word, words[0]) == 0)
            return blocks[i].kind;
    if (count == 3 && strcmp(words[0], "map") == 0)
        return block_is_by_host(words[1]) ? BLOCK_HOSTS : BLOCK_MAP;
    return BLOCK_UNSURE;
}

enum block_kind block_of_location(const struct blocks *blocks, const struct location *location)
{
    static const enum block_kind kinds[] = {
        [LOCATION_NO] = BLOCK_LOCATION, [LOCATION_PERHAPS] = BLOCK_UNREADABLE, [LOCATION_YES] = BLOCK_POLICY
    };

    for (size_t i = 0; i < blocks->depth && i < BLOCKS_MAX; i++)
        if (block_is_location(blocks->kinds[i]))
            return BLOCK_UNSURE;
    return kinds[location->match];
}

bool block_is_location(enum block_kind kind)
{
    return kind == BLOCK_POLICY || kind == BLOCK_LOCATION || kind == BLOCK_UNREADABLE;
}

/* --- open blocks --- */

static enum block_kind kind_at(const struct blocks *blocks, size_t depth)
{
    return depth < BLOCKS_MAX ? blocks->kinds[depth] : BLOCK_UNSURE;
}

void block_push(struct blocks *blocks, enum block_kind kind)
{
    if (blocks->depth < BLOCKS_MAX)
        blocks->kinds[blocks->depth] = kind;
    blocks->depth++;
}

enum block_kind block_last(const struct blocks *blocks)
{
    return blocks->depth > 0 ? kind_at(blocks, blocks->depth - 1) : BLOCK_AROUND;
}

enum block_kind block_pop(struct blocks *blocks)
{
    enum block_kind kind = block_last(blocks);

    blocks->depth -= blocks->depth > 0;
    return kind;
}

bool block_is_elsewhere(const struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->depth && i < BLOCKS_MAX; i++)
        if (blocks->kinds[i] == BLOCK_LOCATION)
            return true;
    return false;
}

const char *block_doubt(const struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->depth; i++)
        if (kind_at(blocks, i) == BLOCK_UNSURE || kind_at(blocks, i) == BLOCK_UNREADABLE)
            return "the policy is in a block that is perhaps not reached for each request, such as if; " IMPORT_IT;
    return NULL;
}
