#include "probe/judge/servers.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/fetched.h"
#include "probe/judge/compare.h"
#include "probe/judge/special_use.h"
#include "probe/read/media_type.h"
#include "read/finding.h"
#include "read/share.h"
#include "read/span.h"

#include <stdio.h>
#include <string.h>

enum { OK_STATUS = 200, REDIRECT_FIRST = 300, REDIRECT_LAST = 399, SENDERS = PROBE_SENDERS_POLICY };

enum {
    TXT_ALIAS,
    TXT_NO_DOMAIN,
    TXT_PLACE,
    TLSRPT_PLACE,
    TLSRPT_DANE,
    HOST_ABSENT,
    HOST_ALIAS,
    HOST_SPECIAL,
    HTTPS_REFUSED,
    HTTPS_SLOW,
    HTTPS_TLS_OLD,
    HTTPS_TLS,
    HTTPS_PROTOCOL,
    HTTPS_NO_ROUTE,
    ANSWER_CUT,
    ANSWER_TIME,
    ANSWER_REDIRECT,
    ANSWER_STATUS,
    ANSWER_TYPE,
    ANSWER_NO_TYPE,
    ANSWER_CHARSET,
    ANSWER_LARGE,
    ANSWER_LONG,
    ANSWER_SLOW,
    POLICY_DIFFERS,
    POLICY_BYTES,
    MX_NULL,
    MX_IMPLICIT,
    MX_NONE,
    SMTP_ABSENT,
    SMTP_NO_MX,
    SMTP_REFUSED,
    SMTP_SLOW,
    SMTP_LATER,
    SMTP_NO_STARTTLS,
    SMTP_TLS_OLD,
    SMTP_TLS,
    SMTP_PROTOCOL,
    SMTP_NO_ROUTE,
    RULES
};

#define RFC_TXT "RFC 8461 3.1"
#define RFC_RPT "RFC 8460 3"
#define RFC_FETCH "RFC 8461 3.3"
#define RFC_TLS "RFC 8461 7.1"
#define RFC_MX "RFC 8461 5"
#define RFC_VERSION "RFC 8461 4.2, 7.1"

/* Where an MX host did something that says nothing about its TLS, that is a warning, and the check is unknown. */
static const struct probe_rule rules[RULES] = {
    [TXT_ALIAS] = { "txt-alias", PROBE_FAIL, 0, 0, 0,
                    "is a CNAME that leads to no TXT record; publish the record at its target, or in its place", RFC_TXT },
    [TXT_NO_DOMAIN] = { "txt-no-domain", PROBE_FAIL, 0, 0, 0,
                        "does not exist (NXDOMAIN); check the spelling, and whether it is registered and delegated",
                        "RFC 8020 2" },
    [TXT_PLACE] = { "txt-place", PROBE_FAIL, 0, 0, 0,
                    "has such a record, and no sender looks there; publish it at the right name", RFC_TXT },
    [TLSRPT_PLACE] = { "tlsrpt-place", PROBE_WARN, 0, 0, 0,
                       "has such a record, and no sender looks there; publish it at the right name", RFC_RPT },
    [TLSRPT_DANE] = { "tlsrpt-dane", PROBE_OK, 0, 0, 0,
                      "is protected by DANE, whose failures are reported by the MX host's name; publish a TLSRPT record there, "
                      "too",
                      "RFC 8460 1.1, 3" },
    [HOST_ABSENT] = { "host-absent", PROBE_FAIL, 0, 0, 0,
                      "has no address; publish its CNAME record, or A and AAAA, so that the policy can be fetched", RFC_FETCH },
    [HOST_ALIAS] = { "host-alias", PROBE_FAIL, 0, 0, 0,
                     "is a CNAME that leads to no address; correct its target, or publish the target's A or AAAA record",
                     RFC_FETCH },
    [HOST_SPECIAL] = { "host-special", PROBE_WARN, 0, 0, 0,
                       "is not a public address, so senders elsewhere cannot reach it; publish a public one", "RFC 6890" },
    [HTTPS_REFUSED] = { "https-refused", PROBE_FAIL, 0, 0, 0,
                        "accepts no connection; start the front server, open port 443 in the firewall, or remove the address",
                        RFC_FETCH },
    [HTTPS_SLOW] = { "https-slow", PROBE_FAIL, 0, 0, 0,
                     "did not complete the TLS handshake in time; start the front server (restart it if it hangs), or open port "
                     "443 in the firewall",
                     RFC_FETCH },
    [HTTPS_TLS_OLD] = { "https-tls-old", PROBE_FAIL, 0, 0, 0,
                        "offers only versions older than TLS 1.2; enable TLS 1.2 and 1.3 in the front server", RFC_TLS },
    [HTTPS_TLS] = { "https-tls", PROBE_FAIL, 0, 0, 0,
                    "fails in the TLS handshake; set TLS, this name and its certificate in the front server", RFC_FETCH },
    [HTTPS_PROTOCOL] = { "https-protocol", PROBE_FAIL, 0, 0, 0, "does not offer TLS on this port; set that in the front server",
                         RFC_FETCH },
    [HTTPS_NO_ROUTE] = { "https-no-route", PROBE_OK, 0, 0, 0,
                         "was not asked there: this machine has no route to it; run the probe on one that has", RFC_FETCH },
    [ANSWER_CUT] = { "answer-cut", PROBE_FAIL, 0, 0, 0,
                     "the answer is not HTTP, or is cut off; look in the front server's error log", RFC_FETCH },
    [ANSWER_TIME] = { "answer-time", PROBE_FAIL, 0, 0, 0,
                      "the answer was not complete in time; senders wait for a minute at most; check whether the program behind "
                      "the front server hangs",
                      RFC_FETCH },
    [ANSWER_REDIRECT] = { "answer-redirect", PROBE_FAIL, 0, 0, 0,
                          "is the target of a redirect; senders follow none; serve the policy at /.well-known/mta-sts.txt itself",
                          RFC_FETCH },
    [ANSWER_STATUS] = { "answer-status", PROBE_FAIL, 0, 0, 0,
                        "is the status, and only 200 brings a policy; \"mta-sts-probe --explain answer\" has the usual causes",
                        RFC_FETCH },
    [ANSWER_TYPE] = { "answer-type", PROBE_WARN, 2, 2, SENDERS, "is the media type; set text/plain in the front server",
                      "RFC 8461 3.2, 3.3" },
    [ANSWER_NO_TYPE] = { "answer-no-type", PROBE_WARN, 2, 2, SENDERS,
                         "there is no media type; set text/plain in the front server", "RFC 8461 3.2, 3.3" },
    [ANSWER_CHARSET] = { "answer-charset", PROBE_WARN, 0, 0, 0, "is the media type; set its charset to utf-8, or leave it out",
                         "RFC 8461 3.2" },
    [ANSWER_LARGE] = { "answer-large", PROBE_FAIL, 0, 0, 0,
                       "the policy is over 65,536 bytes, which senders do not read; write fewer mx lines, or wildcards",
                       RFC_FETCH },
    [ANSWER_LONG] = { "answer-long", PROBE_WARN, 1, 1, SENDERS,
                      "the policy is over 10,240 bytes, where one sender implementation cuts it; write fewer mx lines, or "
                      "wildcards",
                      RFC_FETCH },
    [ANSWER_SLOW] = { "answer-slow", PROBE_WARN, 0, 0, 0,
                      "is slow for the whole answer, and a message waits for it; look at the front server's load", RFC_FETCH },
    [POLICY_DIFFERS] = { "policy-differs", PROBE_FAIL, 0, 0, 0,
                         "another policy is served there than at the other addresses, so senders disagree about which holds; "
                         "serve the same at all of them",
                         "RFC 8461 3.3, 8.1" },
    [POLICY_BYTES] = { "policy-bytes", PROBE_WARN, 0, 0, 0,
                       "the policy says the same there as at the other addresses, but with different bytes; serve the same file "
                       "at all of them",
                       "RFC 8461 3.2" },
    [MX_NULL] = { "mx-null", PROBE_WARN, 0, 0, 0,
                  "accepts no mail, as its null MX record says; remove the policy, or that record if mail is wanted",
                  "RFC 7505" },
    [MX_IMPLICIT] = { "mx-implicit", PROBE_OK, 0, 0, 0,
                      "has no MX record; senders use the name itself as its mail host; publish an MX record if another host "
                      "takes its mail",
                      "RFC 5321 5.1" },
    [MX_NONE] = { "mx-none", PROBE_FAIL, 0, 0, 0,
                  "has no MX record; senders use the name itself as its mail host, and no pattern of the policy matches that; "
                  "publish an MX record for its mail host",
                  "RFC 8461 4.1, RFC 5321 5.1" },
    [SMTP_ABSENT] = { "smtp-absent", PROBE_FAIL, 0, 0, 0,
                      "has no address, so no sender can deliver to it; publish its A or AAAA record, or remove it from the MX "
                      "records",
                      "RFC 5321 5.1" },
    [SMTP_NO_MX] = { "smtp-no-mx", PROBE_FAIL, 0, 0, 0,
                     "has no MX record and no address, so no sender can deliver to it; publish an MX record for its mail host",
                     "RFC 5321 5.1" },
    [SMTP_REFUSED] = { "smtp-refused", PROBE_WARN, 0, 0, 0,
                       "accepts no connection from here; run the probe on a mail server: if that fails, too, no sender can "
                       "deliver to it",
                       "RFC 5321 4.5.4.1" },
    [SMTP_SLOW] = { "smtp-slow", PROBE_WARN, 0, 0, 0,
                    "gave no answer in time; run the probe on a mail server: if that fails, too, no sender can deliver to it",
                    "RFC 5321 4.5.3.2" },
    [SMTP_LATER] = { "smtp-later", PROBE_WARN, 0, 0, 0,
                     "asks to try again later (greylisting, or too many connections); run the probe again in a few minutes, or "
                     "exempt this machine there",
                     "RFC 5321 4.2.1" },
    [SMTP_NO_STARTTLS] = { "smtp-no-starttls", PROBE_FAIL, 0, 0, 0, "does not accept STARTTLS; enable it there",
                           "RFC 8461 5, 4.2" },
    [SMTP_TLS_OLD] = { "smtp-tls-old", PROBE_FAIL, 0, 0, 0,
                       "offers only versions older than TLS 1.2; enable TLS 1.2 and 1.3 there", RFC_VERSION },
    [SMTP_TLS] = { "smtp-tls", PROBE_FAIL, 0, 0, 0, "accepts STARTTLS, and then TLS fails; its log has the reason", RFC_MX },
    [SMTP_PROTOCOL] = { "smtp-protocol", PROBE_FAIL, 0, 0, 0,
                        "is not an SMTP server, or closes the connection; check what listens on its port 25", "RFC 5321 3.1" },
    [SMTP_NO_ROUTE] = { "smtp-no-route", PROBE_OK, 0, 0, 0,
                        "was not asked there: this machine has no route to it; run the probe on one that has", "RFC 5321 5.1" },
};

/* --- DNS --- */

void probe_judge_alias(const char *name, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    if (answer->alias != NULL)
        probe_findings_add_seen(findings, &rules[TXT_ALIAS], span_of(name), answer->alias);
}

/* Adds a finding by RULE with NAME, and perhaps more, behind what it says. */
static void add_naming(struct probe_findings *findings, const struct probe_rule *rule, const char *subject, const char *name,
                       const char *more)
{
    struct buf says = { 0 };

    buf_print(&says, "%s: %s%s", rule->says, name, more);
    probe_findings_add_saying(findings, rule, 0, span_of(subject), &says);
}

void probe_judge_place(const char *name, const char *wanted, const char *own, bool is_tlsrpt, struct probe_findings *findings)
{
    struct buf more = { 0 };

    buf_print(&more, " (where the form adds the zone's name by itself, enter \"%s\" and what is before the zone)", own);
    add_naming(findings, &rules[is_tlsrpt ? TLSRPT_PLACE : TXT_PLACE], name, wanted, more.text != NULL ? more.text : "");
    findings->failed |= more.failed;
    buf_free(&more);
}

void probe_judge_dane_tlsrpt(const char *host, const char *name, struct probe_findings *findings)
{
    add_naming(findings, &rules[TLSRPT_DANE], host, name, "");
}

void probe_judge_addresses(const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    for (size_t i = 0; i < answer->count; i++) {
        const char *use = probe_address_use(answer->addresses[i]);
        if (use != NULL)
            probe_findings_add_seen(findings, &rules[HOST_SPECIAL], span_of(answer->addresses[i]), use);
    }
}

void probe_judge_no_address(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    probe_findings_add_seen(findings, &rules[answer->alias != NULL ? HOST_ALIAS : HOST_ABSENT], span_of(host), answer->alias);
}

void probe_judge_mx_no_address(const char *host, bool is_implicit, const struct probe_dns_answer *answer,
                               struct probe_findings *findings)
{
    probe_findings_add_seen(findings, &rules[is_implicit ? SMTP_NO_MX : SMTP_ABSENT], span_of(host), answer->alias);
}

void probe_judge_no_domain(const char *domain, struct probe_findings *findings)
{
    probe_findings_add(findings, &rules[TXT_NO_DOMAIN], 0, span_of(domain));
}

void probe_judge_no_mx(const char *domain, const char *mx, size_t mx_count, struct probe_findings *findings)
{
    size_t i = 0;

    if (mx == NULL) {
        probe_findings_add(findings, &rules[MX_IMPLICIT], 0, span_of(domain));
        return;
    }
    for (; i < mx_count && domain_fault(mx, strlen(mx)) != DOMAIN_FINE; i++)
        mx += strlen(mx) + 1;
    add_naming(findings, &rules[MX_NONE], domain, i < mx_count ? mx : "one that its mx lines name", "");
}

enum probe_mx_kind probe_judge_mx(const char *domain, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    if (answer->state != PROBE_DNS_FOUND || answer->count == 0)
        return PROBE_MX_IMPLICIT;
    if (answer->count > 1 || (answer->mx[0].host[0] != '\0' && strcmp(answer->mx[0].host, ".") != 0))
        return PROBE_MX_RECORDS;
    probe_findings_add(findings, &rules[MX_NULL], 0, span_of(domain));
    return PROBE_MX_NULL;
}

/* --- connections --- */

/* What a connection that failed says. */
struct outcome {
    const struct probe_rule *https, *smtp; /* the rule that it breaks; NULL: none */
    bool is_conclusive;                    /* it says something about the server, not only about this machine's network */
};

static const struct outcome outcomes[] = {
    [PROBE_FETCHED] = { NULL, NULL, true },
    [PROBE_FETCH_REFUSED] = { &rules[HTTPS_REFUSED], &rules[SMTP_REFUSED], true },
    [PROBE_FETCH_NO_ROUTE] = { NULL, NULL, false },
    [PROBE_FETCH_SLOW] = { &rules[HTTPS_SLOW], &rules[SMTP_SLOW], true },
    [PROBE_FETCH_TLS_OLD] = { &rules[HTTPS_TLS_OLD], &rules[SMTP_TLS_OLD], true },
    [PROBE_FETCH_TLS] = { &rules[HTTPS_TLS], &rules[SMTP_TLS], true },
    [PROBE_FETCH_NO_STARTTLS] = { &rules[HTTPS_PROTOCOL], &rules[SMTP_NO_STARTTLS], true },
    [PROBE_FETCH_LATER] = { &rules[HTTPS_PROTOCOL], &rules[SMTP_LATER], true },
    [PROBE_FETCH_PROTOCOL] = { &rules[HTTPS_PROTOCOL], &rules[SMTP_PROTOCOL], true },
    [PROBE_FETCH_STOPPED] = { NULL, NULL, false },
    [PROBE_FETCH_LACK] = { NULL, NULL, false },
};

bool probe_judge_https(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings)
{
    const struct outcome *outcome = &outcomes[fetched->outcome];

    /* With a certificate from TLS 1.2 or newer, the handshake worked: it is the answer that failed. */
    if (outcome->https != NULL && (fetched->chain == NULL || fetched->outcome == PROBE_FETCH_TLS_OLD))
        probe_findings_add_seen(findings, outcome->https, span_of(host), fetched->why);
    return outcome->is_conclusive || fetched->chain != NULL;
}

bool probe_judge_is_open(const struct probe_rule *rule)
{
    return rule == &rules[SMTP_REFUSED] || rule == &rules[SMTP_SLOW] || rule == &rules[SMTP_LATER];
}

bool probe_judge_smtp(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings)
{
    /* The port is open where only the handshake hangs. */
    bool hangs_in_tls = fetched->outcome == PROBE_FETCH_SLOW && fetched->has_starttls;
    const struct outcome *outcome = &outcomes[hangs_in_tls ? PROBE_FETCH_TLS : fetched->outcome];

    if (outcome->smtp != NULL)
        probe_findings_add_seen(findings, outcome->smtp, span_of(host), fetched->why);
    return outcome->is_conclusive && !probe_judge_is_open(outcome->smtp);
}

void probe_judge_https_no_route(const char *host, struct probe_findings *findings)
{
    probe_findings_add(findings, &rules[HTTPS_NO_ROUTE], 0, span_of(host));
}

void probe_judge_smtp_no_route(const char *host, struct probe_findings *findings)
{
    probe_findings_add(findings, &rules[SMTP_NO_ROUTE], 0, span_of(host));
}

/* --- HTTP --- */

static void judge_type(const char *type, struct probe_findings *findings)
{
    if (type == NULL || type[0] == '\0') {
        probe_findings_add(findings, &rules[ANSWER_NO_TYPE], 0, span_of(NULL));
    } else if (!probe_media_is_text_plain(type)) {
        probe_findings_add(findings, &rules[ANSWER_TYPE], 0, span_of(type));
    } else if (!probe_media_is_utf8(type)) {
        probe_findings_add(findings, &rules[ANSWER_CHARSET], 0, span_of(type));
    }
}

static void judge_status(const struct probe_fetched *fetched, struct probe_findings *findings)
{
    char status[32];

    (void)snprintf(status, sizeof status, "%ld", fetched->status);
    if (fetched->status >= REDIRECT_FIRST && fetched->status <= REDIRECT_LAST && fetched->location != NULL)
        probe_findings_add_seen(findings, &rules[ANSWER_REDIRECT], span_of(fetched->location), status);
    else if (fetched->status != OK_STATUS)
        probe_findings_add(findings, &rules[ANSWER_STATUS], 0, span_of(status));
}

bool probe_judge_answer(const struct probe_fetched *fetched, unsigned slow_ms, struct probe_findings *findings)
{
    char took[32];

    if (!outcomes[fetched->outcome].is_conclusive)
        return false;
    if (fetched->outcome == PROBE_FETCH_SLOW) {
        probe_findings_add_seen(findings, &rules[ANSWER_TIME], span_of(NULL), fetched->why);
        return true;
    }
    if (fetched->outcome != PROBE_FETCHED) {
        probe_findings_add_seen(findings, &rules[ANSWER_CUT], span_of(NULL), fetched->why);
        return true;
    }
    judge_status(fetched, findings);
    if (fetched->status == OK_STATUS)
        judge_type(fetched->type, findings);
    if (fetched->status == OK_STATUS && fetched->body.len > POLICY_BYTES_TRUNCATED)
        probe_findings_add(findings, &rules[fetched->body.len > POLICY_BYTES_MAX ? ANSWER_LARGE : ANSWER_LONG], 0, span_of(NULL));
    (void)snprintf(took, sizeof took, "%u ms", fetched->ms);
    if (fetched->ms >= slow_ms)
        probe_findings_add(findings, &rules[ANSWER_SLOW], 0, span_of(took));
    return true;
}

bool probe_judge_has_policy(const struct probe_fetched *fetched)
{
    return fetched->outcome == PROBE_FETCHED && fetched->status == OK_STATUS && fetched->body.len <= POLICY_BYTES_MAX;
}

void probe_judge_bodies(enum probe_bodies bodies, struct probe_findings *findings)
{
    if (bodies != PROBE_BODIES_SAME)
        probe_findings_add(findings, &rules[bodies == PROBE_BODIES_OTHER ? POLICY_DIFFERS : POLICY_BYTES], 0, span_of(NULL));
}

const struct probe_rules probe_judge_rules = { rules, RULES };
