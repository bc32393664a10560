#include "probe/tlsa.h"

#include "base/buf.h"
#include "base/clock.h"
#include "ini/write.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/hosts.h"
#include "probe/check/context.h"
#include "probe/check/mx_host.h"
#include "probe/judge/compare.h"
#include "probe/judge/result.h"
#include "probe/shown.h"
#include "program/status.h"
#include "read/finding.h"
#include <stddef.h>

static void add_tlsa(struct buf *out, const char *mx, const struct probe_mx_key *key, unsigned usage)
{
    buf_print(out, "_25._tcp.%s. %d IN TLSA %u %d %d ", mx, PROBE_TTL, usage, PROBE_TLSA_KEY, PROBE_TLSA_SHA256);
    for (size_t i = 0; i < sizeof key->sha256; i++)
        buf_print(out, "%02x", key->sha256[i]);
    buf_print(out, "\n");
}

/* The TLSA records of HOST cannot be seen to be signed. */
static void add_unsigned(const struct probe_host *host, struct buf *out)
{
    struct buf text = { 0 };

    if (host->tlsa.unvalidated != NULL)
        buf_print(&text, "Whether this zone is signed was not validated: %s.", host->tlsa.unvalidated);
    else if (host->tlsa.state == PROBE_DNS_AGAIN)
        buf_print(&text, "Whether this zone is signed is not known: %s.", host->tlsa.why);
    else
        buf_print(&text, "This zone is not signed: sign it before you publish these records.");
    buf_print(&text, " Senders use only TLSA records in a signed zone (RFC 7672 2.2).");
    write_comment(out, text.text != NULL ? text.text : "");
    out->failed |= text.failed;
    buf_free(&text);
}

static int add_records(const struct probe_host *host, const char *mx, const struct probe_mx_host *judged, struct buf *out)
{
    int status = PROBE_STATUS_OK;

    if (!host->addresses.authentic && !host->tlsa.authentic) {
        add_unsigned(host, out);
        status = PROBE_STATUS_WARNING;
    }
    write_comment(
        out, "The key of the certificate that is shown now. Before a new key is used, publish its record beside this one, and "
             "wait for the TTL; better still, let the key stay as it is when the certificate is renewed.");
    add_tlsa(out, mx, &judged->own, PROBE_TLSA_EE);
    if (judged->issuer.is_there) {
        write_comment(out, "Or the key of the authority that issued it, which may issue by another one next time.");
        add_tlsa(out, mx, &judged->issuer, PROBE_TLSA_TA);
    }
    return status;
}

int probe_tlsa(const struct probe_context *context, struct probe_dns *dns, const char *mx, struct buf *out)
{
    const struct probe_host *host = probe_shown_ask(context, dns, mx, clock_ms() + context->domain_ms);
    struct probe_findings findings = { 0 };
    struct probe_mx_host judged;
    bool known = probe_shown_judge(mx, false, host, &findings, &judged);
    int status;

    if (judged.own.is_there) {
        status = add_records(host, mx, &judged, out);
    } else {
        status = status_worse(probe_findings_status(&findings, known && !findings.failed), PROBE_STATUS_UNKNOWN);
        probe_shown_add(out, mx, &findings, known, &judged);
    }
    probe_findings_free(&findings);
    if (host != NULL)
        probe_hosts_release(context->hosts, host);
    return status;
}
