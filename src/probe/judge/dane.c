#include "probe/judge/dane.h"

#include "base/buf.h"
#include "base/words.h"
#include "probe/ask/dns_answer.h"
#include "read/finding.h"
#include "read/span.h"

#include <string.h>

enum { UNUSABLE, NONE_USABLE, BOGUS, MISMATCH, PARTLY, RULES };
enum { WHY_SHOWN = 200, SHA256_LEN = 32, SHA512_LEN = 64, DER_SEQUENCE = 0x30, DER_LONG = 0x80, DER_LENGTHS_MAX = 3 };

static const struct probe_rule rules[RULES] = {
    [UNUSABLE] = { "dane-unusable", PROBE_OK, 0, 0, 0,
                   "has a TLSA record that senders ignore, for its usage, selector, matching type or length; publish 3 1 1 in "
                   "its place",
                   "RFC 7672 2.2, 3.1.3" },
    [NONE_USABLE] = { "dane-none", PROBE_WARN, 0, 0, 0,
                      "has signed TLSA records, of which senders use none: they encrypt, but compare no certificate with them; "
                      "publish 3 1 1 records, as mta-sts-probe --tlsa prints them",
                      "RFC 7672 2.2" },
    [BOGUS] = { "dane-bogus", PROBE_FAIL, 0, 0, 0,
                "has TLSA records, or the proof that it has none, whose DNSSEC signatures are not valid: senders that honour "
                "DANE do not deliver to it; sign the zone anew, or correct its DS record",
                "RFC 7672 2.1.2, 2.2" },
    [MISMATCH] = { "dane-mismatch", PROBE_FAIL, 0, 0, 0,
                   "shows no certificate that one of its signed TLSA records matches, so senders that honour DANE deliver "
                   "nothing to "
                   "it; publish the record of the certificate, as mta-sts-probe --tlsa prints it, or have the server load the "
                   "certificate that the records are for",
                   "RFC 7672 2.2, 3.1" },
    [PARTLY] = { "dane-partly", PROBE_WARN, 0, 0, 0,
                 "shows a certificate that none of its signed TLSA records matches at some addresses, where senders that honour "
                 "DANE "
                 "deliver nothing; let all addresses show the same, or publish the records of all its certificates",
                 "RFC 7672 2.2, 3.1" },
};

const struct probe_rules probe_dane_rules = { rules, RULES };

/* Is DATA, LEN bytes, one whole SEQUENCE in DER, as certificates and keys are? */
static bool is_der(const unsigned char *data, size_t len)
{
    size_t content = 0, head = 2;

    if (len < head || data[0] != DER_SEQUENCE)
        return false;
    if (data[1] < DER_LONG)
        return len - head == data[1];
    size_t lengths = data[1] - DER_LONG;
    if (lengths == 0 || lengths > DER_LENGTHS_MAX || len < head + lengths)
        return false;
    for (size_t i = 0; i < lengths; i++)
        content = content << 8 | data[head + i];
    return len - head - lengths == content;
}

/* Why senders do not use TLSA; NULL: they do. */
static const char *find_fault(const struct probe_tlsa *tlsa)
{
    if (tlsa->usage < PROBE_TLSA_TA)
        return "usages 0 and 1 are not for SMTP";
    if (tlsa->usage > PROBE_TLSA_EE)
        return "its usage is unknown";
    if (tlsa->selector > PROBE_TLSA_KEY)
        return "its selector is unknown";
    if (tlsa->matching > PROBE_TLSA_SHA512)
        return "its matching type is unknown";
    if (tlsa->matching == PROBE_TLSA_SHA256 && tlsa->len != SHA256_LEN)
        return "a SHA-256 digest has 32 bytes";
    if (tlsa->matching == PROBE_TLSA_SHA512 && tlsa->len != SHA512_LEN)
        return "a SHA-512 digest has 64 bytes";
    if (tlsa->matching == PROBE_TLSA_WHOLE && !is_der(tlsa->data, tlsa->len))
        return "its data is no certificate or key in DER";
    return NULL;
}

bool probe_dane_is_usable(const struct probe_tlsa *tlsa)
{
    return find_fault(tlsa) == NULL;
}

static void add_unusable(const char *host, const struct probe_tlsa *tlsa, struct probe_findings *findings)
{
    struct buf says = { 0 };

    buf_print(&says, "has a TLSA record %u %u %u with %zu byte%s, which senders ignore: %s; publish 3 1 1 in its place",
              tlsa->usage, tlsa->selector, tlsa->matching, tlsa->len, words_plural(tlsa->len), find_fault(tlsa));
    probe_findings_add_saying(findings, &rules[UNUSABLE], 0, span_of(host), &says);
}

static void describe(const struct probe_dane_facts *facts, size_t usable, struct buf *out)
{
    const struct probe_dns_answer *tlsa = facts->tlsa;
    size_t chains = facts->chains, matched = facts->matched;

    buf_print(out, "%zu TLSA record%s", tlsa->count, words_plural(tlsa->count));
    if (usable < tlsa->count && tlsa->count > 1)
        buf_print(out, " (senders use %zu)", usable);
    else if (usable < tlsa->count)
        buf_print(out, ", which senders ignore");
    if (tlsa->unvalidated != NULL)
        buf_print(out, ", not validated: %s", tlsa->unvalidated);
    else
        buf_print(out, "%s", tlsa->authentic ? ", signed" : ", not signed, so not used");
    if (usable == 0)
        return;
    buf_print(out, "%s %s", tlsa->unvalidated != NULL ? ";" : ",",
              chains == 0        ? "not compared with a certificate"
              : matched == 0     ? "not matched by its certificate"
              : matched < chains ? "matched by its certificate at some addresses only"
                                 : "matched by its certificate");
}

/* How many of the records senders would use. Adds those that they would not to FINDINGS. */
static size_t count_usable(const struct probe_dane_facts *facts, struct probe_findings *findings)
{
    size_t usable = 0;

    for (size_t i = 0; i < facts->tlsa->count; i++) {
        bool is_usable = probe_dane_is_usable(&facts->tlsa->tlsa[i]);
        usable += is_usable;
        if (!is_usable)
            add_unusable(facts->host, &facts->tlsa->tlsa[i], findings);
    }
    return usable;
}

struct probe_dane probe_dane_judge(const struct probe_dane_facts *facts, struct probe_findings *findings, struct buf *out)
{
    const struct probe_dns_answer *tlsa = facts->tlsa;

    buf_print(out, "%s: ", facts->host);
    if (tlsa->state == PROBE_DNS_AGAIN) {
        buf_add_shown(out, tlsa->why, strlen(tlsa->why), WHY_SHOWN);
        if (tlsa->is_bogus)
            probe_findings_add(findings, &rules[BOGUS], 0, span_of(facts->host));
        return (struct probe_dane) { .is_deferred = tlsa->is_bogus };
    }
    if (tlsa->count == 0) {
        buf_print(out, "no TLSA record");
        return (struct probe_dane) { 0 };
    }
    size_t usable = count_usable(facts, findings);
    bool is_used = tlsa->authentic && usable > 0;
    if (tlsa->authentic && usable == 0)
        probe_findings_add(findings, &rules[NONE_USABLE], 0, span_of(facts->host));
    describe(facts, usable, out);
    bool is_deferred = is_used && facts->matched == 0 && (facts->chains > 0 || facts->has_no_tls);
    if (is_deferred)
        probe_findings_add(findings, &rules[MISMATCH], 0, span_of(facts->host));
    else if (is_used && facts->matched < facts->chains)
        probe_findings_add(findings, &rules[PARTLY], 0, span_of(facts->host));
    return (struct probe_dane) { is_used, is_deferred };
}
