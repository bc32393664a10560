#include "ini/key.h"

#include "base/near.h"
#include "policy/domain.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    bool in_policy;
} keys[KEYS] = {
    [KEY_MODE] = { "mode", true }, [KEY_MX] = { "mx", true },      [KEY_MAX_AGE] = { "max_age", true },
    [KEY_USE] = { "use", true },   [KEY_HOST] = { "host", false }, [KEY_TLSRPT] = { "tlsrpt", false },
};

const char *key_name(enum key key)
{
    return key < KEYS ? keys[key].name : NULL;
}

void key_list(char list[KEY_LIST_SIZE])
{
    size_t len = 0;

    for (size_t i = 0; i < KEYS && len < KEY_LIST_SIZE; i++) {
        int n = snprintf(list + len, KEY_LIST_SIZE - len, "%s%s", i == 0 ? "" : i == KEYS - 1 ? " and " : ", ", keys[i].name);
        len += n > 0 ? (size_t)n : 0;
    }
}

bool key_is_in_policy(enum key key)
{
    return key >= KEYS || keys[key].in_policy;
}

enum key key_known(const char *name)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(name, keys[i].name) == 0)
            return (enum key)i;
    return KEY_ANY;
}

/* True for a distance of 1, or of 2 in words of more than four letters. With more it is another word. */
static bool is_near(size_t distance, size_t longer)
{
    return distance <= 1 || (distance == 2 && longer > 4);
}

enum key key_nearest(const char *text, size_t len)
{
    char word[NEAR_MAX + 1];
    size_t n = 0, least = SIZE_MAX;
    enum key nearest = KEY_ANY;

    while (n < len && n < NEAR_MAX && strchr(" \t:=", text[n]) == NULL) {
        word[n] = domain_lower(text[n]);
        n++;
    }
    word[n] = '\0';
    for (size_t i = 0; i < KEYS; i++) {
        size_t distance = near_distance(word, keys[i].name), longer = strlen(keys[i].name) > n ? strlen(keys[i].name) : n;
        if (distance < least && is_near(distance, longer)) {
            least = distance;
            nearest = (enum key)i;
        }
    }
    return nearest;
}
