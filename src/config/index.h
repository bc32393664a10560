/*
 * The text of policies.ini, an index of its names, and the policy of each section once it was asked for. A section
 * is read when it is first asked for. Safe to use from several threads at once.
 */
#ifndef CONFIG_INDEX_H
#define CONFIG_INDEX_H

#include "config/audit.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

struct index;

enum index_found {
    INDEX_POLICY, /* bytes: the policy as served */
    INDEX_BROKEN, /* bytes: the first mistake that stands in its way, "file:line: [section] key: what; what to write" */
    INDEX_UNSURE  /* the file does not name it, but a header that cannot be read may; bytes: a message about that header */
};

struct index_verdict {
    enum index_found found;
    size_t len;
    char bytes[]; /* with a final NUL beyond LEN */
};

/*
 * An index of TEXT, SIZE bytes of memory from malloc(), which it takes over also where it fails. FILE is the name that messages
 * begin with. With ONLY, a policy domain in normal form, no other domain can be found in it (and building it takes less time).
 * NULL where memory runs out, or where TEXT is 4 GiB or larger. index_free() is due.
 */
struct index *index_new(char *text, size_t size, const char *file, const char *only);

/* How many sections there are, and how many domains they name ([*] counts as one). */
size_t index_sections(const struct index *index);
size_t index_domains(const struct index *index);

/* Does the file name DOMAIN, a policy domain in normal form, itself, whether or not there is [*]? */
bool index_names(const struct index *index, const char *domain);

/*
 * What the file says of DOMAIN, a policy domain in normal form, or "*"; true and *VERDICT NULL where it says nothing ([*] counts,
 * a name without a dot never does). False where memory ran out. The verdict lives as long as the index.
 */
bool index_find(struct index *index, const char *domain, const struct index_verdict **verdict);

/* The same of the section that names DOMAIN itself: neither [*] nor a header that cannot be read counts. */
bool index_find_named(struct index *index, const char *domain, const struct index_verdict **verdict);

/* Is there a header that cannot be read: may the file name more domains than it seems to? */
bool index_has_lost(struct index *index);

/* The file's name, as it was given. */
const char *index_file(const struct index *index);

/* The whole text, of *SIZE bytes; it is the index's. */
const char *index_text(const struct index *index, size_t *size);

/* Reads every section, and reports every mistake and warning: see config/audit.h. */
bool index_audit(struct index *index, const struct audit *audit);

/* The domains of the file in its order, each once, "*" included: the one at *AT (0 to begin with) or after it, and *AT behind it.
 * False at the end. */
bool index_next_domain(const struct index *index, size_t *at, char domain[DOMAIN_MAX + 1]);

/*
 * What a domain's DNS records are made of beside the policy, all in memory from malloc(), NULL if there is none: the values of
 * host and tlsrpt as written, and a mistake in one of them; and whether the mode is none.
 */
struct index_records {
    char *host, *tlsrpt, *mistake;
    bool leaving;
};

/* RECORDS, for DOMAIN, which index_find() found a policy or a mistake for. False if memory runs out. All three texts are to be
 * freed. */
bool index_records(struct index *index, const char *domain, struct index_records *records);

void index_free(struct index *index);

#endif
