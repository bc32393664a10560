/* What the probe found of one domain, check by check, and the status, 0 to 3, that follows from it. */
#ifndef PROBE_JUDGE_RESULT_H
#define PROBE_JUDGE_RESULT_H

#include "policy/model.h"
#include "read/finding.h"

#include <stdint.h>

enum probe_check_name {
    PROBE_CHECK_TXT,
    PROBE_CHECK_HOST,
    PROBE_CHECK_HTTPS,
    PROBE_CHECK_ANSWER,
    PROBE_CHECK_POLICY,
    PROBE_CHECK_MX,
    PROBE_CHECK_SMTP,
    PROBE_CHECK_TLSRPT,
    PROBE_CHECK_INI,
    PROBE_CHECK_DANE,
    PROBE_CHECKS
};

enum probe_state {
    PROBE_SKIPPED, /* there was nothing to look at: an earlier check failed, or it was not asked for */
    PROBE_DONE,    /* the findings have the verdict */
    PROBE_UNKNOWN  /* nobody can say: a name server failed, or there is no network */
};

struct probe_check {
    enum probe_state state;
    struct buf summary; /* what was observed, one line, fit to be shown: "4 records, all match"; may be empty */
    struct probe_findings findings;
};

struct probe_result {
    char domain[DOMAIN_MAX + 1];
    const char *at; /* the address of --at, to which the DNS need not lead; NULL: the policy host was looked up */
    bool has_mode;
    enum policy_mode mode; /* of the policy that is served */
    bool has_max_age;
    uint32_t max_age; /* of that policy */
    struct probe_check checks[PROBE_CHECKS];
    struct buf effect;  /* what all this does to mail now; empty: nothing */
    struct buf publish; /* the record to publish; empty: that is not what is wrong */
    struct buf reports; /* what TLS reports say: a verdict, ": ", and its reason, in ASCII; empty: nothing */
    bool is_safe;       /* the id of the policy in policies.ini may be published now; see probe_compare_is_safe() */
    unsigned ms;
};

/* The name of CHECK: "txt". Constant. */
const char *probe_check_text(enum probe_check_name check);

/* The exit statuses of monitoring plugins. status_worse() knows which is worse. */
enum { PROBE_STATUS_OK, PROBE_STATUS_WARNING, PROBE_STATUS_CRITICAL, PROBE_STATUS_UNKNOWN, PROBE_STATUSES };

/* That of FINDINGS. Unknown where IS_ALL is false, others may be missing, and none of them is a FAIL. */
int probe_findings_status(const struct probe_findings *findings, bool is_all);

/* That of one check, where skipped is ok; the worst of all checks. */
int probe_check_status(const struct probe_check *check);
int probe_status(const struct probe_result *result);

/* Frees what RESULT holds. */
void probe_result_free(struct probe_result *result);

#endif
