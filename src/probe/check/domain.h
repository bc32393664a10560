/* The probe of one domain: its checks, one after the other, and what all that they found does to mail. */
#ifndef PROBE_CHECK_DOMAIN_H
#define PROBE_CHECK_DOMAIN_H

#include "base/buf.h"
#include "probe/check/context.h"
#include "probe/check/file.h"
#include "probe/judge/result.h"
#include "read/policy.h"

/*
 * Probes DOMAIN, a policy domain in normal form. CONTEXT is open; DNS is for the calling thread alone. EXPECTED is what
 * policies.ini says of the domain; NULL: there is no file. RESULT need not be initialised. The caller calls probe_result_free().
 */
void probe_domain(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                  const struct probe_expected *expected, struct probe_result *result);

/* A policy that is served to senders, as it is. ADDRESS is that of the server if another one serves another policy, else NULL. */
typedef void probe_served_fn(void *to, const char *address, const struct buf *body);

/*
 * The same with the checks from txt to policy alone, which ask the TXT record and the policy host. The others are skipped. POLICY
 * is what is served, or empty; the caller calls probe_policy_free(). Passes TO and each of the different policies that senders
 * get to SERVED. POLICY and SERVED may be NULL.
 */
void probe_domain_policy(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                         struct probe_result *result, struct probe_policy *policy, probe_served_fn *served, void *to);

#endif
