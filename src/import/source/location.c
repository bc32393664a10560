#include "import/source/location.h"

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char path[] = "/.well-known/mta-sts.txt";

static enum location_match match_if(bool matches)
{
    return matches ? LOCATION_YES : LOCATION_NO;
}

/* Reads a regular expression that is one text, with or without anchors. */
static enum location_match match_regex(const char *regex, bool any_case)
{
    const size_t most = sizeof path - 1;
    char text[sizeof path];
    size_t n = 0;
    bool begins = *regex == '^', ends = false;

    for (regex += begins; *regex != '\0' && !ends; regex++) {
        bool is_escape = *regex == '\\' && strchr("./-_", regex[1]) != NULL && regex[1] != '\0';
        ends = *regex == '$' && regex[1] == '\0';
        if (!is_escape && !ends && strchr("\\*+?()[]{}|^$", *regex) != NULL)
            return LOCATION_PERHAPS;
        regex += is_escape;
        if (!ends && n == most)
            return LOCATION_NO;
        if (!ends)
            text[n++] = any_case ? domain_lower(*regex) : *regex;
    }
    text[n] = '\0';
    const char *found = begins ? path : ends ? path + most - n : strstr(path, text);
    return match_if(found != NULL && strncmp(found, text, n) == 0 && (!ends || found + n == path + most));
}

struct location location_read(const char *const words[3], size_t count)
{
    static const struct {
        const char *modifier;
        enum location_type type;
        bool any_case;
    } modifiers[] = {
        { "=", LOCATION_EXACT, false },
        { "^~", LOCATION_FINAL, false },
        { "~", LOCATION_REGEX, false },
        { "~*", LOCATION_REGEX, true },
    };
    const char *uri = words[count == 3 ? 2 : 1];
    struct location location = { LOCATION_NAMED, LOCATION_PERHAPS, strlen(uri) };

    if (count == 2 && uri[0] != '@')
        location.type = LOCATION_PREFIX;
    bool any_case = false;
    for (size_t i = 0; count == 3 && i < sizeof modifiers / sizeof *modifiers; i++)
        if (strcmp(modifiers[i].modifier, words[1]) == 0) {
            location.type = modifiers[i].type;
            any_case = modifiers[i].any_case;
        }
    if (location.type == LOCATION_REGEX)
        location.match = match_regex(uri, any_case);
    else if (location.type == LOCATION_EXACT)
        location.match = match_if(strcmp(path, uri) == 0);
    else if (location.type != LOCATION_NAMED)
        location.match = match_if(strncmp(path, uri, location.len) == 0);
    return location;
}

size_t location_add(struct locations *locations, const struct location *location)
{
    size_t number = ++locations->count;

    if (location->match == LOCATION_NO || location->type == LOCATION_NAMED)
        return number;
    if (location->type == LOCATION_EXACT) {
        locations->exact = number;
    } else if (location->type == LOCATION_REGEX) {
        locations->regex = locations->regex > 0 ? locations->regex : number;
    } else if (location->len >= locations->prefix_len) {
        locations->prefix = number;
        locations->prefix_len = location->len;
        locations->is_final = location->type == LOCATION_FINAL;
    }
    return number;
}

size_t location_answering(const struct locations *locations)
{
    if (locations->exact > 0)
        return locations->exact;
    return locations->regex > 0 && !locations->is_final ? locations->regex : locations->prefix;
}
