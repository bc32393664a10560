/* Joins what was found at each address of one host: what fails at all of them fails, what fails at some is a warning. Pure. */
#ifndef PROBE_JUDGE_ADDRESSES_H
#define PROBE_JUDGE_ADDRESSES_H

#include "probe/ask/fetched.h"
#include "read/finding.h"

/* What can be said of one address. */
enum probe_address_state {
    PROBE_ADDRESS_GOOD,
    PROBE_ADDRESS_BAD,       /* no sender gets what it needs there */
    PROBE_ADDRESS_DOUBTFUL,  /* it failed, and that may be because of the network here, or pass: no connection to port 25 */
    PROBE_ADDRESS_NO_ROUTE,  /* this machine has no route to it */
    PROBE_ADDRESS_NOT_ASKED, /* there was no time left, or no memory */
    PROBE_ADDRESS_SPECIAL    /* it is not public (special_use.h): no sender elsewhere reaches it, whatever it shows here */
};

struct probe_address {
    const char *name; /* "192.0.2.1" */
    struct probe_findings findings;
    enum probe_address_state state;
};

/* That of an address with FINDINGS. IS_KNOWN is what probe_judge_https() or probe_judge_smtp() returned. */
enum probe_address_state probe_address_state(const struct probe_fetched *fetched, bool is_known,
                                             const struct probe_findings *findings);

/* Sets the state of ADDRESS to SPECIAL where that is so, unless it is BAD. */
void probe_address_judge_use(struct probe_address *address);

/* What can be said of all of them together. */
enum probe_reach {
    PROBE_REACH_ALL,    /* no address is worse than NO_ROUTE, and one at least is GOOD */
    PROBE_REACH_SOME,   /* one is GOOD, another BAD, DOUBTFUL or SPECIAL */
    PROBE_REACH_NONE,   /* none is GOOD, and one at least is BAD, or all are SPECIAL */
    PROBE_REACH_PARTLY, /* the same, but others could not be asked from here, and may be GOOD */
    PROBE_REACH_UNKNOWN /* none is GOOD or BAD, and not all are SPECIAL */
};

/*
 * Adds the findings of the COUNT addresses in LIST to FINDINGS. Each text names its addresses, unless the same was found at all
 * of them. Where one is GOOD, what is a FAIL at others is a warning (RFC 8461 5, RFC 5321 5.1: a sender goes on to the next
 * address).
 */
enum probe_reach probe_addresses_join(const struct probe_address *list, size_t count, struct probe_findings *findings);

/* How many of them are in STATE. */
size_t probe_addresses_count(const struct probe_address *list, size_t count, enum probe_address_state state);

/* Frees the findings of all of them. */
void probe_addresses_free(struct probe_address *list, size_t count);

#endif
