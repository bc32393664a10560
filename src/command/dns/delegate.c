#include "command/dns/delegate.h"

#include "base/buf.h"
#include "config/index.h"
#include "policy/domain.h"
#include "policy/place.h"

#include <stdio.h>

/* True if INDEX names DOMAIN.ZONE: the records of this domain have the names that those of DOMAIN have below ZONE. */
static bool is_taken(const struct index *index, const char *domain, const char *zone)
{
    char name[DOMAIN_MAX + 1];
    int len = snprintf(name, sizeof name, "%s.%s", domain, zone);

    return len > 0 && len <= DOMAIN_MAX && index_names(index, name);
}

bool dns_delegate_can(const struct index *index, const char *domain, const char *zone, struct buf *why)
{
    char longest[DOMAIN_MAX + 1];

    if (!place_name(PLACE_TLSRPT, domain, zone, longest)) {
        buf_print(why, "%s%s.%s is longer than %d characters; delegate to a zone with a shorter name", place_prefix(PLACE_TLSRPT),
                  domain, zone, DOMAIN_MAX);
        return false;
    }
    if (is_taken(index, domain, zone)) {
        buf_print(
            why,
            "the records of %s would have the same names below %s as those of %s.%s, which the file names, too; delegate to "
            "a zone with another name",
            domain, zone, domain, zone);
        return false;
    }
    return true;
}
