/* What the file says of a domain: its policy, or the mistake that prevents one. Cached in the outline. Thread-safe. */
#ifndef CONFIG_VERDICT_H
#define CONFIG_VERDICT_H

#include "config/names.h"
#include "config/outline.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum index_found {
    INDEX_POLICY, /* BYTES is the policy as served */
    INDEX_BROKEN, /* BYTES is the mistake that prevents a policy, "file:line: [section] key: what; what to write" */
    INDEX_UNSURE  /* the file does not name the domain, but a lost header may (ini/lost.h); BYTES is a message about it */
};

struct index_verdict {
    enum index_found found;
    bool fills; /* BYTES has {domain} in it */
    bool alone; /* made for one domain: verdict_drop() frees it */
    size_t len;
    char bytes[]; /* LEN bytes and a final NUL */
};

/*
 * Sets *VERDICT to that on section NUMBER, whose {domain} DOMAIN replaces; if DOMAIN is "*", {domain} is left as it is. Here and
 * below false if memory runs out.
 */
bool verdict_on_section(struct outline *outline, uint32_t number, const char *domain, const struct index_verdict **verdict);

/* Sets *VERDICT to that on a name that is in two places. */
bool verdict_on_duplicate(struct outline *outline, struct duplicate *duplicate, const struct index_verdict **verdict);

/* Sets *VERDICT to that on every domain that only the lost header at offset AT may name. CACHE holds it, or NULL at first. */
bool verdict_on_lost(struct outline *outline, _Atomic(struct index_verdict *) *cache, size_t at,
                     const struct index_verdict **verdict);

/* Frees VERDICT if it was made for one domain. OUTLINE keeps the others. VERDICT may be NULL. */
void verdict_drop(const struct index_verdict *verdict);

#endif
