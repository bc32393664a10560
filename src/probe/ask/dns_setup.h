/* Sets libunbound up: which name servers it asks, what it validates by, and how much it keeps. */
#ifndef PROBE_ASK_DNS_SETUP_H
#define PROBE_ASK_DNS_SETUP_H

#include "probe/ask/dns.h"

struct ub_ctx;

/* By which name DNSSEC is validated: the longest one, as text. */
#define PROBE_DNS_ANCHOR_SIZE 1024

struct probe_dns_setup {
    struct ub_ctx *context;             /* for ub_ctx_delete() */
    char anchor[PROBE_DNS_ANCHOR_SIZE]; /* the name of the first trust anchor: "."; "": there is none, so nothing is validated */
};

/*
 * Sets up what OPTIONS say. False, with a full phrase in WHY, SIZE bytes, where they are not valid, or memory or descriptors run
 * out.
 */
bool probe_dns_setup(const struct probe_dns_options *options, struct probe_dns_setup *setup, char *why, size_t size);

#endif
