/* Makes the policy of a section from its own values, its template and [defaults] (RFC 8461 3.2). Pure. */
#ifndef INI_INHERIT_H
#define INI_INHERIT_H

#include "ini/section.h"
#include "policy/model.h"

/* A mistake and its section. Both are NULL if memory ran out. */
struct inherit_why {
    const struct section *section;
    const struct section_problem *problem;
};

/* The policy, and the source of each value: the section, its template or [defaults]; NULL if none sets the key. */
struct inherit_found {
    struct policy policy; /* borrows from the sections */
    bool fills;           /* POLICY's mx has {domain} in it */
    const struct section *from[KEYS];
    bool mistaken[KEYS];               /* host and tlsrpt: a mistake makes the value unusable */
    struct inherit_why record_mistake; /* the first of these mistakes in the file; the policy does not need these values */
};

/*
 * True if a value has to be looked up in [defaults], since neither OWN nor TEMPLATE (may be NULL) sets it. With RECORDS this
 * includes host and tlsrpt.
 */
bool inherit_looks_in_defaults(const struct section *own, const struct section *template, bool records);

/*
 * Looks up each value in OWN, then TEMPLATE, then DEFAULTS (the last two may be NULL), and fills FOUND from the first that sets
 * it (RFC 8461 3.2). Returns false if a mistake prevents a policy: WHY names it. The mistake may have been added to OWN. Returns
 * false with an empty WHY if memory runs out. A mistake in host or tlsrpt does not prevent a policy.
 */
bool inherit_find(struct section *own, const struct section *template, const struct section *defaults,
                  struct inherit_found *found, struct inherit_why *why);

/* Returns the line of mx pattern NUMBER if it is in OWN, else the line of OWN's header. */
unsigned inherit_mx_line(const struct section *own, const struct inherit_found *found, size_t number);

/*
 * Replaces {domain} in FOUND's mx by DOMAIN. The patterns are then in MX, which is empty at first and belongs to the caller.
 * Returns false, with WHY as for inherit_find(), if a host is too long with DOMAIN in it (RFC 8461 3.2).
 */
bool inherit_fill(struct section *own, struct inherit_found *found, const char *domain, struct buf *mx, struct inherit_why *why);

/*
 * Appends the policy in FOUND, as served, to OUT. Returns false, with WHY as for inherit_find(), if it is too large (RFC 8461
 * 3.3) or memory runs out.
 */
bool inherit_render(struct section *own, const struct inherit_found *found, struct buf *out, struct inherit_why *why);

#endif
