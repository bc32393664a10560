/*
 * Fetches a policy over HTTPS, and what an MX host shows over SMTP with STARTTLS, with libcurl. Certificates are collected here,
 * and judged in read/cert.h.
 */
#ifndef PROBE_ASK_FETCH_H
#define PROBE_ASK_FETCH_H

#include "probe/ask/fetched.h"

/* Starts libcurl. Call it once, before threads are started, and before libcrypto is used. False where that fails. */
bool probe_fetch_init(void);

/* Adds the name and the version of libcurl, as it is linked at run time: "libcurl 8.14.1". */
void probe_fetch_library(struct buf *out);

/*
 * Asks HOST for its policy (RFC 8461 3.3) at the first of COUNT ADDRESSES that takes the connection. Follows no redirect, uses no
 * proxy, and does not verify the certificate. FETCHED need not be initialised; probe_fetched_free() is due.
 */
void probe_fetch_policy(const struct probe_fetch_options *options, const char *host, char *const *addresses, size_t count,
                        struct probe_fetched *fetched);

/* The same over SMTP with the MX host HOST: EHLO, STARTTLS, EHLO, QUIT (RFC 3207). Sends no mail. */
void probe_fetch_smtp(const struct probe_fetch_options *options, const char *host, char *const *addresses, size_t count,
                      struct probe_fetched *fetched);

void probe_fetched_free(struct probe_fetched *fetched);

#endif
