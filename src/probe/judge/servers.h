/* Judges what name servers, the policy host and MX hosts answered; certificates and texts are judged in files of their own. Pure.
 */
#ifndef PROBE_JUDGE_SERVERS_H
#define PROBE_JUDGE_SERVERS_H

#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/judge/compare.h"
#include "read/finding.h"

/* ANSWER found no TXT record of NAME: adds a finding where that is because of a CNAME that leads nowhere. */
void probe_judge_alias(const char *name, const struct probe_dns_answer *answer, struct probe_findings *findings);

/*
 * The records that were looked for at WANTED stand at NAME, where no sender looks: adds that. OWN: WANTED without the policy
 * domain. IS_TLSRPT: they are those of TLSRPT.
 */
void probe_judge_place(const char *name, const char *wanted, const char *own, bool is_tlsrpt, struct probe_findings *findings);

/* HOST, an MX host, is protected by DANE, and there is no TLSRPT record at NAME, which has its name: adds a remark. */
void probe_judge_dane_tlsrpt(const char *host, const char *name, struct probe_findings *findings);

/* Adds a warning for each address of the policy host in ANSWER that is not for the Internet (RFC 6890). */
void probe_judge_addresses(const struct probe_dns_answer *answer, struct probe_findings *findings);

/* ANSWER found no address of HOST, the policy host: adds that. */
void probe_judge_no_address(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings);

/*
 * Adds why HTTPS with HOST failed, if it did before an answer was due; the certificate is not judged. False where the failure
 * says nothing about HOST.
 */
bool probe_judge_https(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings);

/*
 * Adds what is wrong with the HTTP answer, its header and its size; SLOW_MS or more is slow. TLS worked. False where what failed
 * says nothing about the server.
 */
bool probe_judge_answer(const struct probe_fetched *fetched, unsigned slow_ms, struct probe_findings *findings);

/* Has FETCHED a body that a sender would read as a policy? */
bool probe_judge_has_policy(const struct probe_fetched *fetched);

/* Adds what it means that two addresses serve BODIES that are not the same. */
void probe_judge_bodies(enum probe_bodies bodies, struct probe_findings *findings);

/* NULL: the domain takes no mail (RFC 7505). IMPLICIT: there is none, and the domain itself is the mail host (RFC 5321 5.1). */
enum probe_mx_kind { PROBE_MX_RECORDS, PROBE_MX_NULL, PROBE_MX_IMPLICIT };

/* Which MX records ANSWER has for DOMAIN; it is not AGAIN. Adds a finding where it is a null MX. */
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

/* Adds what HOST, an MX host, did wrong in SMTP; its certificate is not judged. False where that says nothing about its TLS. */
bool probe_judge_smtp(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings);

/* Is RULE about an MX host of which this leaves open whether senders can deliver to it? If no address works, the check is
 * unknown. */
bool probe_judge_is_open(const struct probe_rule *rule);

/* Adds that an address of HOST was not asked, while another one works: a remark. */
void probe_judge_https_no_route(const char *host, struct probe_findings *findings);
void probe_judge_smtp_no_route(const char *host, struct probe_findings *findings);

/* All rules that are judged here. A rule whose kind begins with a check's name belongs to that check. */
extern const struct probe_rules probe_judge_rules;

#endif
