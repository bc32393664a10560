#include "probe/ask/x509.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "probe/ask/dns_answer.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

enum {
    CHAIN_MAX = 32,  /* how many certificates of a chain are read */
    SHOWN_MAX = 100, /* how many bytes of a name in a certificate are shown */
    DAY = 86400
};

void probe_x509_free(STACK_OF(X509) * chain)
{
    sk_X509_pop_free(chain, X509_free);
}

STACK_OF(X509) * probe_x509_read(const char *pem)
{
    BIO *in = BIO_new_mem_buf(pem, -1);
    STACK_OF(X509) *chain = sk_X509_new_null();
    X509 *cert;

    while (in != NULL && chain != NULL && sk_X509_num(chain) < CHAIN_MAX &&
           (cert = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
        if (sk_X509_push(chain, cert) <= 0)
            X509_free(cert);
    ERR_clear_error();
    BIO_free(in);
    if (chain != NULL && sk_X509_num(chain) > 0)
        return chain;
    probe_x509_free(chain);
    return NULL;
}

/* Does the DNS-ID, LEN bytes of any kind, match HOST (RFC 6125 6.4)? */
static bool is_name_of(const char *id, size_t len, const char *host, size_t host_len)
{
    const char *dot = memchr(host, '.', host_len);

    if (len == host_len && domain_same(id, host, len))
        return true;
    if (len < 3 || id[0] != '*' || id[1] != '.' || dot == NULL || dot == host)
        return false;
    size_t rest = host_len - (size_t)(dot - host);
    return rest == len - 1 && domain_same(id + 1, dot, rest);
}

size_t probe_x509_names(const X509 *cert, const char *host, bool *matches, struct buf *shown)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    size_t count = 0, host_len = host != NULL ? strlen(host) : 0;

    host_len -= host_len > 0 && host[host_len - 1] == '.';
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS)
            continue;
        const char *id = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
        size_t len = (size_t)ASN1_STRING_length(name->d.dNSName);
        if (matches != NULL && host != NULL)
            *matches |= is_name_of(id, len, host, host_len);
        if (shown != NULL && count < PROBE_X509_NAMES_SHOWN) {
            buf_print(shown, "%s", count > 0 ? ", " : "");
            buf_add_shown(shown, id, len, SHOWN_MAX);
        }
        count++;
    }
    GENERAL_NAMES_free(names);
    ERR_clear_error();
    return count;
}

/* Adds the field NID of NAME, made fit to be shown. False where it has none. */
static bool show_field(const X509_NAME *name, int nid, struct buf *out)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    unsigned char *text = NULL;

    int len = at >= 0 ? ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))) : -1;
    if (len > 0)
        buf_add_shown(out, (const char *)text, (size_t)len, SHOWN_MAX);
    OPENSSL_free(text);
    ERR_clear_error();
    return len > 0;
}

void probe_x509_show_issuer(const X509 *cert, struct buf *out)
{
    const X509_NAME *name = X509_get_issuer_name(cert);
    struct buf common = { 0 };
    bool organization = show_field(name, NID_organizationName, out);

    if (show_field(name, NID_commonName, &common))
        buf_print(out, "%s%s", organization ? " " : "", common.text != NULL ? common.text : "");
    else if (!organization)
        buf_print(out, "an authority without a name");
    buf_free(&common);
}

bool probe_x509_time(const ASN1_TIME *time, char day[16], int64_t *seconds)
{
    ASN1_TIME *from = ASN1_TIME_set(NULL, 0);
    struct tm tm;
    int days = 0, rest = 0;
    bool good = from != NULL && ASN1_TIME_diff(&days, &rest, from, time) == 1 && ASN1_TIME_to_tm(time, &tm) == 1 &&
                strftime(day, 16, "%Y-%m-%d", &tm) > 0;

    ASN1_TIME_free(from);
    *seconds = (int64_t)days * DAY + rest;
    return good;
}

bool probe_x509_has_issuer_url(const X509 *cert)
{
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++)
        found |= OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access, i)->method) == NID_ad_ca_issuers;
    AUTHORITY_INFO_ACCESS_free(access);
    ERR_clear_error();
    return found;
}

/* The part of CERT that SELECTOR names, in DER: *DER is to be freed. Returns its length; 0: there is none. */
static size_t select_part(X509 *cert, unsigned selector, unsigned char **der)
{
    int len = -1;

    *der = NULL;
    if (selector == PROBE_TLSA_CERT)
        len = i2d_X509(cert, der);
    else if (selector == PROBE_TLSA_KEY)
        len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), der);
    return len > 0 ? (size_t)len : 0;
}

static size_t digest_part(const unsigned char *der, size_t len, unsigned matching, unsigned char digest[PROBE_X509_DIGEST_MAX])
{
    unsigned written = 0;
    const EVP_MD *kind = matching == PROBE_TLSA_SHA256 ? EVP_sha256() : matching == PROBE_TLSA_SHA512 ? EVP_sha512() : NULL;

    if (kind == NULL || EVP_Digest(der, len, digest, &written, kind, NULL) != 1)
        return 0;
    return written;
}

size_t probe_x509_digest(X509 *cert, unsigned selector, unsigned matching, unsigned char digest[PROBE_X509_DIGEST_MAX])
{
    unsigned char *der;
    size_t len = select_part(cert, selector, &der);

    len = len > 0 ? digest_part(der, len, matching, digest) : 0;
    OPENSSL_free(der);
    return len;
}

bool probe_x509_matches(X509 *cert, unsigned selector, unsigned matching, const unsigned char *data, size_t len)
{
    unsigned char *der, digest[PROBE_X509_DIGEST_MAX];
    size_t der_len = select_part(cert, selector, &der);
    const unsigned char *has = matching == PROBE_TLSA_WHOLE ? der : digest;
    size_t has_len = matching == PROBE_TLSA_WHOLE ? der_len : digest_part(der, der_len, matching, digest);
    bool same = der_len > 0 && has_len > 0 && has_len == len && memcmp(has, data, len) == 0;

    OPENSSL_free(der);
    return same;
}
