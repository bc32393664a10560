/* The authorities that are trusted, with libcrypto. Reads their files, but asks no network. */
#ifndef PROBE_JUDGE_TRUST_H
#define PROBE_JUDGE_TRUST_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

/* They do not change: several threads may use them at once. */
struct probe_trust;

/* Those in the file CA_FILE, in PEM; NULL: the system's. NULL where there are none, and the reason is in WHY, of SIZE bytes. */
struct probe_trust *probe_trust_new(const char *ca_file, char *why, size_t size);
void probe_trust_free(struct probe_trust *trust);

/* For the verification; borrowed. */
X509_STORE *probe_trust_store(const struct probe_trust *trust);

/*
 * Has the system a file for the issuer of CERT that this machine could not read, for want of a descriptor or of the right to?
 * libcrypto looks into it when it verifies, and takes it for missing.
 */
bool probe_trust_is_unreadable(const struct probe_trust *trust, const X509 *cert);

#endif
