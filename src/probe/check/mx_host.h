/* Judges what an MX host showed at all of its addresses. */
#ifndef PROBE_CHECK_MX_HOST_H
#define PROBE_CHECK_MX_HOST_H

#include "base/buf.h"
#include "probe/ask/hosts.h"
#include "probe/judge/addresses.h"
#include "probe/judge/cert.h"

/* The key of a certificate, as a TLSA record 3 1 1 or 2 1 1 has it. */
struct probe_mx_key {
    unsigned char sha256[32];
    bool is_there;
};

/* What the host can be trusted to do. */
struct probe_mx_host {
    enum probe_reach reach;        /* of its addresses; NONE, too, where it has no address */
    bool is_gone;                  /* it has no address */
    bool is_hidden;                /* none of its addresses is public: senders elsewhere cannot reach it */
    bool is_told;                  /* findings say why REACH is as it is */
    size_t count, good, not_asked; /* addresses; of these, those whose TLS is good; those that were not asked for want of time, or
                                      are not known */
    size_t left_out;               /* addresses beyond those */
    size_t chains, matched; /* certificates that it showed, at one address each; of these, those that its TLSA records match */
    struct probe_mx_key own, issuer; /* of the certificates at its best address */
    const char *why;                 /* what stands in the way, where REACH is UNKNOWN or NOT_ASKED is not 0 */
};

/* How certificates are judged. */
struct probe_mx_terms {
    const struct probe_trust *trust;
    unsigned warn_days; /* as in probe_cert_judge() */
};

/* A cache of MX hosts, each of which is judged once, by TERMS, which are borrowed. NULL where memory runs out. */
struct probe_hosts *probe_mx_hosts_new(const struct probe_mx_terms *terms);

/*
 * What SHOWN, of that cache, says about the host NAME; NULL: there was no time to wait for it. IS_IMPLICIT: there is no MX
 * record, and NAME is the domain itself. Adds what is wrong to FINDINGS. What is returned borrows from SHOWN.
 */
struct probe_mx_host probe_mx_host_judge(const char *name, bool is_implicit, const struct probe_host *shown,
                                         struct probe_findings *findings);

/* Adds what probe_cert_describe() has of SHOWN's certificate, at its best address. */
void probe_mx_host_describe(const struct probe_host *shown, struct buf *out);

#endif
