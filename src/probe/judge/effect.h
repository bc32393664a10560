/*
 * Says what all that was found does to mail. One model gives the text. It has how many sender implementations take the record,
 * how many take the policy, and how many take each MX host by it. Each of them may have a policy in its cache, or none. Pure.
 */
#ifndef PROBE_JUDGE_EFFECT_H
#define PROBE_JUDGE_EFFECT_H

#include "base/buf.h"
#include "policy/model.h"
#include "probe/judge/compare.h"
#include "read/share.h"

#include <stdbool.h>
#include <stddef.h>

/* One MX host. */
struct probe_effect_host {
    const char *name;
    struct probe_share taken; /* by senders that have the policy: its patterns match it, and its TLS is good enough */
    bool gone;                /* it has no address: nobody can deliver to it */
    bool dane;                /* senders that honour DANE defer: no signed TLSA record matches, or they are bogus */
    bool partly;              /* it is refused, or does not answer, at some of its addresses, and is good enough at others */
    bool hidden;              /* it has no public address: senders elsewhere cannot reach it */
};

struct probe_effect_facts {
    const char *domain;
    bool no_domain;            /* it does not exist */
    bool removed;              /* MTA-STS is removed on purpose: no sender looks for a policy */
    bool published;            /* there is a sign of MTA-STS: a TXT record, or a policy host */
    struct probe_share record; /* who takes the TXT record */
    struct probe_share policy; /* who can fetch the policy, and takes it */
    bool has_mode;             /* MODE is known: from the served policy, or else from policies.ini */
    enum policy_mode mode;
    const struct probe_effect_host *hosts;
    size_t host_count;
    enum probe_compared compared; /* NOT_COMPARED, too, where there is no valid id */
    bool policy_hidden;           /* the policy host has no public address, so nobody elsewhere can fetch the policy */
    bool policy_partly;           /* senders can fetch the policy at some addresses of the policy host, and not at others */
    bool policy_differs;          /* its addresses serve different policies */
    const char *unmatched;        /* an MX host that one of the others, in mode enforce, does not match; NULL: none */
};

/* Adds full sentences to OUT; none where nothing happens to mail. */
void probe_effect(const struct probe_effect_facts *facts, struct buf *out);

#endif
