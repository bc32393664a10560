/* What all that was found does to mail, of senders with an older policy in their cache and of those without. Pure. Floor 4. */
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
    bool refused; /* by senders that honour the policy: no pattern matches it, or its TLS will not do */
    bool gone;    /* it has no address: nobody can deliver to it */
    bool dane;    /* signed TLSA records that its certificate does not match (RFC 7672) */
};

struct probe_effect_facts {
    const char *domain;
    bool told;      /* what comes next is known, and not for want of an answer */
    bool published; /* there is a sign of MTA-STS: a TXT record, or a policy host */
    bool txt;       /* the TXT record will do */
    bool policy;    /* the policy can be fetched, and will do */
    bool has_mode;  /* in what is served, or else in policies.ini */
    enum policy_mode mode;
    const struct probe_effect_host *hosts;
    size_t host_count;
    enum probe_compared compared;
};

/* Adds full sentences to OUT; none where it does nothing. */
void probe_effect(const struct probe_effect_facts *facts, struct buf *out);

#endif
