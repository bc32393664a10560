/*
 * Fetches a policy over HTTPS, and what an MX host shows over SMTP with STARTTLS, with libcurl. Certificates are collected here,
 * and judged in judge/cert.h.
 */
#ifndef PROBE_ASK_FETCH_H
#define PROBE_ASK_FETCH_H

#include "probe/ask/fetched.h"

/* Starts libcurl. Call it once, before threads are started, and before libcrypto is used. False where that fails. */
bool probe_fetch_init(void);

/* Adds the name and the version of libcurl, as it is linked at run time: "libcurl 8.14.1". */
void probe_fetch_library(struct buf *out);

/* One address of one host, and what is fetched there. */
struct probe_fetch {
    const char *host, *address;
    struct probe_fetched *fetched;
};

/*
 * Ask for the policy (RFC 8461 3.3) at each address of LIST, COUNT of them, side by side. Follows no redirect, uses no proxy, and
 * does not verify the certificate. Each FETCHED need not be initialised. The caller calls probe_fetched_free(). The second one
 * does the same over SMTP, with MX hosts: EHLO, STARTTLS, EHLO, QUIT (RFC 3207). It sends no mail.
 */
void probe_fetch_policies(const struct probe_fetch_options *options, const struct probe_fetch *list, size_t count);
void probe_fetch_smtp(const struct probe_fetch_options *options, const struct probe_fetch *list, size_t count);

void probe_fetched_free(struct probe_fetched *fetched);

#endif
