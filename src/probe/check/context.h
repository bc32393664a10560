/* What every probe of one run of the program works with: how it asks, whom it trusts, and what all domains share. */
#ifndef PROBE_CHECK_CONTEXT_H
#define PROBE_CHECK_CONTEXT_H

#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/ask/hosts.h"
#include "probe/check/mx_host.h"
#include "probe/judge/cert.h"

struct probe_context {
    struct probe_dns_options dns;
    struct probe_fetch_options fetch;
    const char *at;     /* the address at which all policy hosts are asked; NULL: those in the DNS */
    unsigned warn_days; /* a certificate with so many left, or fewer, is a warning; or PROBE_LIFETIME_DECIDES */
    unsigned domain_ms; /* how long one domain may take in total */
    unsigned slow_ms;   /* an HTTPS answer that takes as long, or longer, is a warning */
    /* These, and fetch.turns, are set by probe_context_open(). */
    struct probe_trust *trust;
    struct probe_mx_terms mx_terms;
    struct probe_hosts *hosts; /* what MX hosts showed, for all domains that name them */
    atomic_bool *stop;         /* once it is true, every probe ends early: what was not looked at is unknown */
};

/*
 * Opens what CONTEXT needs to ask the network, the other fields being set: the authorities of CA_FILE in PEM (NULL: the
 * system's), the resolver, the hosts, libcurl; STOP is borrowed. Called once, before threads are started. False where that fails,
 * and the reason is printed. probe_context_close() is due in either case; it may be called for a context that was not opened, all
 * zero.
 */
bool probe_context_open(struct probe_context *context, const char *ca_file, atomic_bool *stop);
void probe_context_close(struct probe_context *context);

#endif
