#include "probe/judge/servers.h"

#include "policy/model.h"
#include "probe/ask/fetched.h"
#include "probe/judge/compare.h"
#include "probe/read/media_type.h"
#include "read/finding.h"
#include "read/share.h"
#include "read/span.h"

#include <stdio.h>
#include <string.h>

enum { OK_STATUS = 200, REDIRECT_FIRST = 300, REDIRECT_LAST = 399, SENDERS = PROBE_SENDERS_POLICY };

enum {
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

#define RFC_FETCH "RFC 8461 3.3"
#define RFC_TLS "RFC 8461 7.1"
#define RFC_MX "RFC 8461 5"
#define RFC_VERSION "RFC 8461 4.2, 7.1"

/* Where an MX host did something that says nothing about its TLS, that is a warning, and the check is unknown. */
static const struct probe_rule rules[RULES] = {
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
                      "is slow for the whole answer, also when asked again, and a message waits for it; look at the front "
                      "server's load",
                      RFC_FETCH },
    [POLICY_DIFFERS] = { "policy-differs", PROBE_FAIL, 0, 0, 0,
                         "another policy is served there than at the other addresses, so senders disagree about which holds; "
                         "serve the same at all of them",
                         "RFC 8461 3.3, 8.1" },
    [POLICY_BYTES] = { "policy-bytes", PROBE_WARN, 0, 0, 0,
                       "the policy says the same there as at the other addresses, but with different bytes; serve the same file "
                       "at all of them",
                       "RFC 8461 3.2" },
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
