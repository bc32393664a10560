/* Makes the policy of one section from its values, its template and [defaults], or finds the mistake that prevents it. Pure. */
#ifndef CONFIG_RESOLVE_H
#define CONFIG_RESOLVE_H

#include "base/buf.h"
#include "config/outline.h"
#include "ini/inherit.h"

/* A section, and the sections that it takes values from. */
struct resolved {
    struct section own, unknown, *template, *defaults;
    struct inherit_found found;
    struct buf mx;          /* FOUND's mx, if {domain} was replaced in it */
    struct inherit_why why; /* why there is no policy */
};

/*
 * Appends the policy of section NUMBER, as served, to OUT. Returns false if there is no policy: RESOLVED's WHY names the mistake.
 * WHY is empty if memory ran out, or if the section is a template or the preamble. With RECORDS, host and tlsrpt are looked up,
 * too. If DOMAIN is not NULL, it replaces {domain} in mx. RESOLVED need not be initialised; free it with resolve_free(), also on
 * an error.
 */
bool resolve_section(struct outline *outline, size_t number, const char *domain, bool records, struct resolved *resolved,
                     struct buf *out);

void resolve_free(struct resolved *resolved);

#endif
