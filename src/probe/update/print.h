/*
 * Prints updates in the formats of `mta-sts dns` (command/dns/format.h). nsupdate and json are changes: a domain without one is
 * left out. The others are the whole set of records that are to stand now, of all domains; nothing where no domain has a change.
 * Pure.
 */
#ifndef PROBE_UPDATE_PRINT_H
#define PROBE_UPDATE_PRINT_H

#include "base/buf.h"
#include "command/dns/format.h"
#include "probe/update/domain.h"

#include <stdbool.h>

/* Zeroed but for FORMAT and SERVER. */
struct update_print {
    const struct dns_format *format;
    const char *server;          /* for nsupdate: the line "server" names it; NULL: none does */
    bool begun;                  /* something was printed */
    bool changes, is_unknown;    /* a domain has a change; of a domain it is not known what is published */
    char origin[DOMAIN_MAX + 1]; /* of the domain before */
    struct buf whole;            /* the whole set, up to here */
};

/* Adds what is printed of UPDATE, the next domain, to OUT; nothing, or all of it. */
void update_print(struct update_print *print, const struct update *update, struct buf *out);

/*
 * Adds what is printed after the last domain to OUT. IS_LOST: domains are missing. A whole set is not printed then, nor where it
 * would lack a domain's records because they are not known: that goes to ERRORS.
 */
void update_print_end(struct update_print *print, bool is_lost, struct buf *out, struct buf *errors);

/* The formats of changes. */
void update_nsupdate(const struct update *update, struct buf *out);
void update_json(const struct update *update, struct buf *out);

#endif
