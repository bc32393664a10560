#include "probe/judge/records.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "probe/ask/dns_answer.h"
#include "probe/read/first.h"
#include "probe/read/special_use.h"
#include "read/finding.h"
#include "read/span.h"

#include <string.h>

enum {
    TXT_ALIAS,
    TXT_NO_DOMAIN,
    TXT_PLACE,
    TLSRPT_ALIAS,
    TLSRPT_PLACE,
    TLSRPT_DANE,
    HOST_ABSENT,
    HOST_ALIAS,
    HOST_SPECIAL,
    HOST_NONE_PUBLIC,
    MX_NULL,
    MX_NULL_BESIDE,
    MX_IMPLICIT,
    MX_NONE,
    SMTP_ABSENT,
    SMTP_NO_MX,
    SMTP_ALIAS,
    SMTP_SPECIAL,
    SMTP_NONE_PUBLIC,
    RULES
};

#define RFC_TXT "RFC 8461 3.1"
#define RFC_RPT "RFC 8460 3"
#define RFC_FETCH "RFC 8461 3.3"

#define ALIAS_NOWHERE "is a CNAME that leads to no TXT record; publish the record at its target, or in its place"
#define IS_SPECIAL "is not a public address, so senders elsewhere cannot reach it; publish a public one"
#define NONE_PUBLIC                                                                                                              \
    "has no public address, so senders elsewhere cannot reach it; publish one; or, if the DNS gives other addresses outside "    \
    "this "                                                                                                                      \
    "network (split-horizon DNS), look with --dns root"

static const struct probe_rule rules[RULES] = {
    [TXT_ALIAS] = { "txt-alias", PROBE_FAIL, 0, 0, 0, ALIAS_NOWHERE, RFC_TXT },
    [TLSRPT_ALIAS] = { "tlsrpt-alias", PROBE_WARN, 0, 0, 0, ALIAS_NOWHERE, RFC_RPT },
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
    [HOST_SPECIAL] = { "host-special", PROBE_WARN, 0, 0, 0, IS_SPECIAL, "RFC 6890" },
    [HOST_NONE_PUBLIC] = { "host-none-public", PROBE_FAIL, 0, 0, 0, NONE_PUBLIC, "RFC 6890, RFC 8461 3.3" },
    [MX_NULL] = { "mx-null", PROBE_WARN, 0, 0, 0,
                  "accepts no mail, as its null MX record says, and needs no policy; if one is served, remove it step by step "
                  "(RFC 8461 "
                  "8.3); if mail is wanted, remove the null MX",
                  "RFC 7505" },
    [MX_NULL_BESIDE] = { "mx-null-beside", PROBE_WARN, 0, 0, 0,
                         "has a null MX record (\".\") beside others, which contradict it, so senders may take the domain for "
                         "one "
                         "without mail; remove the null MX",
                         "RFC 7505 3" },
    [MX_IMPLICIT] = { "mx-implicit", PROBE_OK, 0, 0, 0,
                      "has no MX record; senders use the name itself as its mail host; publish an MX record if another host "
                      "takes its "
                      "mail",
                      "RFC 5321 5.1" },
    [MX_NONE] = { "mx-none", PROBE_FAIL, 0, 0, 0,
                  "has no MX record; senders use the name itself as its mail host, and no pattern of the policy matches that; "
                  "publish an MX record for its mail host",
                  "RFC 8461 4.1, RFC 5321 5.1" },
    [SMTP_ABSENT] = { "smtp-absent", PROBE_FAIL, 0, 0, 0,
                      "has no address, so no sender can deliver to it; publish its A or AAAA record, or, if others are "
                      "left, remove it from the MX records",
                      "RFC 5321 5.1" },
    [SMTP_NO_MX] = { "smtp-no-mx", PROBE_FAIL, 0, 0, 0,
                     "has no MX record and no address, so no sender can deliver to it; publish an MX record for its mail host",
                     "RFC 5321 5.1" },
    [SMTP_ALIAS] = { "smtp-alias", PROBE_WARN, 0, 0, 0,
                     "is a CNAME, which the host of an MX record must not be; publish A and AAAA records in its place, or name "
                     "its "
                     "target in the MX record as soon as an mx line of the policy and the certificate there have that name",
                     "RFC 2181 10.3, RFC 5321 5.1" },
    [SMTP_SPECIAL] = { "smtp-special", PROBE_WARN, 0, 0, 0, IS_SPECIAL, "RFC 6890" },
    [SMTP_NONE_PUBLIC] = { "smtp-none-public", PROBE_FAIL, 0, 0, 0, NONE_PUBLIC, "RFC 6890, RFC 5321 5.1" },
};

/* Adds ", but first ...", or nothing. */
static void add_first(enum probe_first first, struct buf *says)
{
    if (first != PROBE_FIRST_NOTHING)
        buf_print(says, ", but %s", probe_first_text(first));
}

void probe_judge_alias(const char *name, const struct probe_dns_answer *answer, bool is_tlsrpt, enum probe_first first,
                       struct probe_findings *findings)
{
    const struct probe_rule *rule = &rules[is_tlsrpt ? TLSRPT_ALIAS : TXT_ALIAS];
    struct buf says = { 0 };

    if (answer->alias == NULL)
        return;
    buf_print(&says, "%s", rule->says);
    add_first(first, &says);
    buf_print(&says, " [");
    buf_add_shown(&says, answer->alias, strlen(answer->alias), DOMAIN_MAX);
    buf_print(&says, "]");
    probe_findings_add_saying(findings, rule, 0, span_of(name), &says);
}

/* Adds a finding by RULE with NAME, and perhaps more, behind what it says. */
static void add_naming(struct probe_findings *findings, const struct probe_rule *rule, const char *subject, const char *name,
                       const char *more)
{
    struct buf says = { 0 };

    buf_print(&says, "%s: %s%s", rule->says, name, more);
    probe_findings_add_saying(findings, rule, 0, span_of(subject), &says);
}

void probe_judge_place(const char *name, const char *wanted, const char *own, bool is_tlsrpt, enum probe_first first,
                       struct probe_findings *findings)
{
    struct buf more = { 0 };

    buf_print(&more, " (where the form adds the zone's name by itself, enter \"%s\" and what is before the zone)", own);
    add_first(first, &more);
    add_naming(findings, &rules[is_tlsrpt ? TLSRPT_PLACE : TXT_PLACE], name, wanted, more.text != NULL ? more.text : "");
    findings->failed |= more.failed;
    buf_free(&more);
}

void probe_judge_dane_tlsrpt(const char *host, const char *name, struct probe_findings *findings)
{
    add_naming(findings, &rules[TLSRPT_DANE], host, name, "");
}

/* Adds the address I of ANSWER, and what it is for, to LIST. False: it is for the Internet. */
static bool add_special(const struct probe_dns_answer *answer, size_t i, struct buf *list)
{
    const char *use = probe_address_use(answer->addresses[i]);

    if (use != NULL)
        buf_print(list, "%s%s, %s", list->len > 0 ? "; " : "", answer->addresses[i], use);
    return use != NULL;
}

/* Judges the addresses of HOST by SPECIAL, for some of them, and NONE_PUBLIC, for all. */
static bool judge_addresses(const char *host, const struct probe_dns_answer *answer, const struct probe_rule *special,
                            const struct probe_rule *none_public, struct probe_findings *findings)
{
    struct buf list = { 0 };
    size_t count = 0;

    for (size_t i = 0; i < answer->count; i++)
        count += add_special(answer, i, &list);
    bool none = count > 0 && count == answer->count && !answer->is_partial;
    if (none)
        probe_findings_add_seen(findings, none_public, span_of(host), list.text);
    for (size_t i = 0; i < answer->count && !none; i++)
        if (probe_address_use(answer->addresses[i]) != NULL)
            probe_findings_add_seen(findings, special, span_of(answer->addresses[i]), probe_address_use(answer->addresses[i]));
    findings->failed |= list.failed;
    buf_free(&list);
    return none;
}

bool probe_judge_addresses(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    return judge_addresses(host, answer, &rules[HOST_SPECIAL], &rules[HOST_NONE_PUBLIC], findings);
}

bool probe_judge_mx_addresses(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    struct probe_findings own = { 0 };
    bool none = judge_addresses(host, answer, &rules[SMTP_SPECIAL], &rules[SMTP_NONE_PUBLIC], &own);

    if (none)
        probe_findings_add_all(&own, findings);
    else
        probe_findings_add_of(host, &own, findings);
    probe_findings_free(&own);
    return none;
}

void probe_judge_mx_alias(const char *host, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    if (answer->alias != NULL)
        probe_findings_add_seen(findings, &rules[SMTP_ALIAS], span_of(host), answer->alias);
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
    add_naming(findings, &rules[MX_NONE], domain, i < mx_count ? mx : "one that its mx lines name",
               ", if mail for it is taken there");
}

bool probe_mx_is_null(const struct probe_mx *mx)
{
    return mx->host[0] == '\0' || strcmp(mx->host, ".") == 0;
}

enum probe_mx_kind probe_judge_mx(const char *domain, const struct probe_dns_answer *answer, struct probe_findings *findings)
{
    size_t null = 0;

    if (answer->state != PROBE_DNS_FOUND || answer->count == 0)
        return PROBE_MX_IMPLICIT;
    for (size_t i = 0; i < answer->count; i++)
        null += probe_mx_is_null(&answer->mx[i]);
    if (null > 0)
        probe_findings_add(findings, &rules[null < answer->count ? MX_NULL_BESIDE : MX_NULL], 0, span_of(domain));
    return null < answer->count ? PROBE_MX_RECORDS : PROBE_MX_NULL;
}

const struct probe_rules probe_record_rules = { rules, RULES };
