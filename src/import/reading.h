/* Reads one policy as the probe does, strictly, and adds it to the catalogue. Pure. */
#ifndef IMPORT_READING_H
#define IMPORT_READING_H

#include "base/buf.h"
#include "base/say.h"
#include "import/catalogue.h"
#include "import/text.h"

#include <stdbool.h>
#include <stddef.h>

/* One run of the import. */
struct import_job {
    struct catalogue catalogue;
    const char *domain; /* for policies whose source does not tell the domain; NULL: not known */
    say_line *complain;
    bool incomplete; /* something was not imported, and a complaint says why */
    struct buf bare; /* of hosts without a policy: the domain and the place, each with a final NUL */
};

/* A text with one policy or several. */
struct import_source {
    const char *name; /* for messages */
    const char *text; /* LEN bytes and a final NUL */
    size_t len;
    const char *domain; /* from its path; NULL: not known */
    bool may_be_empty;  /* it is no mistake if no policy is in it */
};

/*
 * Reads TEXT, the policy of DOMAIN (as for catalogue_add()) in FILE, into the catalogue of JOB. Complains of what is wrong with
 * it, each with its line in the file. What senders read differently is wrong, too: a field that is repeated (RFC 8461 3.2). White
 * space and line ends that the RFC does not have but that leave no doubt are no mistake: the imported policy is without them.
 * Complains of unknown fields, which are left out. Returns false if the policy cannot be taken.
 */
bool import_reading(struct import_job *job, const char *file, const char *domain, const struct import_text *text);

/*
 * Adds that FILE has a policy of DOMAIN in LINE that cannot be read, because of WHY ("what is wrong; what to do"), and complains.
 */
void import_unreadable(struct import_job *job, const char *file, unsigned line, const char *domain, const char *why);

/* Notes that FILE serves the policy host of DOMAIN, by LINE, and does not have its policy: another source may have it. */
void import_bare(struct import_job *job, const char *file, unsigned line, const char *domain);

/*
 * When all sources are read: settles the catalogue, and complains of hosts whose policy no source had. Returns true if everything
 * was imported. The caller frees the catalogue.
 */
bool import_settle(struct import_job *job);

/* Warns of TEXT ("what; what to do") about the policy of DOMAIN in FILE, which is imported all the same. */
void import_warn(struct import_job *job, const char *file, const char *domain, const char *text);

/* Complains that FILE (LINE 0: as a whole) has something that is not imported, because of WHY. */
void import_refuse(struct import_job *job, const char *file, unsigned line, const char *why);

#endif
