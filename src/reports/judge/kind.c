#include "reports/judge/kind.h"

#include "policy/domain.h"

#include <string.h>

static const struct kind kinds[KINDS] = {
    [KIND_NO_STARTTLS] = { "starttls-not-supported", "no STARTTLS", KIND_AT_MX, "enable STARTTLS there", "smtp-no-starttls" },
    [KIND_CERT_NAME] = { "certificate-host-mismatch", "certificate for another name", KIND_AT_MX,
                         "get a certificate that has the name of the MX host", "cert-name" },
    [KIND_CERT_EXPIRED] = { "certificate-expired", "certificate expired", KIND_AT_MX,
                            "renew the certificate, and have the server load it", "cert-expired" },
    [KIND_CERT_AUTHORITY] = { "certificate-not-trusted", "certificate not trusted", KIND_AT_MX,
                              "get a certificate from a known authority, and have the server send the intermediate ones "
                              "(fullchain.pem)",
                              "cert-incomplete" },
    [KIND_TLS] = { "validation-failure", "TLS failed", KIND_AT_MX, "look into the log of that host for the reason", "smtp-tls" },
    [KIND_TLSA] = { "tlsa-invalid", "TLSA record not valid", KIND_AT_TLSA, "publish the records that match its certificate",
                    "dane-mismatch" },
    [KIND_DNSSEC] = { "dnssec-invalid", "DNSSEC signatures not valid", KIND_AT_TLSA, "have its zone signed again", "dane-bogus" },
    [KIND_DANE_REQUIRED] = { "dane-required", "no TLSA records that a sender can use", KIND_AT_TLSA,
                             "publish TLSA records in a signed zone, or ask that sender why it requires them", "dane-none" },
    [KIND_FETCH] = { "sts-policy-fetch-error", "policy not fetched", KIND_AT_POLICY_HOST,
                     "probe the domain, and look into the front server's log", "answer" },
    [KIND_POLICY] = { "sts-policy-invalid", "policy not valid", KIND_AT_POLICY_HOST,
                      "probe the domain: another program may serve its policy", "policy" },
    [KIND_WEBPKI] = { "sts-webpki-invalid", "certificate of the policy host not valid", KIND_AT_POLICY_HOST,
                      "renew that certificate with the ACME client, then reload the front server", "https" },
    [KIND_OTHER] = { NULL, "a reason that is not known here", KIND_AT_NOWHERE, "probe the domain", NULL },
    [KIND_UNEXPLAINED] = { NULL, "no reason given", KIND_AT_NOWHERE, "probe the domain", NULL },
};

enum kind_name kind_of(const char *result)
{
    size_t len = strlen(result);

    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].result != NULL && strlen(kinds[i].result) == len && domain_same(kinds[i].result, result, len))
            return (enum kind_name)i;
    return KIND_OTHER;
}

const struct kind *kind_about(enum kind_name kind)
{
    return &kinds[kind];
}
