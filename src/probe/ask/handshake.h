/* Takes the certificates that a server shows in a TLS handshake of libcurl, with libssl. */
#ifndef PROBE_ASK_HANDSHAKE_H
#define PROBE_ASK_HANDSHAKE_H

#include <curl/curl.h>
#include <stdbool.h>

/* libcrypto's STACK_OF(X509). */
struct stack_st_X509;

/*
 * Puts the certificates, in the order in which the server sends them, its own first, into *CHAIN during the handshake of EASY;
 * NULL: memory ran out. None of them is verified. CHAIN outlives the connection, and begins with NULL. The caller calls
 * probe_x509_free(). False where libcurl cannot do that.
 */
bool probe_handshake_watch(CURL *easy, struct stack_st_X509 **chain);

#endif
