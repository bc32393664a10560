#include "probe/check/context.h"

#include "probe/ask/fetch.h"
#include "probe/ask/hosts.h"
#include "probe/ask/lack.h"
#include "probe/ask/resolver.h"
#include "probe/ask/turns.h"
#include "probe/check/error.h"
#include "probe/check/mx_host.h"
#include "probe/judge/trust.h"
#include <stdatomic.h>
#include <stddef.h>

bool probe_context_open(struct probe_context *context, const char *ca_file, atomic_bool *stop)
{
    char why[256];

    context->stop = stop;
    context->dns.stop = context->fetch.stop = stop;
    if (!probe_fetch_init()) {
        (void)probe_error("libcurl does not start; is there memory left?");
        return false;
    }
    context->trust = probe_trust_new(ca_file, why, sizeof why);
    if (context->trust == NULL) {
        (void)probe_error("%s", why);
        return false;
    }
    context->dns.resolver = probe_resolver_new(&context->dns, why, sizeof why);
    if (context->dns.resolver == NULL) {
        (void)probe_error("%s", why);
        return false;
    }
    context->mx_terms = (struct probe_mx_terms) { context->trust, context->warn_days };
    context->hosts = probe_mx_hosts_new(&context->mx_terms);
    context->fetch.turns = probe_turns_new();
    if (context->hosts != NULL && context->fetch.turns != NULL)
        return true;
    (void)probe_error(PROBE_LACK_MEMORY);
    return false;
}

void probe_context_close(struct probe_context *context)
{
    probe_hosts_free(context->hosts);
    probe_resolver_free(context->dns.resolver);
    probe_turns_free(context->fetch.turns);
    probe_trust_free(context->trust);
}
