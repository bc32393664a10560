/* Everything that the probe saw of a domain, until it is judged: what its checks share. Floor 6. */
#ifndef PROBE_SIGHT_H
#define PROBE_SIGHT_H

#include "probe/ask/hosts.h"
#include "probe/read/compare.h"
#include "probe/read/policy.h"
#include "probe/read/result.h"
#include "probe/read/txt.h"

/* A sender tries some hosts, and not the hundreds that a hostile zone may name. */
enum { SIGHT_HOSTS_MAX = 32, SIGHT_SHOWN_MAX = 80 };

/* An MX host, and what was made of it. */
struct mail_host {
    char name[DOMAIN_MAX + 1];
    const struct probe_host *seen; /* NULL: not looked at */
    bool unmatched, failed, gone, unknown, dane;
};

/* Everything that was seen of a domain, until it is judged. */
struct sight {
    const struct probe_options *options;
    struct probe_dns *dns;
    const struct probe_wanted *wanted;
    struct probe *probe;
    int64_t now;
    char policy_host[sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX];
    struct probe_txt txt;
    struct probe_dns_answer address;
    struct probe_fetched fetched;
    struct probe_policy policy;
    bool has_address, has_https, has_body;
    bool has_mx, is_null_mx;
    struct mail_host *hosts;
    size_t host_count, hosts_left_out;
    enum probe_compared compared;
};

/* A check looks at what the earlier ones left in SIGHT, and fills CHECK, which is PROBE_DONE at first. */
typedef void sight_check(struct sight *sight, struct probe_check *check);

/* CHECK could not tell, and WHY. */
void sight_not_told(struct probe_check *check, const char *why);

/* Takes over FINDINGS, which are none after that. */
void sight_take(struct probe_check *check, struct probe_findings *findings);

/* Was the check NAME done, and did not fail? */
bool sight_is_fine(const struct sight *sight, enum probe_check_name name);

/* Does the policy, as served, say none? Has it patterns to match MX hosts against, in a mode that asks for it? */
bool sight_is_none(const struct sight *sight);
bool sight_has_patterns(const struct sight *sight);

/* Adds TEXT, somebody else's, to OUT, made fit to be shown. */
void sight_add(struct buf *out, const char *text);

#endif
