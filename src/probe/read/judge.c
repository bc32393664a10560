#include "probe/read/judge.h"

#include "base/buf.h"
#include "policy/model.h"
#include "probe/ask/answer.h"
#include "probe/ask/fetched.h"
#include "probe/read/finding.h"
#include "probe/read/policy.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { OK_STATUS = 200, REDIRECT_FIRST = 300, REDIRECT_LAST = 399, SHOWN_MAX = 200, TRUNCATED_AT = 10240 };

enum rule {
    TXT_ALIAS,
    HOST_ABSENT,
    HOST_ALIAS,
    HTTPS_REFUSED,
    HTTPS_SLOW,
    HTTPS_TLS_OLD,
    HTTPS_TLS,
    HTTPS_PROTOCOL,
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
    MX_NULL,
    MX_IMPLICIT,
    SMTP_ABSENT,
    SMTP_REFUSED,
    SMTP_SLOW,
    SMTP_LATER,
    SMTP_NO_STARTTLS,
    SMTP_TLS_OLD,
    SMTP_TLS,
    SMTP_PROTOCOL,
    RULES,
    NO_RULE = RULES
};

#define RFC_TXT "RFC 8461 3.1"
#define RFC_FETCH "RFC 8461 3.3"
#define RFC_TLS "RFC 8461 7.1"
#define RFC_MX "RFC 8461 5"
#define RFC_VERSION "RFC 8461 4.2, 7.1"

/* What an MX did that says nothing about its TLS is a warning, in a check that could not tell. */
static const struct probe_rule rules[RULES] = {
    [TXT_ALIAS] = { "txt-alias", PROBE_FAIL, 0, 0,
                    "is a CNAME that leads nowhere; publish the TXT record at its target, or in its place", RFC_TXT },
    [HOST_ABSENT] = { "host-absent", PROBE_FAIL, 0, 0,
                      "has no address; publish its CNAME record, or A and AAAA, so that the policy can be fetched", RFC_FETCH },
    [HOST_ALIAS] = { "host-alias", PROBE_FAIL, 0, 0,
                     "is a CNAME that leads to no address; correct its target, or publish the target's A or AAAA record",
                     RFC_FETCH },
    [HTTPS_REFUSED] = { "https-refused", PROBE_FAIL, 0, 0,
                        "takes no connection; start the front server, or open port 443 in the firewall", RFC_FETCH },
    [HTTPS_SLOW] = { "https-slow", PROBE_FAIL, 0, 0,
                     "did not get as far as TLS in time; start the front server, or open port 443 in the firewall", RFC_FETCH },
    [HTTPS_TLS_OLD] = { "https-tls-old", PROBE_FAIL, 0, 0,
                        "speaks nothing as new as TLS 1.2; switch TLS 1.2 and 1.3 on in the front server", RFC_TLS },
    [HTTPS_TLS] = { "https-tls", PROBE_FAIL, 0, 0,
                    "does not come to terms over TLS; see that the front server knows this name and has its certificate",
                    RFC_FETCH },
    [HTTPS_PROTOCOL] = { "https-protocol", PROBE_FAIL, 0, 0, "does not speak TLS; let the front server do so on this port",
                         RFC_FETCH },
    [ANSWER_CUT] = { "answer-cut", PROBE_FAIL, 0, 0,
                     "what came is no HTTP answer, or half of one; look in the front server's error log", RFC_FETCH },
    [ANSWER_TIME] = { "answer-time", PROBE_FAIL, 0, 0,
                      "the answer was not whole in time; senders wait for a minute at most; look whether the program behind the "
                      "front server hangs",
                      RFC_FETCH },
    [ANSWER_REDIRECT] = { "answer-redirect", PROBE_FAIL, 0, 0,
                          "is where a redirect leads to, which senders do not follow; serve the policy at "
                          "/.well-known/mta-sts.txt itself",
                          RFC_FETCH },
    [ANSWER_STATUS] = { "answer-status", PROBE_FAIL, 0, 0,
                        "is the status, and only 200 brings a policy; look in the front server's error log", RFC_FETCH },
    [ANSWER_TYPE] = { "answer-type", PROBE_WARN, 2, 2, "is the media type; let the front server say text/plain",
                      "RFC 8461 3.2, 3.3" },
    [ANSWER_NO_TYPE] = { "answer-no-type", PROBE_WARN, 2, 2, "there is no media type; let the front server say text/plain",
                         "RFC 8461 3.2, 3.3" },
    [ANSWER_CHARSET] = { "answer-charset", PROBE_WARN, 0, 0, "is the media type; let its charset be utf-8, or say none",
                         "RFC 8461 3.2" },
    [ANSWER_LARGE] = { "answer-large", PROBE_FAIL, 0, 0,
                       "the policy is over 65,536 bytes, which senders do not read; write fewer mx lines, or wildcards",
                       RFC_FETCH },
    [ANSWER_LONG] = { "answer-long", PROBE_WARN, 1, 1,
                      "the policy is over 10,240 bytes, where one sender implementation cuts it; write fewer mx lines, or "
                      "wildcards",
                      RFC_FETCH },
    [ANSWER_SLOW] = { "answer-slow", PROBE_WARN, 0, 0, "for the whole answer is slow, and a message waits for it", RFC_FETCH },
    [MX_NULL] = { "mx-null", PROBE_WARN, 0, 0,
                  "takes no mail, as its null MX record says; a policy protects nothing here, remove it or the record",
                  "RFC 7505" },
    [MX_IMPLICIT] = { "mx-implicit", PROBE_OK, 0, 0, "has no MX record; senders take the name itself for its mail host",
                      "RFC 5321 5.1" },
    [SMTP_ABSENT] = { "smtp-absent", PROBE_FAIL, 0, 0,
                      "has no address, so no sender can deliver to it; publish its A or AAAA record, or remove it from the MX "
                      "records",
                      "RFC 5321 5.1" },
    [SMTP_REFUSED] = { "smtp-refused", PROBE_WARN, 0, 0,
                       "takes no connection from here; try from a host with a way out to port 25: if it fails there, too, nobody "
                       "delivers to it",
                       "RFC 5321 4.5.4.1" },
    [SMTP_SLOW] = { "smtp-slow", PROBE_WARN, 0, 0,
                    "gave no answer in time; try from a host with a way out to port 25: if it fails there, too, nobody delivers "
                    "to it",
                    "RFC 5321 4.5.3.2" },
    [SMTP_LATER] = { "smtp-later", PROBE_WARN, 0, 0,
                     "asks to come back later (greylisting, or too many connections); look again, or let this host through",
                     "RFC 5321 4.2.1" },
    [SMTP_NO_STARTTLS] = { "smtp-no-starttls", PROBE_FAIL, 0, 0, "does not take STARTTLS; switch it on there",
                           "RFC 8461 5, 4.2" },
    [SMTP_TLS_OLD] = { "smtp-tls-old", PROBE_FAIL, 0, 0, "speaks nothing as new as TLS 1.2; switch TLS 1.2 and 1.3 on there",
                       RFC_VERSION },
    [SMTP_TLS] = { "smtp-tls", PROBE_FAIL, 0, 0, "takes STARTTLS, and then TLS fails; look in its log", RFC_MX },
    [SMTP_PROTOCOL] = { "smtp-protocol", PROBE_FAIL, 0, 0, "is no SMTP server, or breaks off; see what listens on its port 25",
                        "RFC 5321 3.1" },
};

/* Adds the finding by RULE about SUBJECT (NULL: none); WHY, what was said or seen, comes behind it ("": nothing). */
static void add(struct probe_findings *findings, enum rule rule, const char *subject, const char *why)
{
    struct buf says = { 0 };

    buf_print(&says, "%s", rules[rule].says);
    if (why[0] != '\0') {
        buf_print(&says, " [");
        buf_add_shown(&says, why, strlen(why), SHOWN_MAX);
        buf_print(&says, "]");
    }
    const struct probe_about about = { 0, subject, subject != NULL ? strlen(subject) : 0, says.text };
    if (!says.failed)
        probe_findings_add(findings, &rules[rule], PROBE_POLICY_SENDERS, &about);
    findings->failed |= says.failed;
    buf_free(&says);
}

/* --- names --- */

void probe_judge_alias(const char *name, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    if (answer->alias != NULL)
        add(findings, TXT_ALIAS, name, answer->alias);
}

void probe_judge_no_address(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    add(findings, answer->alias != NULL ? HOST_ALIAS : HOST_ABSENT, host, answer->alias != NULL ? answer->alias : "");
}

void probe_judge_mx_no_address(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    add(findings, SMTP_ABSENT, host, answer->alias != NULL ? answer->alias : "");
}

enum probe_mx_kind probe_judge_mx(const char *domain, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    if (answer->state != PROBE_DNS_FOUND || answer->count == 0) {
        add(findings, MX_IMPLICIT, domain, "");
        return PROBE_MX_IMPLICIT;
    }
    if (answer->count > 1 || (answer->mx[0].host[0] != '\0' && strcmp(answer->mx[0].host, ".") != 0))
        return PROBE_MX_RECORDS;
    add(findings, MX_NULL, domain, "");
    return PROBE_MX_NULL;
}

/* --- connections --- */

/* What a connection that did not come about says. */
struct outcome {
    enum rule https, smtp;
    bool tells; /* something about the server */
};

static const struct outcome outcomes[] = {
    [PROBE_FETCHED] = { NO_RULE, NO_RULE, true },
    [PROBE_FETCH_REFUSED] = { HTTPS_REFUSED, SMTP_REFUSED, true },
    [PROBE_FETCH_NO_ROUTE] = { NO_RULE, NO_RULE, false },
    [PROBE_FETCH_SLOW] = { HTTPS_SLOW, SMTP_SLOW, true },
    [PROBE_FETCH_TLS_OLD] = { HTTPS_TLS_OLD, SMTP_TLS_OLD, true },
    [PROBE_FETCH_TLS] = { HTTPS_TLS, SMTP_TLS, true },
    [PROBE_FETCH_NO_STARTTLS] = { HTTPS_PROTOCOL, SMTP_NO_STARTTLS, true },
    [PROBE_FETCH_LATER] = { HTTPS_PROTOCOL, SMTP_LATER, true },
    [PROBE_FETCH_PROTOCOL] = { HTTPS_PROTOCOL, SMTP_PROTOCOL, true },
    [PROBE_FETCH_STOPPED] = { NO_RULE, NO_RULE, false },
    [PROBE_FETCH_MEMORY] = { NO_RULE, NO_RULE, false },
};

bool probe_judge_https(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings)
{
    const struct outcome *outcome = &outcomes[fetched->outcome];

    /* With a certificate there, and not by a version that is too old, TLS came about: what failed is the answer. */
    if (outcome->https != NO_RULE && (fetched->chain == NULL || fetched->outcome == PROBE_FETCH_TLS_OLD))
        add(findings, outcome->https, host, fetched->why);
    return outcome->tells || fetched->chain != NULL;
}

bool probe_judge_smtp(const char *host, const struct probe_fetched *fetched, struct probe_findings *findings)
{
    /* A handshake that hangs is no closed port. */
    bool hangs_in_tls = fetched->outcome == PROBE_FETCH_SLOW && fetched->has_starttls;
    const struct outcome *outcome = &outcomes[hangs_in_tls ? PROBE_FETCH_TLS : fetched->outcome];

    if (outcome->smtp != NO_RULE)
        add(findings, outcome->smtp, host, fetched->why);
    return outcome->tells && outcome->smtp != SMTP_REFUSED && outcome->smtp != SMTP_SLOW && outcome->smtp != SMTP_LATER;
}

/* --- the answer --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Where TYPE, which begins with text/plain, goes on after its semicolon and white space; NULL where it says no more. */
static const char *type_parameters(const char *type)
{
    const char *semicolon = strchr(type, ';');

    if (semicolon == NULL)
        return NULL;
    do
        semicolon++;
    while (is_space(*semicolon));
    return *semicolon != '\0' ? semicolon : NULL;
}

static bool is_text_plain(const char *type)
{
    static const char plain[] = "text/plain";
    const size_t len = sizeof plain - 1;

    return strncasecmp(type, plain, len) == 0 && (type[len] == '\0' || type[len] == ';' || is_space(type[len]));
}

static bool is_known_charset(const char *parameters)
{
    static const char *const known[] = { "charset=utf-8", "charset=us-ascii", "charset=\"utf-8\"", "charset=\"us-ascii\"" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcasecmp(parameters, known[i]) == 0)
            return true;
    return false;
}

static void judge_type(const char *type, struct probe_findings *findings)
{
    if (type == NULL || type[0] == '\0') {
        add(findings, ANSWER_NO_TYPE, NULL, "");
    } else if (!is_text_plain(type)) {
        add(findings, ANSWER_TYPE, type, "");
    } else {
        const char *parameters = type_parameters(type);
        if (parameters != NULL && !is_known_charset(parameters))
            add(findings, ANSWER_CHARSET, type, "");
    }
}

static void judge_status(const struct probe_fetched *fetched, struct probe_findings *findings)
{
    char status[32];

    (void)snprintf(status, sizeof status, "%ld", fetched->status);
    if (fetched->status >= REDIRECT_FIRST && fetched->status <= REDIRECT_LAST && fetched->location != NULL)
        add(findings, ANSWER_REDIRECT, fetched->location, status);
    else if (fetched->status != OK_STATUS)
        add(findings, ANSWER_STATUS, status, "");
}

void probe_judge_answer(const struct probe_fetched *fetched, unsigned slow_ms, struct probe_findings *findings)
{
    char took[32];

    if (fetched->outcome == PROBE_FETCH_SLOW) {
        add(findings, ANSWER_TIME, NULL, fetched->why);
        return;
    }
    if (fetched->outcome != PROBE_FETCHED) {
        add(findings, ANSWER_CUT, NULL, fetched->why);
        return;
    }
    judge_status(fetched, findings);
    if (fetched->status == OK_STATUS)
        judge_type(fetched->type, findings);
    if (fetched->status == OK_STATUS && fetched->body.len > TRUNCATED_AT)
        add(findings, fetched->body.len > POLICY_BYTES_MAX ? ANSWER_LARGE : ANSWER_LONG, NULL, "");
    (void)snprintf(took, sizeof took, "%u ms", fetched->ms);
    if (fetched->ms >= slow_ms)
        add(findings, ANSWER_SLOW, took, "");
}

bool probe_judge_has_policy(const struct probe_fetched *fetched)
{
    return fetched->outcome == PROBE_FETCHED && fetched->status == OK_STATUS && fetched->body.len <= POLICY_BYTES_MAX;
}

void probe_judge_drop_size(struct probe_findings *findings)
{
    size_t kept = 0;

    findings->verdict = PROBE_OK;
    for (size_t i = 0; i < findings->count; i++) {
        const struct probe_rule *rule = findings->list[i].rule;
        if (strcmp(rule->kind, "size") == 0 || strcmp(rule->kind, "size-truncated") == 0)
            continue;
        if (rule->severity > findings->verdict)
            findings->verdict = rule->severity;
        findings->list[kept++] = findings->list[i];
    }
    findings->count = kept;
}

const struct probe_rule *probe_judge_rules(size_t *count)
{
    *count = RULES;
    return rules;
}
