#include "probe/judge/cert.h"

#include "base/buf.h"
#include "base/words.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/lack.h"
#include "probe/ask/x509.h"
#include "probe/judge/lifetime.h"
#include "probe/judge/trust.h"
#include "read/finding.h"
#include "read/span.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    AUTH_LEVEL = 2 /* the default of Debian and others: no RSA key under 2048 bits, no SHA-1 */,
    HOUR = 3600,
    DAY = 24 * HOUR
};

enum { UNREADABLE, NAME, NO_NAMES, EXPIRED, NOT_YET, SOON, SELF_SIGNED, INCOMPLETE, AUTHORITY, CHAIN_DATES, WEAK, CHAIN, RULES };

#define RFC_VALID "RFC 8461 3.3, 4.2"

static const struct probe_rule rules[RULES] = {
    [UNREADABLE] = { "cert-unreadable", PROBE_FAIL, 0, 0, 0, "the certificate cannot be read; get a new one", RFC_VALID },
    [NAME] = { "cert-name", PROBE_FAIL, 0, 0, 0, "is not among the certificate's names; get a certificate that has it",
               RFC_VALID },
    [NO_NAMES] = { "cert-no-names", PROBE_FAIL, 0, 0, 0,
                   "is not in the certificate's subjectAltName, which has no name at all: a common name does not count; get a "
                   "certificate that has it",
                   RFC_VALID },
    [EXPIRED] = { "cert-expired", PROBE_FAIL, 0, 0, 0, "the certificate has expired; renew it, and have the server load it",
                  RFC_VALID },
    [NOT_YET] = { "cert-not-yet", PROBE_FAIL, 0, 0, 0,
                  "the certificate is not valid yet; check the clock of this machine and of the authority", RFC_VALID },
    [SOON] = { "cert-soon", PROBE_WARN, 0, 0, 0, "the certificate expires soon; renew it, and have the server load it",
               RFC_VALID },
    [SELF_SIGNED] = { "cert-self-signed", PROBE_FAIL, 0, 0, 0,
                      "the certificate is signed by itself; get one from an authority that senders know", RFC_VALID },
    [INCOMPLETE] = { "cert-incomplete", PROBE_FAIL, 0, 0, 0,
                     "the server does not send the certificate of the authority between its own and the root; have it send the "
                     "whole chain (fullchain.pem)",
                     RFC_VALID },
    [AUTHORITY] = { "cert-authority", PROBE_FAIL, 0, 0, 0,
                    "the certificate is from an authority that is not known here; get one from an authority that senders know",
                    RFC_VALID },
    [CHAIN_DATES] = { "cert-chain-dates", PROBE_FAIL, 0, 0, 0,
                      "a certificate of an authority in the chain has expired, or is not valid yet; have the server send the "
                      "chain that the authority issues now",
                      RFC_VALID },
    [WEAK] = { "cert-weak", PROBE_WARN, 0, 0, 0,
               "the certificate, or one in its chain, has a key or a signature that many senders take for too weak; get one with "
               "an RSA key of 2048 bits or an elliptic curve, and SHA-256",
               RFC_VALID },
    [CHAIN] = { "cert-chain", PROBE_FAIL, 0, 0, 0,
                "the certificate does not verify; have the server send fullchain.pem, or get a new certificate", RFC_VALID },
};

const struct probe_rules probe_cert_rules = { rules, RULES };

void probe_cert_library(struct buf *out)
{
    buf_print(out, "OpenSSL %s", OpenSSL_version(OPENSSL_FULL_VERSION_STRING));
}

/* --- judging --- */

struct judge {
    const struct probe_trust *trust;
    struct probe_findings *findings;
    X509 *cert;
    int sent; /* how many certificates the server sent */
    const char *host;
    bool found[RULES];
};

/* Each rule once: what is wrong with a chain turns up at several of its certificates. SAYS, in place of what the rule says, is
 * freed. */
static void add_once(struct judge *judge, size_t rule, struct buf *says)
{
    const bool is_about_name = rule == NAME || rule == NO_NAMES;
    const struct span subject = span_of(is_about_name ? judge->host : NULL);

    if (judge->found[rule])
        buf_free(says);
    else if (says->len > 0 || says->failed)
        probe_findings_add_saying(judge->findings, &rules[rule], 0, subject, says);
    else
        probe_findings_add(judge->findings, &rules[rule], 0, subject);
    judge->found[rule] = true;
}

static void judge_names(struct judge *judge)
{
    struct buf shown = { 0 }, says = { 0 };
    bool matches = false;
    size_t count = probe_x509_names(judge->cert, judge->host, &matches, &shown);

    if (!matches && count == 0) {
        add_once(judge, NO_NAMES, &(struct buf) { 0 });
    } else if (!matches) {
        buf_print(&says, "is not among the certificate's names (%s", shown.text != NULL ? shown.text : "");
        if (count > PROBE_X509_NAMES_SHOWN)
            buf_print(&says, " and %zu more", count - PROBE_X509_NAMES_SHOWN);
        buf_print(&says, "); get a certificate that has it");
        add_once(judge, NAME, &says);
    }
    buf_free(&shown);
}

/* "42 days", or "7 hours" where it is less than a day. */
static void print_span(struct buf *out, int64_t seconds)
{
    int64_t n = seconds >= DAY ? seconds / DAY : seconds / HOUR;

    buf_print(out, "%" PRId64 " %s%s", n, seconds >= DAY ? "day" : "hour", words_plural((size_t)n));
}

/* The lifetime to the nearest day or hour: many certificates end a second before it. */
static void print_soon(struct buf *out, const char *day, int64_t left, int64_t lifetime)
{
    buf_print(out, "the certificate expires on %s, in ", day);
    print_span(out, left);
    buf_print(out, " of its ");
    print_span(out, lifetime + (lifetime >= DAY ? DAY : HOUR) / 2);
    buf_print(out, "; renew it, and have the server load it");
}

static void judge_dates(struct judge *judge, int64_t now, unsigned warn_days)
{
    char first[16], last[16];
    int64_t begins, ends;
    struct buf says = { 0 };

    if (!probe_x509_time(X509_get0_notBefore(judge->cert), first, &begins) ||
        !probe_x509_time(X509_get0_notAfter(judge->cert), last, &ends)) {
        add_once(judge, UNREADABLE, &says);
        return;
    }
    switch (probe_lifetime_judge(begins, ends, now, warn_days)) {
    case PROBE_LIFETIME_EXPIRED:
        buf_print(&says, "the certificate expired on %s; renew it, and have the server load it", last);
        add_once(judge, EXPIRED, &says);
        break;
    case PROBE_LIFETIME_NOT_YET:
        buf_print(&says, "the certificate is not valid before %s; check the clock of this machine and of the authority", first);
        add_once(judge, NOT_YET, &says);
        break;
    case PROBE_LIFETIME_SOON:
        print_soon(&says, last, ends - now, ends - begins);
        add_once(judge, SOON, &says);
        break;
    case PROBE_LIFETIME_FINE:
        break;
    }
}

/*
 * The issuer of TOP was not found. Where TOP is the server's own certificate, the server probably left out an intermediate one:
 * it sent others, or TOP says where to get its issuer's, as certificates of public authorities do.
 */
static void add_no_issuer(struct judge *judge, const X509 *top, int depth)
{
    if (probe_trust_is_unreadable(judge->trust, top) || probe_lack_memory()) {
        judge->findings->failed = true;
        return;
    }
    bool incomplete = depth == 0 && (judge->sent > 1 || probe_x509_has_issuer_url(top));
    struct buf says = { 0 };

    if (incomplete) {
        buf_print(&says, "the server does not send the certificate of ");
        probe_x509_show_issuer(top, &says);
        buf_print(&says, ", which issued its own; have it send the whole chain (fullchain.pem)");
    } else {
        buf_print(&says, "the certificate is from ");
        probe_x509_show_issuer(top, &says);
        buf_print(&says, ", an authority that is not known here; get one from an authority that senders know");
    }
    add_once(judge, incomplete ? INCOMPLETE : AUTHORITY, &says);
}

static void add_other(struct judge *judge, int error)
{
    struct buf says = { 0 };

    buf_print(&says, "the certificate does not verify: %s; have the server send fullchain.pem, or get a new certificate",
              X509_verify_cert_error_string(error));
    add_once(judge, CHAIN, &says);
}

/* libcrypto calls this for each error in the chain. Returns 1: go on, to find the others. */
static int on_error(int good, X509_STORE_CTX *context)
{
    struct judge *judge = X509_STORE_CTX_get_app_data(context);
    int error = X509_STORE_CTX_get_error(context), depth = X509_STORE_CTX_get_error_depth(context);
    const X509 *cert = X509_STORE_CTX_get_current_cert(context);

    if (good)
        return 1;
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        if (depth > 0) /* judge_dates() judges the server's own */
            add_once(judge, CHAIN_DATES, &(struct buf) { 0 });
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        add_once(judge, SELF_SIGNED, &(struct buf) { 0 });
        break;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        add_no_issuer(judge, cert, depth);
        break;
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: /* always follows another error */
        break;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        add_once(judge, WEAK, &(struct buf) { 0 });
        break;
    default:
        add_other(judge, error);
    }
    return 1;
}

static void verify_chain(struct judge *judge, STACK_OF(X509) * chain, int64_t now)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();

    if (context == NULL || X509_STORE_CTX_init(context, probe_trust_store(judge->trust), judge->cert, chain) != 1 ||
        X509_STORE_CTX_set_default(context, "ssl_server") != 1) {
        judge->findings->failed = true;
        X509_STORE_CTX_free(context);
        return;
    }
    ERR_clear_error();
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(param, (time_t)now);
    X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
    (void)X509_STORE_CTX_set_app_data(context, judge);
    X509_STORE_CTX_set_verify_cb(context, on_error);
    if (X509_verify_cert(context) < 0)
        add_other(judge, X509_STORE_CTX_get_error(context));
    X509_STORE_CTX_free(context);
    ERR_clear_error();
}

void probe_cert_judge(const struct probe_trust *trust, struct stack_st_X509 *chain, const char *host, int64_t now,
                      unsigned warn_days, struct probe_findings *findings)
{
    struct judge judge = { .trust = trust, .findings = findings, .host = host };

    if (chain == NULL) {
        add_once(&judge, UNREADABLE, &(struct buf) { 0 });
        return;
    }
    judge.cert = sk_X509_value(chain, 0);
    judge.sent = sk_X509_num(chain);
    judge_names(&judge);
    judge_dates(&judge, now, warn_days);
    verify_chain(&judge, chain, now);
}

void probe_cert_describe(struct stack_st_X509 *chain, int64_t now, struct buf *out)
{
    struct buf shown = { 0 };
    char day[16];
    int64_t ends;

    if (chain == NULL) {
        buf_print(out, "a certificate that cannot be read");
        return;
    }
    const X509 *cert = sk_X509_value(chain, 0);
    size_t count = probe_x509_names(cert, NULL, NULL, &shown);
    if (!probe_x509_time(X509_get0_notAfter(cert), day, &ends)) {
        buf_print(out, "expires on a day that cannot be read");
    } else {
        buf_print(out, ends < now ? "expired on %s, " : "expires on %s, in ", day);
        print_span(out, ends < now ? now - ends : ends - now);
        buf_print(out, ends < now ? " ago" : "");
    }
    buf_print(out, "; issued to %s", count > 0 ? "" : "no name");
    buf_add(out, shown.text != NULL ? shown.text : "", shown.len);
    size_t more = count > PROBE_X509_NAMES_SHOWN ? count - PROBE_X509_NAMES_SHOWN : 0;
    if (more > 0)
        buf_print(out, " and %zu more name%s", more, words_plural(more));
    buf_print(out, " by ");
    probe_x509_show_issuer(cert, out);
    buf_free(&shown);
}

size_t probe_cert_digest(struct stack_st_X509 *chain, size_t at, unsigned selector, unsigned matching,
                         unsigned char digest[PROBE_CERT_DIGEST_MAX])
{
    if (chain == NULL || at >= (size_t)sk_X509_num(chain))
        return 0;
    return probe_x509_digest(sk_X509_value(chain, (int)at), selector, matching, digest);
}

bool probe_cert_matches(struct stack_st_X509 *chain, unsigned usage, unsigned selector, unsigned matching,
                        const unsigned char *data, size_t len)
{
    int count = chain != NULL ? sk_X509_num(chain) : 0;
    bool matches = false;

    /* DANE-EE is about the server's own, DANE-TA about the others. */
    int first = usage == PROBE_TLSA_TA, end = usage == PROBE_TLSA_TA ? count : usage == PROBE_TLSA_EE;
    for (int i = first; i < end && i < count; i++)
        matches |= probe_x509_matches(sk_X509_value(chain, i), selector, matching, data, len);
    return matches;
}
