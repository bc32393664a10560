#include "probe/tell/explain.h"

#include "base/buf.h"
#include "ini/write.h"
#include "probe/judge/cert.h"
#include "probe/judge/compare.h"
#include "probe/judge/dane.h"
#include "probe/judge/result.h"
#include "probe/judge/servers.h"
#include "probe/read/txt.h"
#include "read/finding.h"
#include "read/match.h"
#include "read/policy.h"

#include <string.h>

enum { WIDTH = 80, INDENT = 4 };

static const struct probe_explanation texts[PROBE_CHECKS] = {
    [PROBE_CHECK_TXT] = {
        "the TXT record at _mta-sts.<domain>",
        "A sender asks for it before each message for which it has no policy, and looks whether its id is the one it knows. There is "
        "to be exactly one record that begins with \"v=STSv1;\" and has an id of 1 to 32 letters and digits; a CNAME is followed "
        "(RFC 8461 3.1).",
        "Without a record that it accepts, a sender takes the domain for one without MTA-STS: mail is delivered, unprotected. One with "
        "a policy in its cache keeps to it until that has expired, and does not learn of a newer one; where that is in mode "
        "enforce and the MX hosts have changed since, it defers mail (RFC 8461 5.1).",
        "\"mta-sts dns DOMAIN\" prints the record. After each change of a policy: first let the policy be served, then publish its "
        "new id (RFC 8461 8.1).",
        &probe_txt_rules,
    },
    [PROBE_CHECK_HOST] = {
        "the addresses of mta-sts.<domain>",
        "The policy is fetched from there and nowhere else; each mail domain, subdomains too, needs its own (RFC 8461 3.3, 3.4).",
        "The policy cannot be fetched: see https.",
        "Publish a CNAME to the host that runs the front server, or its A and AAAA records; \"mta-sts dns DOMAIN\" prints them where "
        "the key host is in policies.ini.",
        NULL,
    },
    [PROBE_CHECK_HTTPS] = {
        "TLS and the certificate at each address of mta-sts.<domain>",
        "A policy counts only if it comes over TLS 1.2 or newer, by a certificate that is valid for mta-sts.<domain> and leads to an "
        "authority that the sender knows (RFC 8461 3.3, 7.1).",
        "A sender without a policy in its cache finds none, and delivers unprotected. One that has a policy keeps to it until it has "
        "expired, and cannot learn of a newer one: change no MX host while this lasts. Where some addresses fail and others work, "
        "this happens to the senders that ask one of the first: that is a warning.",
        "\"mta-sts hosts\" prints the names that the certificate is to be for. Let an ACME client renew it, and let the front server "
        "read it again after that.",
        &probe_cert_rules,
    },
    [PROBE_CHECK_ANSWER] = {
        "the HTTP answer for /.well-known/mta-sts.txt",
        "Only status 200 brings a policy; redirects are not followed; the media type is to be text/plain; the whole of it has to come "
        "within a minute and 64 KB (RFC 8461 3.2, 3.3).",
        "The policy cannot be fetched: see https.",
        "404 from a front server that serves the name: it passes another name on to mta-sts, or the domain is not in policies.ini. 500: "
        "a mistake in its section; \"mta-sts check\" says which. 502 to 504: mta-sts does not run.",
        NULL,
    },
    [PROBE_CHECK_POLICY] = {
        "the policy itself, line by line",
        "Senders read version, mode, mx and max_age, and some are stricter than others. A sender that refuses a line has no policy "
        "(RFC 8461 3.2). A figure says how many of 17 implementations refuse what is wrong. "
        "All addresses of the policy host have to serve the same.",
        "A policy that is refused is as good as none: see https. With mx lines that say something else than is meant, mail is deferred: "
        "see mx.",
        "\"mta-sts show DOMAIN\" prints a policy that all of them take. Where another program serves it, correct the line that the finding names.",
        &probe_policy_rules,
    },
    [PROBE_CHECK_MX] = {
        "the MX records against the policy's mx lines",
        "A sender delivers only to those MX hosts that a pattern matches: the same name, or * for exactly one label (RFC 8461 4.1).",
        "In mode enforce, a host that no pattern matches gets no mail from senders that honour MTA-STS. Where none matches, mail waits "
        "in their queues for some days, and is then returned to its authors. In testing it is delivered, and reported. Senders that "
        "have an older policy in their cache match against that one until it has expired or the id is new.",
        "Add the host to mx in policies.ini, let it be served, publish the new id; or correct the MX records. A host that is to go: "
        "keep it working until every policy that names it alone has expired.",
        &probe_match_rules,
    },
    [PROBE_CHECK_SMTP] = {
        "STARTTLS and the certificate at each address of each MX host",
        "A sender delivers only over TLS 1.2 or newer, to a host whose certificate is valid for the name in the MX record; the mail "
        "domain's name does not help (RFC 8461 4.2, 5). No mail is begun here: EHLO, STARTTLS, EHLO, QUIT.",
        "In mode enforce, such a host gets no mail from senders that honour MTA-STS: it goes to the other MX hosts, or is deferred, and "
        "returned after some days. In testing it is delivered, and reported. Where some addresses of a host fail and others work, "
        "a sender goes on to the next one: that is a warning.",
        "Give the host a certificate for its own name, with the intermediate ones, and let it be renewed. Until that works: testing in "
        "place of enforce, with the new id. Port 25 is closed on the way out of many networks: then run this on a mail server.",
        &probe_cert_rules,
    },
    [PROBE_CHECK_TLSRPT] = {
        "the TXT record at _smtp._tls.<domain>",
        "Senders report there, once a day, what failed with the policy and with TLS (RFC 8460 3).",
        "None. But nobody learns of failures, and testing without reports tests nothing.",
        "Set tlsrpt in policies.ini, and publish what \"mta-sts dns DOMAIN\" prints.",
        &probe_tlsrpt_rules,
    },
    [PROBE_CHECK_INI] = {
        "what is published against policies.ini (with -f)",
        "The policy that is served is to be that of the file, byte for byte, and the id in the TXT record the one that is made of these "
        "bytes.",
        "With an id that was not renewed, senders with an older policy do not fetch this one, and go by the old mx lines until it has "
        "expired. With an id that is published before its policy, senders keep the old policy under the new id.",
        "Publish the record that is printed below the check. Another policy is served: mta-sts may read another file, or an old one; "
        "its log says.",
        &probe_compare_rules,
    },
    [PROBE_CHECK_DANE] = {
        "the TLSA records of each MX host",
        "DANE protects the same way by other means; senders that know both honour TLSA records in a signed zone first (RFC 8461 2, "
        "RFC 7672). Whether they are signed is validated here, by the key of the DNS root or by --trust-anchor.",
        "Senders that honour DANE defer mail for a host whose certificate matches none of its signed records, or whose signatures are not "
        "valid, whatever the policy says.",
        "\"mta-sts-probe --tlsa MX\" prints the records of the certificate that the host shows. Publish the next certificate's before "
        "it is used, and remove the old one's after that.",
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

static void add_rule(struct buf *out, const struct probe_rule *rule)
{
    struct buf line = { 0 };

    buf_print(&line, "%s (%s): %s (%s)", rule->kind, severities[rule->severity],
              rule->says != NULL ? rule->says : "is not a host name, and the finding says why", rule->rfc);
    buf_print(out, "%*s", INDENT, "");
    if (line.text != NULL)
        write_wrapped(out, line.text, INDENT, INDENT + 2, WIDTH);
    out->failed |= line.failed;
    buf_free(&line);
}

static bool is_of(const struct probe_rule *rule, const char *check)
{
    size_t len = strlen(check);

    return strncmp(rule->kind, check, len) == 0 && rule->kind[len] == '-';
}

static void add_rules(struct buf *out, enum probe_check_name check)
{
    const struct probe_rules *own = texts[check].rules;
    bool any = own != NULL;

    for (size_t i = 0; i < probe_judge_rules.count; i++)
        any |= is_of(&probe_judge_rules.list[i], probe_check_text(check));
    if (!any)
        return;
    buf_print(out, "What it may find\n");
    for (size_t i = 0; i < probe_judge_rules.count; i++)
        if (is_of(&probe_judge_rules.list[i], probe_check_text(check)))
            add_rule(out, &probe_judge_rules.list[i]);
    for (size_t i = 0; own != NULL && i < own->count; i++)
        add_rule(out, &own->list[i]);
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
    if (explain_kind(name, &probe_judge_rules, out))
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
