/* The policies that were found, by domain. Pure. */
#ifndef IMPORT_CATALOGUE_H
#define IMPORT_CATALOGUE_H

#include "base/buf.h"
#include "base/say.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a source says. Of a policy with a mistake: what can be read of it; in place of each pattern that cannot, an empty one. */
struct catalogue_values {
    struct policy policy; /* a pattern of MX is in lower case */
    bool has_mode, has_max_age;
};

/* One source of a domain's policy. */
struct catalogue_item {
    size_t domain, place, faults; /* offsets in TEXTS */
    size_t values;                /* the number of its values; equal values have the same number */
    bool is_wrong;                /* the policy has a mistake: FAULTS has at least one line */
};

enum catalogue_verdict {
    CATALOGUE_TAKEN,     /* all sources have this policy */
    CATALOGUE_WRONG,     /* no source has a valid policy */
    CATALOGUE_DIFFERENT, /* the sources differ */
};

struct catalogue_domain {
    size_t item, count; /* its items are in a row */
    enum catalogue_verdict verdict;
};

struct catalogue_kept {
    struct catalogue_values values; /* its MX is not set */
    size_t mx, mx_len;              /* in MX of the catalogue */
    uint64_t hash;
};

/* Zeroed memory is an empty catalogue. Free it with catalogue_free(). */
struct catalogue {
    struct catalogue_item *items;
    size_t count, room;
    struct catalogue_kept *kept; /* each of the different values once */
    size_t kept_count, kept_room;
    uint32_t *table; /* from the hash of values to their number plus 1 */
    size_t table_size;
    struct buf texts, mx;
    struct catalogue_domain *domains; /* from catalogue_settle() */
    size_t domain_count;
    bool failed; /* memory ran out: it is not complete */
};

/*
 * Adds that the source PLACE, "file:line", has VALUES for DOMAIN: a policy domain in normal form, or "*". FAULTS is NULL, or
 * explains why the policy cannot be taken, in lines that each end in a newline. All is copied.
 */
void catalogue_add(struct catalogue *catalogue, const char *domain, const char *place, const struct catalogue_values *values,
                   const char *faults);

/*
 * Sorts by domain, the order of the sources of one domain apart, and decides on each. Complains of each domain whose sources
 * differ. Domains whose policies differ only in their own names get the same values, with {domain} in MX. Returns false if a
 * domain is not taken. If memory runs out, FAILED is set.
 */
bool catalogue_settle(struct catalogue *catalogue, say_line *complain);

/* After catalogue_settle(): true if a source was about DOMAIN, taken or not. */
bool catalogue_has(const struct catalogue *catalogue, const char *domain);

/* Returns the domain, the place, the faults and the values of ITEM. The catalogue owns them. */
const char *catalogue_domain_name(const struct catalogue *catalogue, const struct catalogue_item *item);
const char *catalogue_place(const struct catalogue *catalogue, const struct catalogue_item *item);
const char *catalogue_faults(const struct catalogue *catalogue, const struct catalogue_item *item);
struct catalogue_values catalogue_values(const struct catalogue *catalogue, size_t number);

void catalogue_free(struct catalogue *catalogue);

#endif
