/* Judges the records that name servers have of a domain, its policy host and its MX hosts. Pure. */
#ifndef PROBE_JUDGE_RECORDS_H
#define PROBE_JUDGE_RECORDS_H

#include "probe/ask/dns_answer.h"
#include "probe/read/first.h"
#include "read/finding.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * ANSWER found no TXT record of NAME: adds a finding where that is because of a CNAME that leads nowhere. IS_TLSRPT: it is about
 * TLSRPT. FIRST comes before a record is published.
 */
void probe_judge_alias(const char *name, const struct probe_dns_answer *answer, bool is_tlsrpt, enum probe_first first,
                       struct probe_findings *findings);

/*
 * The records that were looked for at WANTED stand at NAME, where no sender looks: adds that. OWN: WANTED without the policy
 * domain. IS_TLSRPT: they are those of TLSRPT. FIRST comes before a record is published.
 */
void probe_judge_place(const char *name, const char *wanted, const char *own, bool is_tlsrpt, enum probe_first first,
                       struct probe_findings *findings);

/* HOST, an MX host, is protected by DANE, and there is no TLSRPT record at NAME, which has its name: adds a remark. */
void probe_judge_dane_tlsrpt(const char *host, const char *name, struct probe_findings *findings);

/*
 * Adds a warning for each address of HOST, the policy host or an MX host, in ANSWER that is not public (RFC 6890); a FAIL where
 * none is. Returns whether that is so: senders elsewhere cannot reach HOST, unless the DNS answers them otherwise.
 */
bool probe_judge_addresses(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings);
bool probe_judge_mx_addresses(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings);

/* ANSWER has the addresses of HOST, an MX record's host: adds a warning where that name is a CNAME. */
void probe_judge_mx_alias(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings);

/* ANSWER found no address of HOST, the policy host: adds that. */
void probe_judge_no_address(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings);

/* NULL: the domain takes no mail (RFC 7505). IMPLICIT: there is none, and the domain itself is the mail host (RFC 5321 5.1). */
enum probe_mx_kind { PROBE_MX_RECORDS, PROBE_MX_NULL, PROBE_MX_IMPLICIT };

/* Is MX a null MX? */
bool probe_mx_is_null(const struct probe_mx *mx);

/*
 * Which MX records ANSWER has for DOMAIN; it is not AGAIN. Adds a finding where there is a null MX. Where others stand beside it,
 * those are what counts.
 */
enum probe_mx_kind probe_judge_mx(const char *domain, const struct probe_dns_answer *answer, struct probe_findings *findings);

/*
 * DOMAIN has no MX record: adds that, and for which host to publish one: the first of the MX_COUNT patterns in MX, each ended by
 * a NUL, that names one. MX is NULL where the domain itself is matched, or there is no policy.
 */
void probe_judge_no_mx(const char *domain, const char *mx, size_t mx_count, struct probe_findings *findings);

/* DOMAIN does not exist: adds that. */
void probe_judge_no_domain(const char *domain, struct probe_findings *findings);

/* ANSWER found no address of HOST, an MX host: adds that. IS_IMPLICIT: there is no MX record, and HOST is the domain itself. */
void probe_judge_mx_no_address(const char *host, bool is_implicit, const struct probe_dns_answer *answer,
                               struct probe_findings *findings);

/* All rules that are judged here. A rule whose kind begins with a check's name belongs to that check. */
extern const struct probe_rules probe_record_rules;

#endif
