/* What is published against what policies.ini says. Pure. Floor 3. */
#ifndef PROBE_READ_COMPARE_H
#define PROBE_READ_COMPARE_H

#include "probe/read/finding.h"

/* What is published of DOMAIN. */
struct probe_published {
    const char *domain;
    const char *policy; /* LEN bytes, as served; NULL: none came */
    size_t len;
    const char *id; /* of the TXT record; NULL: none that is valid */
    bool told;      /* false: the name servers could not tell of a TXT record */
};

enum probe_compared {
    PROBE_SAME,
    PROBE_OLD_ID,      /* the policy is served, its id is not published */
    PROBE_EARLY_ID,    /* its id is published, and another policy is served */
    PROBE_OTHER,       /* another policy is served, under another id */
    PROBE_NOT_COMPARED /* nothing is served to compare with */
};

/* Compares it with WANTED, the LEN bytes that policies.ini makes; what differs is added to FINDINGS, with what to publish. */
enum probe_compared probe_compare(const struct probe_published *published, const char *expected, size_t len,
                                  struct probe_findings *findings);

/* Adds MISTAKE, which stands in the way of what policies.ini says of the domain, to FINDINGS. */
void probe_compare_mistake(const char *mistake, struct probe_findings *findings);

/* Adds the TXT record of the policy WANTED, LEN bytes, as `mta-sts dns` prints it, to OUT. */
void probe_compare_record(const char *domain, const char *expected, size_t len, struct buf *out);

/* All rules of this file. */
extern const struct probe_rules probe_compare_rules;

#endif
