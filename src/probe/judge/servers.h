/* Judges what the policy host and MX hosts answered; certificates and texts are judged in files of their own. Pure. */
#ifndef PROBE_JUDGE_SERVERS_H
#define PROBE_JUDGE_SERVERS_H

#include "probe/ask/fetch.h"
#include "probe/judge/compare.h"
#include "read/finding.h"

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

/* Adds what HOST, an MX host, did wrong in SMTP; its certificate is not judged. False where that says nothing about its TLS. */
bool probe_judge_smtp(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings);

/* Is RULE about an MX host of which this leaves open whether senders can deliver to it? If no address works, the check is
 * unknown. */
bool probe_judge_is_open(const struct probe_rule *rule);

/* Adds that an address of HOST was not asked, while another one works: a remark. */
void probe_judge_https_no_route(const char *host, struct probe_findings *findings);
void probe_judge_smtp_no_route(const char *host, struct probe_findings *findings);

/* All rules that are judged here, as in records.h. */
extern const struct probe_rules probe_judge_rules;

#endif
