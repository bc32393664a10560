/* The policy that comes of a section, its template and [defaults] (RFC 8461 3.2). Pure. */
#ifndef INI_INHERIT_H
#define INI_INHERIT_H

#include "ini/section.h"
#include "policy/model.h"

/* A problem, and the section that it stands in. */
struct inherit_why {
    const struct section *section;
    const struct section_problem *problem;
};

/* What comes of a section, its template and [defaults]: the policy, and which of them each value is from (NULL: none has it). */
struct inherit_found {
    struct policy policy; /* borrows from them */
    const struct section *from[KEYS];
    bool mistaken[KEYS];               /* of host and tlsrpt: a mistake stands in the way of that value */
    struct inherit_why record_mistake; /* the first such mistake in the file; the policy does without these values */
};

/*
 * Is a value of the policy, or with RECORDS one of its records, looked for in [defaults]: is it neither in OWN nor in TEMPLATE
 * (NULL: none)?
 */
bool inherit_looks_in_defaults(const struct section *own, const struct section *template, bool records);

/*
 * Finds what comes of OWN, of TEMPLATE (NULL: none) and of DEFAULTS (NULL: none), each value from the first of them that has it
 * (RFC 8461 3.2). False where a mistake stands in its way: WHY then names it (it may have been added to OWN), or is empty where
 * memory ran out. Of host and tlsrpt, a mistake is no more than a value that is not there.
 */
bool inherit_find(struct section *own, const struct section *template, const struct section *defaults,
                  struct inherit_found *found, struct inherit_why *why);

/* Adds the policy in FOUND, rendered, to OUT. False, as above, where it is too large or memory ran out. */
bool inherit_render(struct section *own, const struct inherit_found *found, struct buf *out, struct inherit_why *why);

#endif
