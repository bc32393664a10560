/*
 * What the probe fetches: a policy by HTTPS, and what an MX shows by SMTP with STARTTLS. Libcurl is for this and
 * probe_transfer. Certificates are brought home and not judged: that is probe_cert's. Floor 3.
 */
#ifndef PROBE_ASK_FETCH_H
#define PROBE_ASK_FETCH_H

#include "probe/ask/fetched.h"

/* To be called once, before threads are started; false where it fails. */
bool probe_fetch_init(void);

/*
 * Asks HOST for its policy (RFC 8461 3.3) at one of ADDRESSES, tried in turn until one takes the connection. No redirect is
 * followed, no proxy used, nothing trusted that comes: the certificate is not verified here. FETCHED need not be initialised;
 * probe_fetched_free() is due.
 */
void probe_fetch_policy(const struct probe_fetch_options *options, const char *host, char *const *addresses, size_t count,
                        struct probe_fetched *fetched);

/* Speaks SMTP with the MX HOST at one of ADDRESSES: EHLO, STARTTLS, EHLO, QUIT (RFC 3207). No mail is begun. */
void probe_fetch_smtp(const struct probe_fetch_options *options, const char *host, char *const *addresses, size_t count,
                      struct probe_fetched *fetched);

void probe_fetched_free(struct probe_fetched *fetched);

#endif
