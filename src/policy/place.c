#include "policy/place.h"

#include "policy/domain.h"

#include <stdio.h>
#include <string.h>

static const char *const prefixes[PLACES] = {
    [PLACE_HOST] = DOMAIN_POLICY_HOST_PREFIX,
    [PLACE_ID] = "_mta-sts.",
    [PLACE_TLSRPT] = "_smtp._tls.",
};

const char *place_prefix(enum place place)
{
    return prefixes[place];
}

bool place_name(enum place place, const char *domain, const char *zone, char name[DOMAIN_MAX + 1])
{
    int len =
        snprintf(name, DOMAIN_MAX + 1, "%s%s%s%s", prefixes[place], domain, zone != NULL ? "." : "", zone != NULL ? zone : "");

    return len >= 0 && len <= DOMAIN_MAX;
}

bool place_zone(enum place place, const char *domain, const char *target, char zone[DOMAIN_MAX + 1])
{
    char name[DOMAIN_MAX + 1];

    zone[0] = '\0';
    if (!place_name(place, domain, NULL, name))
        return false;
    size_t len = strlen(name), all = strlen(target);
    if (all <= len || all > DOMAIN_MAX || !domain_same(target, name, len) || target[len] != '.')
        return false;
    const char *rest = target + len + 1;
    /* It is printed as a part of a command: no other characters. */
    if (domain_fault(rest, strlen(rest)) != DOMAIN_FINE)
        return false;
    domain_normal(rest, strlen(rest), zone);
    return true;
}
