/* Judges the certificate that a server shows as a sender would, with libcrypto. */
#ifndef PROBE_JUDGE_CERT_H
#define PROBE_JUDGE_CERT_H

#include "probe/judge/trust.h"
#include "read/finding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libcrypto's STACK_OF(X509), as ask/x509.h reads it, and as struct probe_fetched has it. */
struct stack_st_X509;

/*
 * Judges CHAIN, the certificates as the server sent them, its own first (NULL: none that can be read), for the name HOST at the
 * time NOW (seconds since 1970). Adds to FINDINGS what is wrong: it has not the name (RFC 6125; RFC 8461 3.3 and 4.2: only
 * DNS-IDs in subjectAltName count, and a wildcard stands for one label); it has expired, is not valid yet, or expires soon, by
 * WARN_DAYS (lifetime.h), which is a warning; it is self-signed; an intermediate certificate is missing; the authority is not
 * known.
 */
void probe_cert_judge(const struct probe_trust *trust, struct stack_st_X509 *chain, const char *host, int64_t now,
                      unsigned warn_days, struct probe_findings *findings);

/* Adds the name and the version of libcrypto's release, as it is linked at run time: "OpenSSL 3.5.1". */
void probe_cert_library(struct buf *out);

/* Adds, about CHAIN's first: "expires on 2027-01-02, in 42 days; issued to mail.example.org and 2 more names by Example CA". */
void probe_cert_describe(struct stack_st_X509 *chain, int64_t now, struct buf *out);

/* The most bytes of the data of a TLSA record 3 1 1 or 3 1 2. */
#define PROBE_CERT_DIGEST_MAX 64

/*
 * Writes to DIGEST what a TLSA record (RFC 6698 2.1) with SELECTOR (PROBE_TLSA_CERT or _KEY) and MATCHING (PROBE_TLSA_SHA256 or
 * _SHA512) has for certificate number AT of CHAIN; 0 is the server's own. Returns its length; 0: there is no such certificate.
 */
size_t probe_cert_digest(struct stack_st_X509 *chain, size_t at, unsigned selector, unsigned matching,
                         unsigned char digest[PROBE_CERT_DIGEST_MAX]);

/*
 * Does the TLSA record USAGE SELECTOR MATCHING with DATA, LEN bytes, match CHAIN (RFC 7672)? DANE-EE is compared with the
 * server's own certificate, DANE-TA with the others; other usages match nothing.
 */
bool probe_cert_matches(struct stack_st_X509 *chain, unsigned usage, unsigned selector, unsigned matching,
                        const unsigned char *data, size_t len);

/* All rules that a certificate can break. */
extern const struct probe_rules probe_cert_rules;

#endif
