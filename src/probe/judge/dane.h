/* Judges the TLSA records of an MX host as senders that honour DANE do (RFC 7672). Pure. */
#ifndef PROBE_JUDGE_DANE_H
#define PROBE_JUDGE_DANE_H

#include "base/buf.h"
#include "probe/ask/dns_answer.h"
#include "read/finding.h"

#include <stdbool.h>
#include <stddef.h>

struct probe_dane_facts {
    const char *host;
    const struct probe_dns_answer *tlsa; /* what stands at _25._tcp.HOST */
    size_t chains, matched;              /* certificates that it showed, at one address each; of these, those that TLSA matches */
    bool has_no_tls;                     /* it showed none, since TLS fails at all of its addresses */
};

/* What senders make of them. */
struct probe_dane {
    bool is_used;     /* it has records that are signed, and that they use: nobody delivers without a certificate that matches */
    bool is_deferred; /* they defer its mail */
};

/*
 * Would senders use TLSA, were it signed? They ignore a record with an unknown usage, selector or matching type, and one whose
 * data is malformed or of another length than the digest (RFC 7672 2.2, 3.1.3).
 */
bool probe_dane_is_usable(const struct probe_tlsa *tlsa);

/* Judges FACTS. Adds what is wrong to FINDINGS, and to OUT what was seen, in one phrase that begins with the host. */
struct probe_dane probe_dane_judge(const struct probe_dane_facts *facts, struct probe_findings *findings, struct buf *out);

/* All rules that TLSA records can break. */
extern const struct probe_rules probe_dane_rules;

#endif
