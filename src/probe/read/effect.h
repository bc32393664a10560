/* Says what all that was found does to mail: from senders with an older policy in their cache, and from those without. Pure. */
#ifndef PROBE_READ_EFFECT_H
#define PROBE_READ_EFFECT_H

#include "base/buf.h"
#include "policy/model.h"
#include "probe/read/compare.h"

#include <stdbool.h>
#include <stddef.h>

/* One MX host. */
struct probe_effect_host {
    const char *name;
    bool refused; /* by senders that honour the policy: no pattern matches it, or its TLS is not good enough */
    bool gone;    /* it has no address: nobody can deliver to it */
    bool dane;    /* it has signed TLSA records, and its certificate matches none of them (RFC 7672) */
    bool partly;  /* it is refused, or does not answer, at some of its addresses, and is good enough at others */
};

struct probe_effect_facts {
    const char *domain;
    bool is_certain;  /* something failed for certain, and not only because nobody answered */
    bool published;   /* there is a sign of MTA-STS: a TXT record, or a policy host */
    bool txt_good;    /* senders accept the TXT record */
    bool policy_good; /* senders can fetch the policy, and accept it */
    bool has_mode;    /* MODE is known: from the served policy, or else from policies.ini */
    enum policy_mode mode;
    const struct probe_effect_host *hosts;
    size_t host_count;
    enum probe_compared compared;
    bool policy_partly;  /* senders can fetch the policy at some addresses of the policy host, and not at others */
    bool policy_differs; /* its addresses serve different policies */
};

/* Adds full sentences to OUT; none where nothing happens to mail. */
void probe_effect(const struct probe_effect_facts *facts, struct buf *out);

#endif
