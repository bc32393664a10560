/* The update of one domain: asks what is published and whether the policy is served, and decides what may be changed now. */
#ifndef PROBE_UPDATE_DOMAIN_H
#define PROBE_UPDATE_DOMAIN_H

#include "base/buf.h"
#include "command/dns/record.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/check/context.h"
#include "probe/check/file.h"
#include "probe/update/plan.h"
#include "probe/update/published.h"

#include <stdbool.h>

/* How it is asked, and what may be done; the same for all domains. */
struct update_settings {
    const struct probe_context *context;
    const struct probe_dns_options *primary; /* of the name server that is asked for the records; NULL: as for all else */
    struct probe_file *file;
    const char *zone; /* of --delegate, in normal form; NULL: the records are in the domains' own zones */
    bool replaces;    /* other people's records may be replaced */
};

struct update {
    char domain[DOMAIN_MAX + 1];
    const char *zone;                     /* where its records are; NULL: in its own zone */
    struct update_published own[PLACES];  /* with --delegate: what is published at its own names */
    struct dns_list list;                 /* what is wanted */
    struct update_published seen[PLACES]; /* what is published */
    struct update_name names[PLACES];     /* borrows from both */
    const char *beside;                   /* of the policy host's name: as in struct update_name */
    enum update_step steps[PLACES];
    char zones[PLACES][DOMAIN_MAX + 1]; /* of the names that change, and of those that is_unanswered; "": not known */
    bool replaces;
    bool holds_host;      /* when the id changes, the host's records have to be as they were seen: its zone has both */
    struct buf obstacles; /* what stands in the way, and what to do: a line for each, with its line end */
};

/*
 * Makes the update of DOMAIN, a policy domain in normal form. DNS is for the calling thread alone. NULL where memory runs out.
 * The caller frees it with update_free().
 */
struct update *update_domain(const struct update_settings *settings, struct probe_dns *dns, const char *domain);
void update_free(struct update *update);

/* True if the records of all names that policies.ini asks for are known. */
bool update_is_known(const struct update *update);

/* True if there is something to change. */
bool update_changes(const struct update *update);

#endif
