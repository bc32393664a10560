/* The probe of one domain: what a sender sees of it, checked one by one (design: the checks, in their order). Floor 6. */
#ifndef PROBE_H
#define PROBE_H

#include "policy.h"
#include "probe_cert.h"
#include "probe_dns.h"
#include "probe_fetch.h"
#include "probe_finding.h"

enum probe_check_name {
    PROBE_TXT,
    PROBE_HOST,
    PROBE_HTTPS,
    PROBE_ANSWER,
    PROBE_POLICY,
    PROBE_MX,
    PROBE_SMTP,
    PROBE_TLSRPT,
    PROBE_INI,
    PROBE_DANE,
    PROBE_CHECKS
};

enum probe_state {
    PROBE_SKIPPED, /* an earlier one that failed leaves nothing to look at, or it was not asked for */
    PROBE_DONE,    /* the verdict is that of the findings */
    PROBE_UNKNOWN  /* could not tell: a name server that failed, no way to the network */
};

struct probe_check {
    enum probe_state state;
    struct buf summary; /* what was seen, a phrase of one line, fit to be shown: "4 records, all match"; may be empty */
    struct probe_findings findings;
};

/* What policies.ini says of the domain. */
struct probe_wanted {
    const char *policy; /* the bytes as they are to be served, LEN of them; NULL: not compared */
    size_t len;
    const char *mistake; /* a mistake in the file stands in its way; NULL: none */
};

struct probe_options {
    struct probe_dns_options dns;
    struct probe_fetch_options fetch;
    const struct probe_trust *trust;
    unsigned warn_days; /* 14 */
    unsigned slow_ms;   /* 2000 */
};

struct probe {
    char domain[DOMAIN_MAX + 1];
    bool has_mode;
    enum policy_mode mode; /* as served */
    struct probe_check checks[PROBE_CHECKS];
    struct buf effect; /* what all this does to mail now; empty where it does nothing */
    unsigned ms;
};

/* The name of CHECK: "txt". Constant. */
const char *probe_check_text(enum probe_check_name check);

/*
 * Looks at DOMAIN, a policy domain in normal form, and fills PROBE, which need not be initialised; probe_free() is due. WANTED
 * may be NULL. DNS is the calling thread's own.
 */
void probe_domain(const struct probe_options *options, struct probe_dns *dns, const char *domain,
                  const struct probe_wanted *wanted, struct probe *probe);

/* The worst of all checks as monitoring plugins count: 0 ok, 1 warning, 2 critical, 3 could not tell (2 outranks 3, and 3 1). */
int probe_status(const struct probe *probe);

void probe_free(struct probe *probe);

#endif
