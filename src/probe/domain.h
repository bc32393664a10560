/* The probe of one domain: what a sender sees of it, checked one by one (design: the checks, in their order). Floor 8. */
#ifndef PROBE_DOMAIN_H
#define PROBE_DOMAIN_H

#include "probe/ask/hosts.h"
#include "probe/read/result.h"

/*
 * Looks at DOMAIN, a policy domain in normal form, and fills PROBE, which need not be initialised; probe_free() is due. WANTED
 * may be NULL. DNS is the calling thread's own.
 */
void probe_domain(const struct probe_options *options, struct probe_dns *dns, const char *domain,
                  const struct probe_wanted *wanted, struct probe *probe);

#endif
