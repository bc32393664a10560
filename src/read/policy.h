/* Reads a policy as it is served: what senders make of it, and everything that is wrong with it. Pure. */
#ifndef READ_POLICY_H
#define READ_POLICY_H

#include "read/policy_field.h"

/*
 * Reads BODY, the LEN bytes of an HTTP answer: any bytes; NULL where LEN is 0. Nothing beyond POLICY_BYTES_MAX (RFC 8461 3.3) is
 * read. Judges it by RFC 8461 3.2 and by what sender implementations do; the verdict and every fault are in POLICY's findings.
 * Where findings.failed or mx.failed is set, memory ran out and nothing in POLICY counts. POLICY need not be initialised and
 * borrows nothing. The caller calls probe_policy_free().
 */
void probe_policy_read(const char *body, size_t len, struct probe_policy *policy);

/* Removes the findings about the size of POLICY, where probe_judge_answer() has added the same. */
void probe_policy_drop_size(struct probe_policy *policy);

void probe_policy_free(struct probe_policy *policy);

/* All rules that a policy can break. */
extern const struct probe_rules probe_policy_rules;

#endif
