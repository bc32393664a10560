/* Sets libunbound up: which name servers it asks, what it validates by, and how much it keeps. */
#ifndef PROBE_ASK_DNS_SETUP_H
#define PROBE_ASK_DNS_SETUP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* In place of a list of servers: none is asked to look things up; that is done here, from the root servers on. */
#define PROBE_DNS_ROOT "root"

struct probe_dns_options {
    const char *servers; /* "192.0.2.53,[2001:db8::53]:5353"; PROBE_DNS_ROOT; NULL: those of the system */
    const char *anchors; /* a file with trust anchors; NULL: the key of the DNS root, where the system has it */
    bool is_primary;     /* SERVERS are asked for their own zones: nothing is validated, and a referral to others is no answer */
    unsigned sockets;    /* how many queries may be under way at once */
    unsigned timeout_ms; /* how long a question may take in total */
    const atomic_bool *stop;         /* once it is true, every answer is AGAIN, within half a second; NULL: never */
    struct probe_resolver *resolver; /* what probe_resolver_new() (resolver.h) returned for the options above */
};

struct ub_ctx;

/* By which name DNSSEC is validated: the longest one, as text. */
#define PROBE_DNS_ANCHOR_SIZE 1024

struct probe_dns_setup {
    struct ub_ctx *context;             /* for probe_dns_setup_end() */
    char anchor[PROBE_DNS_ANCHOR_SIZE]; /* the name of the first trust anchor: "."; "": there is none, so nothing is validated */
};

/*
 * Sets up what OPTIONS say. False, with a full phrase in WHY, SIZE bytes, where they are not valid, or memory or descriptors run
 * out.
 */
bool probe_dns_setup(const struct probe_dns_options *options, struct probe_dns_setup *setup, char *why, size_t size);

/*
 * Ends what was set up. Where libunbound's thread does not end, which takes it some memory, both are left as they are after a few
 * seconds, for the end of the program.
 */
void probe_dns_setup_end(const struct probe_dns_setup *setup);

#endif
