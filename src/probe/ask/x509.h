/* Certificates, taken apart: names, times, digests. For probe_cert alone. Floor 1. */
#ifndef PROBE_ASK_X509_H
#define PROBE_ASK_X509_H

#include "base/buf.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

/* How many of its names are shown. */
#define PROBE_X509_NAMES_SHOWN 3
#define PROBE_X509_DIGEST_MAX 64

/* The certificates of PEM; NULL where there is none. */
STACK_OF(X509) * probe_x509_read(const char *pem);
void probe_x509_free(STACK_OF(X509) * chain);

/*
 * How many DNS-IDs the subjectAltName of CERT has. *MATCHES is set where one of them stands for HOST (RFC 6125 6.4); both may be
 * NULL. The first ones are added to SHOWN, as they may be shown; NULL: to nothing.
 */
size_t probe_x509_names(const X509 *cert, const char *host, bool *matches, struct buf *shown);

/* Adds the name of the authority that issued CERT, as it may be shown. */
void probe_x509_show_issuer(const X509 *cert, struct buf *out);

/* Does CERT say where its issuer's certificate is to be had, as those of public authorities do? */
bool probe_x509_tells_issuer(const X509 *cert);

/* The day of TIME, and how many whole days there are from NOW to it, negative once it is over; false where it is no time. */
bool probe_x509_time(const ASN1_TIME *time, int64_t now, char day[16], long *days);

/* As probe_cert_digest() and probe_cert_matches() have it, of one certificate. */
size_t probe_x509_digest(X509 *cert, unsigned selector, unsigned matching, unsigned char digest[PROBE_X509_DIGEST_MAX]);
bool probe_x509_matches(X509 *cert, unsigned selector, unsigned matching, const unsigned char *data, size_t len);

#endif
