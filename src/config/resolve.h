/* What the file says of one section: the policy, by its template and [defaults], or the mistake that stands in its way. Pure. */
#ifndef CONFIG_RESOLVE_H
#define CONFIG_RESOLVE_H

#include "config/outline.h"
#include "ini/inherit.h"

/* A section as it was read, with what it takes values from. */
struct resolved {
    struct section own, unknown, *template, *defaults;
    struct inherit_found found;
    struct inherit_why why; /* if there is no policy: why */
};

/*
 * Adds the policy of section NUMBER, as served, to OUT. False if there is none: RESOLVED's why then names the mistake, or is
 * empty if memory ran out, or if the section is a template or the preamble. With RECORDS, host and tlsrpt are looked for, too.
 * RESOLVED need not be initialised; resolve_free() is due in any case.
 */
bool resolve_section(struct outline *outline, size_t number, bool records, struct resolved *resolved, struct buf *out);

void resolve_free(struct resolved *resolved);

#endif
