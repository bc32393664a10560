/*
 * Looks up policies in the text of policies.ini. A section is parsed at the first look-up of one of its domains, and the result
 * is cached. Thread-safe.
 */
#ifndef CONFIG_INDEX_H
#define CONFIG_INDEX_H

#include "base/buf.h"
#include "config/audit.h"
#include "config/verdict.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>

struct index;

/*
 * Makes an index of TEXT, SIZE bytes from malloc(). The index owns TEXT, and frees it also on an error. FILE is the file name for
 * messages. If ONLY is not NULL, only this policy domain, in normal form, can be looked up; this makes the index faster to build.
 * Returns NULL if memory runs out, or if TEXT has 4 GiB or more. Free the index with index_free().
 */
struct index *index_new(char *text, size_t size, const char *file, const char *only);

/* Return the number of sections, and of domains that they name ([*] counts as one). */
size_t index_sections(const struct index *index);
size_t index_domains(const struct index *index);

/* True if a header names DOMAIN, a policy domain in normal form. [*] does not count. */
bool index_names(const struct index *index, const char *domain);

/*
 * Looks up DOMAIN, a policy domain in normal form, or "*". If no section names it, the verdict is INDEX_UNSURE if the file has a
 * lost header, else that of [*]. Sets *VERDICT to NULL if there is none, or if DOMAIN has no dot. DOMAIN replaces {domain}; for
 * "*" it is left as it is. Call verdict_drop() after use, before the index is freed. Returns false if memory runs out.
 */
bool index_find(struct index *index, const char *domain, const struct index_verdict **verdict);

/*
 * Looks up NAME, a policy domain or "*", like index_find(), but without [*] and without regard to lost headers. DOMAIN replaces
 * {domain}: it is NAME, or a domain for which [*] is to answer.
 */
bool index_find_named(struct index *index, const char *name, const char *domain, const struct index_verdict **verdict);

/* True if the file has a lost header, so that it may name more domains than the index knows. True also if memory runs out. */
bool index_has_lost(struct index *index);

/*
 * Sets *VERDICT to INDEX_UNSURE if the file has a lost header: the verdict on each domain that the file names nowhere else; else
 * to NULL. Call verdict_drop() after use, before the index is freed. Returns false if memory runs out.
 */
bool index_find_lost(struct index *index, const struct index_verdict **verdict);

/* Returns the file name as given to index_new(). The index owns it. */
const char *index_file(const struct index *index);

/* Returns the whole text, *SIZE bytes. The index owns it. */
const char *index_text(const struct index *index, size_t *size);

/* Reports every mistake and warning of the file to AUDIT; see config/audit.h. False if it was stopped or memory ran out. */
bool index_audit(struct index *index, const struct audit *audit);

/*
 * Lists the domains of the file in its order, each once, with "*": writes the next one to DOMAIN. *AT is 0 at the beginning, and
 * is moved on. False at the end.
 */
bool index_next_domain(const struct index *index, size_t *at, char domain[DOMAIN_MAX + 1]);

/*
 * The values for a domain's DNS records that are not in its policy: host and tlsrpt, with {domain} replaced, and a message about
 * a mistake in one of them. Each is NULL if there is none. LEAVING is true in mode none.
 */
struct index_records {
    char *host, *tlsrpt, *mistake;
    bool leaving;
    struct {
        size_t section; /* 0: none was read */
        char *host, *tlsrpt;
    } form; /* the same for all domains of a section, with {domain} in it; only index_records() uses it */
};

/*
 * Fills RECORDS for DOMAIN, for which index_find() found a policy or a mistake. RECORDS are zeroed, or from the call before for
 * the same INDEX: a section is not read again for its next domain. Free them with index_records_free() after the last call, also
 * on an error. False if memory runs out.
 */
bool index_records(struct index *index, const char *domain, struct index_records *records);
void index_records_free(struct index_records *records);

enum index_state {
    INDEX_ABSENT, /* the file has no policy for the domain, nor a [*] */
    INDEX_KNOWN,
    INDEX_UNKNOWN /* a mistake prevents the policy, or a lost header may name the domain */
};

/* The same of all domains of a section, with {domain} in it. Only index_values() uses it. */
struct index_form {
    bool is_used, mistaken;
    struct buf bytes;
    char *mx, *tlsrpt;
};

/*
 * What the file says of a domain, to compare it with another file. Zeroed memory is INDEX_ABSENT. With INDEX_ABSENT and
 * INDEX_UNKNOWN the rest is not to be used.
 */
struct index_values {
    enum index_state state;
    size_t section;       /* the number of its section; 0: none was read */
    struct buf bytes;     /* the policy as served */
    struct policy policy; /* borrows from MX */
    char *mx;
    char *host, *tlsrpt; /* their words, with a space between two of them; NULL if not set */
    bool mistaken;       /* there is a mistake in host or tlsrpt, so the two are not reliable */
    struct index_form form;
};

/*
 * Fills VALUES for DOMAIN, a policy domain in normal form, or "*"; as in index_find(), [*] stands for a domain that no section
 * names. VALUES is zeroed, or from the call before for the same INDEX: a section is not read again for its next domain. Free it
 * with index_values_free() after the last call, also on an error. False if memory runs out.
 */
bool index_values(struct index *index, const char *domain, struct index_values *values);
void index_values_free(struct index_values *values);

void index_free(struct index *index);

#endif
