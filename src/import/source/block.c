#include "import/source/block.h"

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char path[] = "/.well-known/mta-sts.txt";

#define IMPORT_IT "import it from where it is served: mta-sts-probe --import"

bool block_is_by_host(const char *text)
{
    return strstr(text, "host") != NULL || strstr(text, "server_name") != NULL;
}

/* --- locations --- */

static enum block_kind kind_if(bool is_policy)
{
    return is_policy ? BLOCK_POLICY : BLOCK_LOCATION;
}

/* Reads a regular expression that is one text, with or without anchors. */
static enum block_kind match_regex(const char *regex, bool any_case)
{
    const size_t most = sizeof path - 1;
    char text[sizeof path];
    size_t n = 0;
    bool begins = *regex == '^', ends = false;

    for (regex += begins; *regex != '\0' && !ends; regex++) {
        bool is_escape = *regex == '\\' && strchr("./-_", regex[1]) != NULL && regex[1] != '\0';
        ends = *regex == '$' && regex[1] == '\0';
        if (!is_escape && !ends && strchr("\\*+?()[]{}|^$", *regex) != NULL)
            return BLOCK_UNSURE;
        regex += is_escape;
        if (!ends && n == most)
            return BLOCK_LOCATION;
        if (!ends)
            text[n++] = any_case ? domain_lower(*regex) : *regex;
    }
    text[n] = '\0';
    const char *found = begins ? path : ends ? path + most - n : strstr(path, text);
    return kind_if(found != NULL && strncmp(found, text, n) == 0 && (!ends || found + n == path + most));
}

static enum block_kind kind_of_location(const char *const words[3], size_t count)
{
    static const struct {
        const char *modifier;
        bool is_regex, any_case;
    } modifiers[] = { { "~", true, false }, { "~*", true, true }, { "^~", false, false } };

    if (count == 2)
        return words[1][0] == '@' ? BLOCK_UNSURE : kind_if(strncmp(path, words[1], strlen(words[1])) == 0);
    if (count == 3 && strcmp(words[1], "=") == 0)
        return kind_if(strcmp(path, words[2]) == 0);
    for (size_t i = 0; count == 3 && i < sizeof modifiers / sizeof *modifiers; i++) {
        if (strcmp(modifiers[i].modifier, words[1]) != 0)
            continue;
        return modifiers[i].is_regex ? match_regex(words[2], modifiers[i].any_case)
                                     : kind_if(strncmp(path, words[2], strlen(words[2])) == 0);
    }
    return BLOCK_UNSURE;
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
    if (count >= 2 && strcmp(words[0], "location") == 0)
        return kind_of_location(words, count);
    if (count == 3 && strcmp(words[0], "map") == 0)
        return block_is_by_host(words[1]) ? BLOCK_HOSTS : BLOCK_MAP;
    return BLOCK_UNSURE;
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

const char *block_doubt(const struct blocks *blocks)
{
    enum block_kind location = BLOCK_POLICY;

    for (size_t i = 0; i < blocks->depth; i++) {
        enum block_kind kind = kind_at(blocks, i);
        if (kind == BLOCK_UNSURE)
            return "the policy is in a block that is perhaps not reached for each request, such as if; " IMPORT_IT;
        if (kind == BLOCK_POLICY || kind == BLOCK_LOCATION)
            location = kind;
    }
    return location == BLOCK_POLICY ? NULL : "its location is not that of /.well-known/mta-sts.txt; " IMPORT_IT;
}
