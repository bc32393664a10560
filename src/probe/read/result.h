/* What the probe is to look at, and what it found of a domain. Floor 5. */
#ifndef PROBE_READ_RESULT_H
#define PROBE_READ_RESULT_H

#include "policy/model.h"
#include "probe/read/finding.h"

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

struct probe_result {
    char domain[DOMAIN_MAX + 1];
    bool has_mode;
    enum policy_mode mode; /* as served */
    struct probe_check checks[PROBE_CHECKS];
    struct buf effect;  /* what all this does to mail now; empty where it does nothing */
    struct buf publish; /* the record to publish, where that is what helps; else empty */
    unsigned ms;
};

/* The name of CHECK: "txt". Constant. */
const char *probe_check_text(enum probe_check_name check);

/* As monitoring plugins count: 2 outranks 3, and 3 1. */
enum { PROBE_STATUS_OK, PROBE_STATUS_WARNING, PROBE_STATUS_CRITICAL, PROBE_STATUS_UNKNOWN, PROBE_STATUSES };

/* The worse of two. */
int probe_worse(int a, int b);

/* That of FINDINGS, unknown where they are not all and none is a FAIL; that of one check; the worst of all checks. */
int probe_findings_status(const struct probe_findings *findings, bool is_all);
int probe_check_status(const struct probe_check *check);
int probe_status(const struct probe_result *result);

void probe_result_free(struct probe_result *result);

#endif
