/* Reads from the CNAMEs at the three names of a domain whether its owner delegated them to a zone (policy/place.h). Pure. */
#ifndef PROBE_READ_DELEGATION_H
#define PROBE_READ_DELEGATION_H

#include "policy/domain.h"
#include "policy/place.h"
#include "probe/read/first.h"
#include "read/finding.h"

#include <stdbool.h>

/* What name servers answered about one of the names. Names have no final dot. Borrowed. */
struct probe_delegation_name {
    bool is_known;            /* false: they did not say whether there is a record */
    bool is_there;            /* there is a record of the type that senders ask for, at this name or where its CNAMEs lead */
    const char *first, *last; /* the first and the last target of its CNAMEs; NULL: it is no CNAME */
};

/* Zeroed memory is a domain that is not delegated. */
struct probe_delegation {
    const char *domain;        /* in normal form, borrowed */
    char zone[DOMAIN_MAX + 1]; /* in normal form; "": no name of the domain is delegated */
    struct probe_delegation_name names[PLACES];
};

/* Sets the zone of DELEGATION, whose other fields are filled: the first that a CNAME leads to, of the id, the host, the reports.
 */
void probe_delegation_find(struct probe_delegation *delegation);

/*
 * Adds to FINDINGS what is wrong with the delegation of PLACE, and who changes what: a zone without the record, a CNAME to a
 * wrong name, a name that is not delegated like the others. Adds nothing if the domain is not delegated. FIRST: what comes
 * before a record is published.
 */
void probe_delegation_judge(const struct probe_delegation *delegation, enum place place, enum probe_first first,
                            struct probe_findings *findings);

/*
 * Writes the name where the record of PLACE is, or belongs, to NAME. Returns true if it is in the zone, whose operator changes
 * it; false if the domain's owner does, or whoever his CNAMEs lead to.
 */
bool probe_delegation_where(const struct probe_delegation *delegation, enum place place, char name[DOMAIN_MAX + 1]);

/* All rules of delegations. A rule whose kind begins with a check's name belongs to that check. */
extern const struct probe_rules probe_delegation_rules;

#endif
