/* The probe of one domain: its checks, one after the other, and what all that they found does to mail. */
#ifndef PROBE_CHECK_DOMAIN_H
#define PROBE_CHECK_DOMAIN_H

#include "probe/check/context.h"
#include "probe/check/file.h"
#include "probe/judge/result.h"
#include "probe/read/policy.h"

/*
 * Probes DOMAIN, a policy domain in normal form. CONTEXT is open; DNS is for the calling thread alone. EXPECTED is what
 * policies.ini says of the domain; NULL: there is no file. RESULT need not be initialised. The caller calls probe_result_free().
 */
void probe_domain(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                  const struct probe_expected *expected, struct probe_result *result);

/*
 * The same with the checks from txt to policy alone, which ask the TXT record and the policy host. The others are skipped. POLICY
 * is what is served, or empty; the caller calls probe_policy_free().
 */
void probe_domain_policy(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                         struct probe_result *result, struct probe_policy *policy);

#endif
