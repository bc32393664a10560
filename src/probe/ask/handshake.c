#include "probe/ask/handshake.h"

#include "probe/ask/x509.h"

#include <openssl/ssl.h>
#include <stddef.h>

enum { CHAIN_MAX = 32 /* how many certificates of a chain are kept */ };

/*
 * libssl calls this in place of its own verification, which has no authorities here. The objects are those that it read already:
 * to read a certificate takes it as long as to verify a signature.
 */
static int take(X509_STORE_CTX *context, void *data)
{
    STACK_OF(X509) **chain = data;
    STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(context);

    probe_x509_free(*chain);
    *chain = shown != NULL ? X509_chain_up_ref(shown) : NULL;
    while (*chain != NULL && sk_X509_num(*chain) > CHAIN_MAX)
        X509_free(sk_X509_pop(*chain));
    return 1;
}

static CURLcode set_up(CURL *easy, void *context, void *chain)
{
    (void)easy;
    SSL_CTX_set_cert_verify_callback(context, take, chain);
    return CURLE_OK;
}

bool probe_handshake_watch(CURL *easy, struct stack_st_X509 **chain)
{
    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_up) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, chain) == CURLE_OK;
}
