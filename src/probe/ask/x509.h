/* What stands in a certificate: names, times, digests; with libcrypto. For judge/cert.c, which judges it. */
#ifndef PROBE_ASK_X509_H
#define PROBE_ASK_X509_H

#include "base/buf.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

/* How many names of a certificate are shown. */
#define PROBE_X509_NAMES_SHOWN 3
#define PROBE_X509_DIGEST_MAX 64

/* The certificates of the text PEM, in their order; NULL: none. The caller calls probe_x509_free(). */
STACK_OF(X509) * probe_x509_read(const char *pem);
void probe_x509_free(STACK_OF(X509) * chain);

/*
 * Returns how many DNS-IDs the subjectAltName of CERT has. *MATCHES becomes true where one of them matches HOST (RFC 6125 6.4);
 * both may be NULL. Adds the first PROBE_X509_NAMES_SHOWN to SHOWN (NULL: to nothing), made fit to be shown.
 */
size_t probe_x509_names(const X509 *cert, const char *host, bool *matches, struct buf *shown);

/* Adds the name of the authority that issued CERT, made fit to be shown. */
void probe_x509_show_issuer(const X509 *cert, struct buf *out);

/* Does CERT say where to get its issuer's certificate, as those of public authorities do? */
bool probe_x509_has_issuer_url(const X509 *cert);

/*
 * Writes the day of TIME, "2027-01-02", to DAY, and TIME in seconds since 1970 to *SECONDS. False where TIME is not valid.
 */
bool probe_x509_time(const ASN1_TIME *time, char day[16], int64_t *seconds);

/* probe_cert_digest() and probe_cert_matches(), of one certificate. */
size_t probe_x509_digest(X509 *cert, unsigned selector, unsigned matching, unsigned char digest[PROBE_X509_DIGEST_MAX]);
bool probe_x509_matches(X509 *cert, unsigned selector, unsigned matching, const unsigned char *data, size_t len);

#endif
