/* What was observed of one domain so far: the checks share it, each adds to it, and later ones look at what earlier ones saw. */
#ifndef PROBE_CHECK_OBSERVATION_H
#define PROBE_CHECK_OBSERVATION_H

#include "policy/place.h"
#include "probe/check/context.h"
#include "probe/check/file.h"
#include "probe/check/mx_host.h"
#include "probe/judge/compare.h"
#include "probe/judge/removal.h"
#include "probe/judge/result.h"
#include "probe/read/delegation.h"
#include "probe/read/txt.h"
#include "read/policy.h"
#include "read/share.h"

/* An MX host. */
struct mx_host {
    char name[DOMAIN_MAX + 1];      /* in normal form */
    const struct probe_host *shown; /* what it showed; NULL: it was not asked */
    struct probe_share matched;     /* how many senders find it matched by a pattern of the policy; unknown: there is none */
    bool unmatched;                 /* another policy, served at other addresses, does not match it, and its mode is enforce */
    bool failed;                    /* its TLS or its certificate is not good enough */
    bool unknown;                   /* nobody can say whether it is good enough */
    struct probe_mx_host judged;    /* borrows from SHOWN */
    bool has_dane;                  /* it has signed TLSA records that senders use */
    bool dane;                      /* senders that honour DANE defer its mail */
};

/* What an MX record names, and is not asked: it is not a host name, or one too many. */
struct mx_unasked {
    const char *name;           /* borrowed from the answer */
    struct probe_share matched; /* as above */
};

/* An address of the policy host. */
struct policy_at {
    const char *address;
    struct probe_fetched fetched;
    struct probe_fetched again; /* where that was slow; empty before and after */
    bool has_https;             /* TLS worked, with a valid certificate or without */
    bool is_good;               /* senders get as far as the checks went till now */
    bool has_policy;            /* they get a policy */
    bool differs;               /* another one than at the address that the checks go on with */
    struct probe_policy policy; /* that one; else empty */
};

struct observation {
    const struct probe_context *context;
    struct probe_dns *dns;
    struct probe_fetch_options fetch;      /* with the limit of this domain */
    const struct probe_expected *expected; /* NULL: there is no file */
    struct probe_policy wanted;            /* that of the file; empty where there is none */
    struct probe_result *result;
    int64_t now; /* seconds since 1970 */
    char policy_host[sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX];
    struct probe_txt txt;
    /* The records that are asked for first: they cost little time, and MX says whether there is such a domain. */
    struct probe_dns_answer mx, record, reports; /* of the domain; of _mta-sts; of _smtp._tls */
    struct probe_dns_answer address;             /* of the policy host */
    struct probe_dns_answer cname[PLACES];       /* the first CNAME of these three names, where it was asked for */
    struct probe_delegation delegation;          /* borrows from these answers; known once the address is */
    struct policy_at *at;                        /* AT_COUNT addresses of it that are asked, at most PROBE_ADDRESSES_MAX */
    size_t at_count;
    const struct probe_fetched *fetched; /* from the best of them; NULL: from none */
    struct probe_policy policy;
    struct probe_share policy_taken;       /* how many senders take it, at the address where FETCHED is from */
    bool host_hidden;                      /* the policy host has no public address: senders elsewhere cannot reach it */
    bool policy_partly;                    /* senders get it at some addresses, and not at others */
    bool policy_unseen;                    /* addresses could not be asked from here: they may serve it */
    bool other_enforces;                   /* another policy is served at other addresses, in mode enforce */
    bool policy_differs;                   /* another one is served at other addresses */
    bool has_address, has_https, has_body; /* of the policy host; true: the next check can go on from it */
    bool has_mx, is_null_mx;               /* the MX records are known; they say that the domain takes no mail */
    bool is_implicit_mx;                   /* there are none, and the domain is its own mail host */
    bool no_domain;                        /* the domain does not exist */
    struct mx_host *hosts;                 /* each once, PROBE_HOSTS_MAX at most */
    struct mx_unasked *unasked;            /* UNASKED_COUNT of them */
    size_t unasked_count;
    size_t host_count, hosts_left_out, addresses_left_out;
    bool lacks; /* a check ran out of memory or descriptors: what it found is gone */
    enum probe_compared compared;
    enum probe_removal removal;
};

/* Does one check: looks at what the earlier ones observed, adds to it, and fills CHECK, whose state is PROBE_DONE at first. */
typedef void check_fn(struct observation *observation, struct probe_check *check);

/* CHECK is unknown, because of WHY. */
void check_is_unknown(struct probe_check *check, const char *why);

/* Moves FINDINGS to CHECK; there are none in FINDINGS after that. */
void check_take(struct probe_check *check, struct probe_findings *findings);

/* Adds TEXT, which came from the network, to what CHECK says that it saw, cut where it is long and made fit to be shown. */
void check_add(struct probe_check *check, const char *text);

/* Can senders fetch what the policy host answers: by a valid certificate, with status 200? */
bool observation_is_fetched(const struct observation *observation);

/* Is the policy served that senders are to take: a valid one, and that of policies.ini where there is the file? */
bool observation_is_served(const struct observation *observation);

/* Is the mode none in the policy that is served? */
bool observation_is_mode_none(const struct observation *observation);

/* Has the answer about a name neither records nor a CNAME? */
bool observation_is_absent(const struct probe_dns_answer *answer);

/* Is MTA-STS being removed, so far that no sender looks for a policy any more? */
bool observation_is_removed(const struct observation *observation);

/* Has the policy that is served patterns for MX hosts, and a mode in which they count? */
bool observation_has_patterns(const struct observation *observation);

#endif
