/* The probe's reading of a policy as it is served: what senders make of it, and everything that is wrong with it. Pure. Floor 2.
 */
#ifndef PROBE_READ_POLICY_H
#define PROBE_READ_POLICY_H

#include "policy/model.h"
#include "probe/read/finding.h"

/* What a sender would work with: of a repeated field, the first one (RFC 8461 3.2). */
struct probe_policy {
    bool has_mode, has_max_age; /* there, and valid: only then do the next two mean anything */
    enum policy_mode mode;
    uint32_t max_age;
    struct buf mx;   /* the patterns as written, valid or not, each ended by a NUL: may hold any other byte */
    size_t mx_count; /* how many there are */
    struct probe_findings findings;
};

/*
 * Reads BODY, the LEN bytes of an answer: any bytes, any number of them; NULL where LEN is 0. Of what goes beyond
 * POLICY_BYTES_MAX (RFC 8461 3.3), nothing is read. Judges it by RFC 8461 3.2, and by what the implementations do that it is
 * known of; the verdict and every fault are in POLICY's findings. Where findings.failed or mx.failed is set, memory ran
 * out and nothing here counts. POLICY need not be initialised; it does not borrow; probe_policy_free() is due.
 */
void probe_policy_read(const char *body, size_t len, struct probe_policy *policy);

void probe_policy_free(struct probe_policy *policy);

/* All rules of this file. */
extern const struct probe_rules probe_policy_rules;

#endif
