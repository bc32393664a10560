/* How many of the sender implementations that were tried take something: a record, a policy, an MX host. Pure. */
#ifndef READ_SHARE_H
#define READ_SHARE_H

#include "read/finding.h"

/* How many were tried with TXT records, with policies, and with patterns and MX hosts. */
enum { PROBE_SENDERS_TXT = 16, PROBE_SENDERS_POLICY = 17, PROBE_SENDERS_MATCH = 15 };

/* LEAST to MOST of OF implementations take it. */
struct probe_share {
    bool is_known; /* false: nobody can say, and the figures mean nothing */
    unsigned least, most, of;
};

/* All of OF take it; none of them does. */
struct probe_share probe_share_all(unsigned of);
struct probe_share probe_share_none(unsigned of);

/*
 * Those of the implementations of SHARE that also take what has FINDINGS. Each rule that was broken counts once. The least
 * that refuse are those of the worst rule; the most are those of all rules together. With several rules that is an estimate: a
 * sender may take two faults in one place though it refuses one of them alone. A rule with PROBE_FAIL and no figure of its own
 * may be refused by any number.
 */
struct probe_share probe_share_less(struct probe_share share, const struct probe_findings *findings);

/* Those that do not take it. */
struct probe_share probe_share_rest(struct probe_share share);

/* It is known that none takes it; that some do, and others do not. */
bool probe_share_is_none(struct probe_share share);
bool probe_share_is_some(struct probe_share share);

/* Adds "7 to 8 of 16", "13 of 16" or "up to 7 of 16". */
void probe_share_add(struct probe_share share, struct buf *out);

#endif
