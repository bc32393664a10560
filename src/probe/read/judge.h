/* What the answers of name servers and servers say of a domain: the judging, apart from the asking. Pure. Floor 5. */
#ifndef PROBE_READ_JUDGE_H
#define PROBE_READ_JUDGE_H

#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/read/finding.h"

/* Adds that NAME is a CNAME that leads nowhere, where ANSWER, which found nothing, says so. */
void probe_judge_alias(const char *name, const struct probe_dns_answer *answer, struct probe_findings *findings);

/* HOST, the policy host, has no address: ANSWER found none. */
void probe_judge_no_address(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings);

/* Whatever kept HTTPS with HOST from coming about but the certificate. False: that says nothing about HOST. */
bool probe_judge_https(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings);

/* The answer's header and how it came; SLOW_MS or more is slow. Needs an HTTPS connection that came about. */
void probe_judge_answer(const struct probe_fetched *fetched, unsigned slow_ms, struct probe_findings *findings);

/* Does FETCHED hold what a sender would read as a policy? */
bool probe_judge_has_policy(const struct probe_fetched *fetched);

/* What a domain's MX records are, but for their names. */
enum probe_mx_kind { PROBE_MX_RECORDS, PROBE_MX_NULL, PROBE_MX_IMPLICIT };
enum probe_mx_kind probe_judge_mx(const char *domain, const struct probe_dns_answer *answer, struct probe_findings *findings);

/* The MX HOST has no address. */
void probe_judge_mx_no_address(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings);

/* What HOST, an MX, did when it was spoken to, but for its certificate. False: that says nothing about HOST. */
bool probe_judge_smtp(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings);

/* Takes out of FINDINGS, a policy's, what they say of its size: that is told of the answer. */
void probe_judge_drop_size(struct probe_findings *findings);

/* All rules of this file. Those whose kind begins with a check's name are that check's. */
extern const struct probe_rules probe_judge_rules;

#endif
