/* The certificate that a server shows, judged as a sender judges it. Libcrypto is for this and probe_x509. Floor 2. */
#ifndef PROBE_READ_CERT_H
#define PROBE_READ_CERT_H

#include "probe/read/finding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The authorities that are trusted. One for all threads; nothing in it changes once it is there. */
struct probe_trust;

/* From the file CA_FILE in PEM; NULL: the system's. NULL where there is none; WHY of SIZE bytes says why. */
struct probe_trust *probe_trust_new(const char *ca_file, char *why, size_t size);
void probe_trust_free(struct probe_trust *trust);

/*
 * Judges CHAIN, PEM as the server sent it, its own certificate first, for the name HOST at the time NOW (seconds since 1970):
 * a name that it is not made out to (RFC 6125; RFC 8461 3.3 and 4.2: DNS-IDs in subjectAltName alone, a wildcard for exactly one
 * label), expired or not yet valid, self-signed, an intermediate that is missing, an authority that nobody knows; WARN_DAYS or
 * less left is a warning. All that is wrong is added to FINDINGS, each with its rule.
 */
void probe_cert_judge(const struct probe_trust *trust, const char *chain, const char *host, int64_t now, unsigned warn_days,
                      struct probe_findings *findings);

/* "expires on 2027-01-02, in 42 days; made out to mail.example.org and 2 more names by Example CA" of CHAIN's first one, to OUT.
 */
void probe_cert_describe(const char *chain, int64_t now, struct buf *out);

/* The most bytes of the data of a TLSA record 3 1 1 or 3 1 2. */
#define PROBE_CERT_DIGEST_MAX 64

/*
 * What a TLSA record (RFC 6698 2.1) with SELECTOR (0 the certificate, 1 its key) and MATCHING (1 SHA-256, 2 SHA-512) holds of the
 * certificate number AT of CHAIN, 0 being the server's own. The length, or 0 where there is none.
 */
size_t probe_cert_digest(const char *chain, size_t at, unsigned selector, unsigned matching,
                         unsigned char digest[PROBE_CERT_DIGEST_MAX]);

/*
 * Does the record USAGE SELECTOR MATCHING with DATA of LEN bytes match CHAIN (RFC 7672: DANE-EE is compared with the server's own
 * certificate, DANE-TA with the others)? Other usages match nothing.
 */
bool probe_cert_matches(const char *chain, unsigned usage, unsigned selector, unsigned matching, const unsigned char *data,
                        size_t len);

/* Does the certificate's subjectAltName hold HOST, itself or by a wildcard? */
bool probe_cert_names(const char *chain, const char *host);

/* All rules of this file. */
extern const struct probe_rules probe_cert_rules;

#endif
