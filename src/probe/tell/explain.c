#include "probe/tell/explain.h"

#include "base/buf.h"
#include "ini/write.h"
#include "probe/judge/cert.h"
#include "probe/judge/compare.h"
#include "probe/judge/dane.h"
#include "probe/judge/records.h"
#include "probe/judge/removal.h"
#include "probe/judge/result.h"
#include "probe/judge/servers.h"
#include "probe/read/delegation.h"
#include "probe/read/txt.h"
#include "read/finding.h"
#include "read/match.h"
#include "read/policy.h"
#include "read/policy_rules.h"

#include <string.h>

enum { WIDTH = 80, INDENT = 4 };

/* What it means that senders cannot have the policy. */
#define NO_POLICY                                                                                                                \
    "Senders without a policy in their cache deliver unprotected. Senders with one use it until it expires, and learn of no "    \
    "newer one: change no MX host until this works."

static const struct probe_explanation texts[PROBE_CHECKS] = {
    [PROBE_CHECK_TXT] = {
        "the TXT record at _mta-sts.<domain>",
        "A sender looks it up before it delivers. If the id differs from that of the policy in its cache, or it has none, it fetches the policy. Exactly one record has to begin with \"v=STSv1;\", and have an id of 1 to 32 letters and digits. A CNAME is followed (RFC 8461 3.1).",
        "A sender that finds no valid record, and has no policy in its cache, delivers as if the domain had no MTA-STS: unprotected. A sender with a policy uses it until it expires, and learns of no newer one. If that is in mode enforce, and the MX hosts have changed since, it defers mail (RFC 8461 5.1).",
        "\"mta-sts dns DOMAIN\" prints the record. After each change of a policy, first let the new policy be served, then publish its id (RFC 8461 8.1).",
        &probe_txt_rules,
    },
    [PROBE_CHECK_HOST] = {
        "the addresses of mta-sts.<domain>",
        "Senders fetch the policy from there and nowhere else. Each mail domain needs a name of its own, subdomains too (RFC 8461 3.3, 3.4).",
        "Senders cannot fetch the policy. " NO_POLICY,
        "Publish a CNAME to the host that runs the front server, or its A and AAAA records. If policies.ini has the key host, \"mta-sts dns DOMAIN\" prints them.",
        NULL,
    },
    [PROBE_CHECK_HTTPS] = {
        "TLS and the certificate at each address of mta-sts.<domain>",
        "Senders accept a policy only over TLS 1.2 or newer, with a certificate that is valid for mta-sts.<domain> and comes from an authority that they know (RFC 8461 3.3, 7.1).",
        "Senders cannot fetch the policy. " NO_POLICY " If some addresses fail and others work, this happens only to senders that ask one that fails: the check is then a warning.",
        "\"mta-sts hosts\" prints the names that the certificate needs. Renew it with the ACME client, then reload the front server.",
        &probe_cert_rules,
    },
    [PROBE_CHECK_ANSWER] = {
        "the HTTP answer for /.well-known/mta-sts.txt",
        "Only status 200 brings a policy. Redirects are not followed. The media type has to be text/plain. The whole answer has to come within a minute, and may have 64 KB (RFC 8461 3.2, 3.3).",
        "Senders cannot fetch the policy. " NO_POLICY,
        "404 from a front server that serves the name: it passes another name on to mta-sts, or the domain is not in policies.ini. 500: the section has a mistake; \"mta-sts check\" prints it. 502 to 504: mta-sts does not run; start it. Others: the front server's error log has the reason.",
        NULL,
    },
    [PROBE_CHECK_POLICY] = {
        "the policy itself, line by line",
        "Senders read version, mode, mx and max_age, and some are stricter than others. A sender that refuses a line has no policy (RFC 8461 3.2). A figure says how many of 17 implementations refuse what is wrong. All addresses of the policy host have to serve the same policy.",
        "A refused policy counts as none. " NO_POLICY " If the mx lines leave out an MX host, mail for it is deferred in mode enforce: see mx.",
        "\"mta-sts show DOMAIN\" prints a policy that all of them accept. If another program serves the policy, correct the line that the finding names.",
        &probe_policy_rules,
    },
    [PROBE_CHECK_MX] = {
        "the MX records against the policy's mx lines",
        "A sender delivers only to MX hosts that a pattern matches: the same name, or * for exactly one label (RFC 8461 4.1).",
        "In mode enforce, senders that honour MTA-STS do not deliver to a host that no pattern matches. If no host is left, mail waits in their queues for some days, and is then returned to its authors. In mode testing it is delivered, and reported. Senders that have an older policy in their cache match against that one until it expires or the id changes.",
        "Add the host to mx in policies.ini; when that policy is served, publish its id. Or correct the MX records. Before a host is removed, it has to work until every policy that names no other host has expired.",
        &probe_match_rules,
    },
    [PROBE_CHECK_SMTP] = {
        "STARTTLS and the certificate at each address of each MX host",
        "A sender delivers only over TLS 1.2 or newer, to a host whose certificate is valid for the name in the MX record; the mail domain's name does not help (RFC 8461 4.2, 5). The probe sends no mail: EHLO, STARTTLS, EHLO, QUIT.",
        "In mode enforce, senders that honour MTA-STS do not deliver to such a host: mail goes to the other MX hosts, or is deferred, and returned after some days. In mode testing it is delivered, and reported. If some addresses of a host fail and others work, a sender tries the next one: the check is then a warning.",
        "Give the host a certificate for its own name, with the intermediate ones (fullchain.pem), and renew it in time. Until that works, set mode testing, and publish the new id when that policy is served. Many networks block outgoing connections to port 25: if the check is ?, run the probe on a mail server.",
        &probe_cert_rules,
    },
    [PROBE_CHECK_TLSRPT] = {
        "the TXT record at _smtp._tls.<domain>",
        "Senders report there, once a day, what failed with the policy and with TLS (RFC 8460 3).",
        "None. But nobody learns of failures, and mode testing without reports tests nothing.",
        "Set tlsrpt in policies.ini, and publish the record that \"mta-sts dns DOMAIN\" prints.",
        &probe_tlsrpt_rules,
    },
    [PROBE_CHECK_INI] = {
        "what is published against policies.ini (with -f)",
        "The served policy has to be that of the file, byte for byte. The id in the TXT record has to be the one that is made of these bytes.",
        "If the id was not renewed, senders with an older policy in their cache do not fetch this one, and go by the old mx lines until it expires. If an id is published before its policy, senders keep the old policy under the new id.",
        "If a record is printed below the check, publish it. If another policy is served, mta-sts reads another file, or an old state of this one: its log names the file.",
        &probe_compare_rules,
    },
    [PROBE_CHECK_DANE] = {
        "the TLSA records of each MX host",
        "DANE protects the same way by other means. Senders that know both honour TLSA records in a signed zone first (RFC 8461 2, RFC 7672). The probe itself validates whether they are signed, by the key of the DNS root or by --trust-anchor.",
        "Senders that honour DANE defer mail for a host whose certificate matches none of its signed records, or whose signatures are not valid, whatever the policy says.",
        "\"mta-sts-probe --tlsa MX\" prints the records for the certificate that the host shows. Publish the next certificate's records before the server uses it, and remove the old ones after that.",
        &probe_dane_rules,
    },
};

static const char *const severities[] = { [PROBE_OK] = "remark", [PROBE_WARN] = "warn", [PROBE_FAIL] = "FAIL" };

static void add_paragraph(struct buf *out, const char *title, const char *text)
{
    buf_print(out, "%s\n%*s", title, INDENT, "");
    write_wrapped(out, text, INDENT, INDENT, WIDTH);
    buf_add(out, "\n", 1);
}

/* Does TEXT, what a rule says, name what is wrong? Else each finding has it before that. */
static bool has_subject(const char *text)
{
    static const char *const words[] = { "the ", "there ", "a ", "another ", "senders " };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static void add_rule(struct buf *out, const struct probe_rule *rule)
{
    struct buf line = { 0 }, says = { 0 };

    probe_policy_rule_says(rule, &says);
    const char *text = says.text != NULL ? says.text : "";
    buf_print(&line, "%s (%s%s): %s%s (%s)", rule->kind, severities[rule->severity],
              probe_judge_is_open(rule) ? "; the check is ?" : "", has_subject(text) ? "" : "\"...\" ", text, rule->rfc);
    buf_print(out, "%*s", INDENT, "");
    if (line.text != NULL)
        write_wrapped(out, line.text, INDENT, INDENT + 2, WIDTH);
    out->failed |= line.failed || says.failed;
    buf_free(&line);
    buf_free(&says);
}

static bool is_of(const struct probe_rule *rule, const char *check)
{
    size_t len = strlen(check);

    return strncmp(rule->kind, check, len) == 0 && rule->kind[len] == '-';
}

/* The rules of several checks: a kind begins with the name of its check. */
static const struct probe_rules *const shared[] = { &probe_judge_rules, &probe_record_rules, &probe_removal_rules,
                                                    &probe_delegation_rules };
enum { SHARED = sizeof shared / sizeof shared[0] };

static void add_rules(struct buf *out, enum probe_check_name check)
{
    const struct probe_rules *own = texts[check].rules;
    struct buf rules = { 0 };

    for (size_t k = 0; k < SHARED; k++)
        for (size_t i = 0; i < shared[k]->count; i++)
            if (is_of(&shared[k]->list[i], probe_check_text(check)))
                add_rule(&rules, &shared[k]->list[i]);
    for (size_t i = 0; own != NULL && i < own->count; i++)
        add_rule(&rules, &own->list[i]);
    if (rules.len > 0)
        buf_print(out, "What it may find\n%s", rules.text);
    out->failed |= rules.failed;
    buf_free(&rules);
}

const struct probe_explanation *probe_explain_check(enum probe_check_name check)
{
    return &texts[check];
}

static void explain_check(enum probe_check_name check, struct buf *out)
{
    const struct probe_explanation *text = &texts[check];
    struct buf title = { 0 };

    buf_print(&title, "%s: %s", probe_check_text(check), text->looks_at);
    add_paragraph(out, title.text != NULL ? title.text : "", text->why);
    add_paragraph(out, PROBE_EXPLAIN_MAIL, text->mail);
    add_paragraph(out, PROBE_EXPLAIN_ACT, text->act);
    add_rules(out, check);
    out->failed |= title.failed;
    buf_free(&title);
}

/* Two checks may have findings of one kind: those of certificates. The text is the same. */
static bool explain_kind(const char *kind, const struct probe_rules *rules, struct buf *out)
{
    for (size_t i = 0; rules != NULL && i < rules->count; i++) {
        if (strcmp(rules->list[i].kind, kind) != 0)
            continue;
        add_rule(out, &rules->list[i]);
        return true;
    }
    return false;
}

bool probe_explain(const char *name, struct buf *out)
{
    for (size_t i = 0; i < PROBE_CHECKS; i++) {
        if (strcmp(probe_check_text((enum probe_check_name)i), name) != 0)
            continue;
        explain_check((enum probe_check_name)i, out);
        return true;
    }
    for (size_t i = 0; i < SHARED; i++)
        if (explain_kind(name, shared[i], out))
            return true;
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        if (explain_kind(name, texts[i].rules, out))
            return true;
    return false;
}

void probe_explain_list(struct buf *out)
{
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        buf_print(out, "  %-8s %s\n", probe_check_text((enum probe_check_name)i), texts[i].looks_at);
}
