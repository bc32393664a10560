#include "probe/update/wildcard.h"

#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/update/published.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = DOMAIN_MAX + 1 };

bool update_wildcard_below(const char *name, char below[DOMAIN_MAX + 1])
{
    return snprintf(below, NAME_SIZE, "no-such-name.*.%s", name) < NAME_SIZE;
}

bool update_wildcard_is(struct probe_dns *dns, const char *name, enum place place, const struct update_published *seen)
{
    const enum place places[] = { place, place };
    char beside[NAME_SIZE], below[NAME_SIZE];
    const char *names[] = { beside, below };
    struct update_published made_up[2];

    if (seen->count == 0 || !update_wildcard_below(name, below) ||
        snprintf(beside, sizeof beside, "no-such-name%s", strchr(name, '.')) >= NAME_SIZE)
        return false;
    update_published_ask(dns, names, places, 2, made_up);
    bool is_wildcard = update_published_same(seen, &made_up[0]) && update_published_same(seen, &made_up[1]);
    update_published_free(&made_up[0]);
    update_published_free(&made_up[1]);
    return is_wildcard;
}
