#include "probe/suggest.h"

#include "probe/mx_host.h"
#include "probe/read/compare.h"
#include "probe/read/judge.h"
#include "probe/read/result.h"
#include "probe/read/txt.h"
#include "probe/tell/report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 100, ADDRESSES_MAX = 8 };

/* Adds TEXT as comments of an INI file or a zone file. None ends in a backslash, which would join the next line to it. */
static void add_comment(struct buf *out, const char *text)
{
    struct buf ascii = { 0 }, lines = { 0 };

    probe_report_add_ascii(&ascii, text, strlen(text));
    probe_report_wrap(&lines, ascii.text != NULL ? ascii.text : "", 2, 0, WIDTH);
    for (const char *line = lines.text; line != NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        buf_print(out, "; %.*s%s\n", (int)len, line, len > 0 && line[len - 1] == '\\' ? " ." : "");
        line += len + (line[len] != '\0');
    }
    out->failed |= ascii.failed || lines.failed;
    buf_free(&ascii);
    buf_free(&lines);
}

static bool is_known(const struct probe_mx_host *judged)
{
    return judged->reach != PROBE_REACH_UNKNOWN && judged->not_asked == 0;
}

/* What the host NAME shows; NULL: memory ran out. probe_hosts_release() is due. */
static const struct probe_host *ask(const struct probe_context *context, struct probe_dns *dns, const char *name)
{
    const struct probe_host *host = NULL;

    (void)probe_hosts_get(context->hosts, dns, &context->fetch, &name, 1, &host);
    return host;
}

static void add_findings(struct buf *out, const char *name, const struct probe_findings *findings, bool known, const char *why)
{
    struct buf line = { 0 };

    if (!known && findings->count == 0) {
        buf_print(&line, "%s could not be looked at: %s.", name, why != NULL ? why : "no answer");
        add_comment(out, line.text != NULL ? line.text : "");
    }
    if (findings->verdict == PROBE_FAIL) {
        buf_free(&line);
        buf_print(&line, "%s would get no mail once the mode is enforce:", name);
        add_comment(out, line.text != NULL ? line.text : "");
    }
    for (size_t i = 0; i < findings->count; i++)
        add_comment(out, probe_finding_text(findings, &findings->list[i]));
    out->failed |= line.failed || findings->failed;
    buf_free(&line);
}

static int suggest_host(const struct probe_context *context, struct probe_dns *dns, const char *name, struct buf *out)
{
    const struct probe_host *host = ask(context, dns, name);
    struct probe_findings findings = { 0 };
    struct probe_mx_host judged = probe_mx_host_judge(context, name, host, (int64_t)time(NULL), &findings);
    bool known = is_known(&judged);

    int status = probe_findings_status(&findings, known && !findings.failed);
    add_findings(out, name, &findings, known, judged.why);
    buf_print(out, "mx      = %s\n", name);
    probe_findings_free(&findings);
    if (host != NULL)
        probe_hosts_release(context->hosts, host);
    return status;
}

/* Each host of the MX records once; those that are no host names as comments. */
static int suggest_hosts(const struct probe_context *context, struct probe_dns *dns, const struct probe_dns_answer *answer,
                         struct buf *out)
{
    char hosts[PROBE_HOSTS_MAX][DOMAIN_MAX + 1];
    size_t count = 0;
    int status = PROBE_STATUS_OK;

    for (size_t i = 0; i < answer->count && count < PROBE_HOSTS_MAX; i++) {
        const char *name = answer->mx[i].host;
        bool known = false;
        if (domain_fault(name, strlen(name)) != DOMAIN_FINE) {
            add_comment(out, "An MX record names no host, and no pattern can match it; correct it:");
            add_comment(out, name);
            status = probe_worse(status, PROBE_STATUS_CRITICAL);
            continue;
        }
        domain_normal(name, strlen(name), hosts[count]);
        for (size_t k = 0; k < count; k++)
            known |= strcmp(hosts[k], hosts[count]) == 0;
        if (!known)
            status = probe_worse(status, suggest_host(context, dns, hosts[count++], out));
    }
    return status;
}

/* Can VALUE be written in policies.ini as it is: has it no comment, quote or backslash? */
static bool is_plain(const char *value)
{
    for (; *value != '\0'; value++)
        if (*value <= ' ' || *value > '~' || strchr(";#\"'\\", *value) != NULL)
            return false;
    return true;
}

static void suggest_tlsrpt(struct probe_dns *dns, const char *domain, struct buf *out)
{
    char name[DOMAIN_MAX + sizeof "_smtp._tls."];
    struct probe_dns_answer answer;
    struct probe_txt txt;

    (void)snprintf(name, sizeof name, "_smtp._tls.%s", domain);
    probe_dns_txt(dns, name, &answer);
    probe_tlsrpt_read(answer.strings, answer.count, &txt);
    if (txt.value.len > 0 && is_plain(txt.value.text))
        buf_print(out, "tlsrpt  = %s\n", txt.value.text);
    else
        buf_print(out, ";tlsrpt = mailto:tls-reports@%s    ; who reads the reports; testing without tests nothing\n", domain);
    probe_txt_free(&txt);
    probe_dns_answer_free(&answer);
}

static void suggest_addresses(const struct probe_dns_answer *answer, struct buf *out)
{
    for (size_t i = 0; i < answer->count && i < ADDRESSES_MAX; i++)
        buf_print(out, "%s%s", i == 0 ? "host    = " : ", ", answer->addresses[i]);
    buf_print(out, "\n");
}

static void suggest_policy_host(struct probe_dns *dns, const char *domain, struct buf *out)
{
    char name[DOMAIN_MAX + sizeof DOMAIN_POLICY_HOST_PREFIX];
    struct probe_dns_answer answer;

    (void)snprintf(name, sizeof name, DOMAIN_POLICY_HOST_PREFIX "%s", domain);
    probe_dns_addresses(dns, name, &answer);
    if (answer.alias != NULL && domain_fault(answer.alias, strlen(answer.alias)) == DOMAIN_FINE)
        buf_print(out, "host    = %s\n", answer.alias);
    else if (answer.state == PROBE_DNS_FOUND && answer.count > 0)
        suggest_addresses(&answer, out);
    else
        buf_print(out, ";host   = policies.example.net    ; where mta-sts.%s is to point: a name, or addresses\n", domain);
    probe_dns_answer_free(&answer);
}

static int suggest_section(const struct probe_context *context, struct probe_dns *dns, const char *domain,
                           const struct probe_dns_answer *answer, struct buf *out)
{
    struct probe_findings findings = { 0 };
    enum probe_mx_kind kind = probe_judge_mx(domain, answer, &findings);
    int status = PROBE_STATUS_OK;

    for (size_t i = 0; i < findings.count; i++)
        add_comment(out, probe_finding_text(&findings, &findings.list[i]));
    probe_findings_free(&findings);
    if (kind == PROBE_MX_NULL)
        return PROBE_STATUS_WARNING;
    buf_print(out, "[%s]\nmode    = testing    ; enforce when the reports are clean\nmax_age = 1w\n", domain);
    if (kind == PROBE_MX_IMPLICIT)
        status = suggest_host(context, dns, domain, out);
    else
        status = suggest_hosts(context, dns, answer, out);
    suggest_policy_host(dns, domain, out);
    suggest_tlsrpt(dns, domain, out);
    return status;
}

int probe_suggest(const struct probe_context *context, struct probe_dns *dns, const char *domain, struct buf *out)
{
    struct probe_dns_answer answer;
    struct buf line = { 0 };
    int status = PROBE_STATUS_UNKNOWN;

    probe_dns_mx(dns, domain, &answer);
    if (answer.state == PROBE_DNS_AGAIN) {
        buf_print(&line, "The MX records of %s could not be looked up: %s.", domain, answer.why);
        add_comment(out, line.text != NULL ? line.text : "");
    } else if (answer.state == PROBE_DNS_ABSENT && answer.no_such_name) {
        buf_print(&line, "%s: there is no such name.", domain);
        add_comment(out, line.text != NULL ? line.text : "");
        status = PROBE_STATUS_CRITICAL;
    } else {
        status = suggest_section(context, dns, domain, &answer, out);
    }
    out->failed |= line.failed;
    buf_free(&line);
    probe_dns_answer_free(&answer);
    return status;
}

/* --- TLSA --- */

static bool add_tlsa(struct buf *out, const char *mx, const char *chain, size_t at, unsigned usage)
{
    unsigned char digest[PROBE_CERT_DIGEST_MAX];
    size_t len = probe_cert_digest(chain, at, PROBE_TLSA_KEY, PROBE_TLSA_SHA256, digest);

    if (len == 0)
        return false;
    buf_print(out, "_25._tcp.%s. %d IN TLSA %u %d %d ", mx, PROBE_TTL, usage, PROBE_TLSA_KEY, PROBE_TLSA_SHA256);
    for (size_t i = 0; i < len; i++)
        buf_print(out, "%02x", digest[i]);
    buf_print(out, "\n");
    return true;
}

static int add_records(const struct probe_host *host, const char *mx, const char *chain, struct buf *out)
{
    int status = PROBE_STATUS_OK;

    if (!host->addresses.authentic && !host->tlsa.authentic) {
        add_comment(out,
                    "The resolver does not say that this zone is signed. Where it is not, senders do not look at TLSA records "
                    "(RFC 7672 2.2); where the resolver does not validate, it cannot tell: try --dns with one that does.");
        status = PROBE_STATUS_WARNING;
    }
    add_comment(out,
                "The key of the certificate that is shown now. Before a new key is used, publish its record beside this one, and "
                "wait for the TTL; better still, let the key stay as it is when the certificate is renewed.");
    (void)add_tlsa(out, mx, chain, 0, PROBE_TLSA_EE);
    struct buf other = { 0 };
    if (add_tlsa(&other, mx, chain, 1, PROBE_TLSA_TA) && other.text != NULL) {
        add_comment(out, "Or the key of the authority that issued it, which may issue by another one next time.");
        buf_print(out, "%s", other.text);
    }
    out->failed |= other.failed;
    buf_free(&other);
    return status;
}

int probe_tlsa(const struct probe_context *context, struct probe_dns *dns, const char *mx, struct buf *out)
{
    const struct probe_host *host = ask(context, dns, mx);
    struct probe_findings findings = { 0 };
    struct probe_mx_host judged = probe_mx_host_judge(context, mx, host, (int64_t)time(NULL), &findings);
    int status;

    if (judged.chain != NULL) {
        status = add_records(host, mx, judged.chain, out);
    } else {
        bool known = is_known(&judged);
        status = probe_worse(probe_findings_status(&findings, known && !findings.failed), PROBE_STATUS_UNKNOWN);
        add_findings(out, mx, &findings, known, judged.why);
    }
    probe_findings_free(&findings);
    if (host != NULL)
        probe_hosts_release(context->hosts, host);
    return status;
}
