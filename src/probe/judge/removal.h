/* How far the removal of MTA-STS has come (RFC 8461 8.3): policies.ini has mode none for the domain. Pure. */
#ifndef PROBE_JUDGE_REMOVAL_H
#define PROBE_JUDGE_REMOVAL_H

#include "read/finding.h"

#include <stdbool.h>
#include <stdint.h>

enum probe_removal {
    PROBE_REMOVAL_NONE,        /* the file has another mode, or mode none is not what is published yet, or nobody can say */
    PROBE_REMOVAL_BEGUN,       /* mode none is served under its id */
    PROBE_REMOVAL_HOST_GONE,   /* the policy host is gone before the TXT record */
    PROBE_REMOVAL_RECORD_GONE, /* there is no TXT record, so that no sender looks for a policy; the policy host is there */
    PROBE_REMOVAL_DONE         /* the policy host is gone, too */
};

struct probe_removal_facts {
    bool is_wanted;      /* the file has mode none */
    bool is_published;   /* the policy of the file is served at all addresses, and its id is published */
    bool has_other;      /* another policy than that of the file is served */
    bool is_record_gone; /* it is known that there is no TXT record for MTA-STS */
    bool is_host_gone;   /* it is known that the policy host has no records */
    uint32_t max_age;    /* seconds, of the policy that is served */
};

enum probe_removal probe_removal_stage(const struct probe_removal_facts *facts);

/* Adds what comes next for DOMAIN, and when: a remark; nothing for NONE. */
void probe_judge_removal(const char *domain, const struct probe_removal_facts *facts, struct probe_findings *findings);

/* All rules about it. */
extern const struct probe_rules probe_removal_rules;

#endif
