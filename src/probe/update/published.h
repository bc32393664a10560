/* Asks which DNS records of a domain are published, at each of its names, and in which zone they are. */
#ifndef PROBE_UPDATE_PUBLISHED_H
#define PROBE_UPDATE_PUBLISHED_H

#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/update/plan.h"

#include <stdbool.h>
#include <stddef.h>

enum { UPDATE_TYPES_MAX = 3 /* of records at one name */ };

/* What is published at one name. Zeroed memory is nothing. */
struct update_published {
    const char *unknown; /* as in struct update_name; lasts as long as the answers */
    bool is_unanswered;  /* with UNKNOWN: no name server answered */
    bool is_elsewhere;   /* with UNKNOWN: the name is in a zone that the name server does not have */
    struct update_record *records;
    size_t count;
    struct probe_dns_answer answers[UPDATE_TYPES_MAX];
};

/*
 * Asks for the records at the COUNT names in NAMES, PLACES at most, which are of PLACES. SEEN need not be initialised. The
 * caller frees each with update_published_free().
 */
void update_published_ask(struct probe_dns *dns, const char *const *names, const enum place *places, size_t count,
                          struct update_published *seen);

/* True if A and B, both known, have the same records. */
bool update_published_same(const struct update_published *a, const struct update_published *b);

/* True if A and B, the records at a policy host's name, lead to the same addresses, as far as both name servers know. */
bool update_published_leads_same(const struct update_published *a, const struct update_published *b);

void update_published_free(struct update_published *seen);

/* Writes the name of the zone that NAME is in, without a final dot, to ZONE; "" where that cannot be found out. */
void update_published_zone(struct probe_dns *dns, const char *name, char zone[DOMAIN_MAX + 1]);

#endif
