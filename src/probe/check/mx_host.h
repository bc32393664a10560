/* Judges what an MX host showed at all of its addresses. */
#ifndef PROBE_CHECK_MX_HOST_H
#define PROBE_CHECK_MX_HOST_H

#include "probe/check/context.h"
#include "probe/judge/addresses.h"

/* What the host can be trusted to do. */
struct probe_mx_host {
    enum probe_reach reach; /* of its addresses; NONE, too, where it has no address */
    bool is_gone;           /* it has no address */
    size_t count, good,
        not_asked;   /* addresses; of these, those that are good; those that were not asked for want of time, or are not known */
    size_t left_out; /* addresses beyond those */
    const char *chain; /* the certificates that it showed at its best address, in PEM; NULL: none */
    const char *why;   /* what stands in the way, where REACH is UNKNOWN or NOT_ASKED is not 0 */
};

/*
 * Judges SHOWN, of the host NAME; NULL: there was no time to wait for it. IS_IMPLICIT: there is no MX record, and
 * NAME is the domain itself. NOW: seconds since 1970. Adds what is wrong to
 * FINDINGS. What is returned borrows from SHOWN.
 */
struct probe_mx_host probe_mx_host_judge(const struct probe_context *context, const char *name, bool is_implicit,
                                         const struct probe_host *shown, int64_t now, struct probe_findings *findings);

#endif
