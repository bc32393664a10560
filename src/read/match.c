#include "read/match.h"

#include "policy/domain.h"
#include "policy/model.h"
#include "read/finding.h"
#include "read/share.h"
#include "read/span.h"

#include <string.h>

enum { SENDERS = PROBE_SENDERS_MATCH };
enum { HOST_FAULT, TOO_DEEP, TOO_HIGH, PATTERN_FAULT, NO_MATCH, FINAL_DOT, CASE, A_LABEL, UNUSED, RULES };

#define RFC_MATCH "RFC 8461 4.1"

/* A host that does not match has one finding by the first five: the first that applies. */
static const struct probe_rule rules[RULES] = {
    [HOST_FAULT] = { "mx-host", PROBE_FAIL, 0, 0, 0, "is not a host name, and no pattern can match it; correct the MX record",
                     "RFC 8461 4.1, RFC 5321 2.3.5" },
    [TOO_DEEP] = { "match-deep", PROBE_FAIL, 11, 11, SENDERS,
                   "is more than one label below a pattern with *, which stands for exactly one; add an mx line for it",
                   RFC_MATCH },
    [TOO_HIGH] = { "match-high", PROBE_FAIL, 14, 14, SENDERS,
                   "is the domain after *. of a pattern; * needs one label more; add an mx line for it", RFC_MATCH },
    [PATTERN_FAULT] = { "match-dot", PROBE_FAIL, 9, 9, SENDERS,
                        "is matched by a pattern that ends in a dot, and no other; leave the dot out", "RFC 8461 3.2, 4.1" },
    [NO_MATCH] = { "match-none", PROBE_FAIL, 0, 0, 0,
                   "is matched by no pattern; add an mx line for it, or, if others are left, remove the MX record", RFC_MATCH },
    [FINAL_DOT] = { "match-final-dot", PROBE_WARN, 4, 4, SENDERS,
                    "ends in a dot, which some senders do not leave out when they compare; publish the MX record without it",
                    RFC_MATCH },
    [CASE] = { "match-case", PROBE_WARN, 4, 5, SENDERS, "or its pattern has capitals; write both in lower case", RFC_MATCH },
    [A_LABEL] = { "match-a-label", PROBE_WARN, 3, 3, SENDERS,
                  "has an A-label (xn--) where the pattern has a *; add an mx line for it", RFC_MATCH },
    [UNUSED] = { "match-unused", PROBE_WARN, 0, 0, 0,
                 "is a pattern that matches none of the MX records; remove it, unless such an MX record is to come", RFC_MATCH },
};

struct host {
    const char *name;
    size_t len; /* without a final dot */
};

static struct host host_of(const char *name)
{
    size_t len = strlen(name);

    return (struct host) { name, len > 0 && name[len - 1] == '.' ? len - 1 : len };
}

static bool matches(const char *pattern, const char *host)
{
    return policy_mx_fault(pattern, strlen(pattern)) == DOMAIN_FINE && policy_mx_match(pattern, host);
}

/* --- a host that matches: what some senders object to --- */

static bool has_capitals(const char *name)
{
    for (; *name != '\0'; name++)
        if (domain_lower(*name) != *name)
            return true;
    return false;
}

static bool is_other_case(const char *pattern, const struct host *host)
{
    return has_capitals(pattern) || has_capitals(host->name);
}

static bool is_a_label(const char *pattern, const struct host *host)
{
    static const char prefix[] = "xn--";

    return pattern[0] == '*' && host->len >= sizeof prefix - 1 && domain_same(host->name, prefix, sizeof prefix - 1);
}

/* --- a host that does not match: patterns that nearly do --- */

static bool ends_in(const struct host *host, const char *tail, size_t len)
{
    return host->len >= len && domain_same(host->name + host->len - len, tail, len);
}

static bool is_too_deep(const char *pattern, const struct host *host)
{
    return pattern[0] == '*' && pattern[1] == '.' && ends_in(host, pattern + 1, strlen(pattern) - 1);
}

static bool is_too_high(const char *pattern, const struct host *host)
{
    return pattern[0] == '*' && pattern[1] == '.' && host->len == strlen(pattern) - 2 && ends_in(host, pattern + 2, host->len);
}

static bool is_dotted(const char *pattern, const struct host *host)
{
    char undotted[DOMAIN_MAX + 3];
    size_t len = strlen(pattern);

    if (len == 0 || len > sizeof undotted || pattern[len - 1] != '.')
        return false;
    memcpy(undotted, pattern, len - 1);
    undotted[len - 1] = '\0';
    return matches(undotted, host->name);
}

typedef bool applies_fn(const char *pattern, const struct host *host);

struct condition {
    const struct probe_rule *rule;
    applies_fn *applies;
};
static const struct condition objections[] = { { &rules[CASE], is_other_case }, { &rules[A_LABEL], is_a_label } };
static const struct condition near_misses[] = { { &rules[TOO_DEEP], is_too_deep },
                                                { &rules[TOO_HIGH], is_too_high },
                                                { &rules[PATTERN_FAULT], is_dotted } };

enum { OBJECTIONS = sizeof objections / sizeof objections[0], NEAR_MISSES = sizeof near_misses / sizeof near_misses[0] };

/* How many objections some senders have to this match. Adds each to FINDINGS (NULL: to nothing). */
static size_t count_objections(const char *pattern, const struct host *host, struct probe_findings *findings)
{
    size_t count = 0;

    for (size_t i = 0; i < OBJECTIONS; i++) {
        if (!objections[i].applies(pattern, host))
            continue;
        count++;
        if (findings != NULL)
            probe_findings_add(findings, objections[i].rule, 0, span_of(host->name));
    }
    return count;
}

/* The pattern that matches with the fewest objections, and its number in *AT; NULL: none matches. */
static const char *best_match(const char *mx, size_t mx_count, const struct host *host, size_t *at)
{
    const char *best = NULL;
    size_t least = OBJECTIONS + 1;

    for (size_t i = 0; i < mx_count; i++, mx += strlen(mx) + 1) {
        size_t count = matches(mx, host->name) ? count_objections(mx, host, NULL) : least;
        if (count >= least)
            continue;
        least = count;
        best = mx;
        *at = i;
    }
    return best;
}

static const struct probe_rule *near_miss_rule(const char *mx, size_t mx_count, const struct host *host)
{
    for (size_t n = 0; n < NEAR_MISSES; n++) {
        const char *pattern = mx;
        for (size_t i = 0; i < mx_count; i++, pattern += strlen(pattern) + 1)
            if (near_misses[n].applies(pattern, host))
                return near_misses[n].rule;
    }
    return &rules[NO_MATCH];
}

size_t probe_match_host(const char *mx, size_t mx_count, const char *name, struct probe_findings *findings)
{
    const struct host host = host_of(name);
    size_t at = mx_count;

    if (domain_fault(host.name, host.len) != DOMAIN_FINE) {
        probe_findings_add(findings, &rules[HOST_FAULT], 0, span_of(host.len > 0 ? name : "."));
        return mx_count;
    }
    const char *pattern = best_match(mx, mx_count, &host, &at);
    if (pattern == NULL) {
        probe_findings_add(findings, near_miss_rule(mx, mx_count, &host), 0, span_of(name));
        return mx_count;
    }
    if (name[host.len] == '.')
        probe_findings_add(findings, &rules[FINAL_DOT], 0, span_of(name));
    (void)count_objections(pattern, &host, findings);
    return at;
}

/* Are all patterns valid? Of those that are not, some senders make more than the RFC does. */
static bool all_valid(const char *mx, size_t mx_count)
{
    for (size_t i = 0; i < mx_count; i++, mx += strlen(mx) + 1)
        if (policy_mx_fault(mx, strlen(mx)) != DOMAIN_FINE)
            return false;
    return true;
}

/*
 * May one of the patterns match HOST all the same, which is not a host name? Some senders do not look at names closely, and some
 * turn a U-label into an A-label.
 */
static bool is_alike(const char *mx, size_t mx_count, const struct host *host)
{
    if (domain_fault(host->name, host->len) == DOMAIN_NOT_ASCII)
        return true;
    for (size_t i = 0; i < mx_count; i++, mx += strlen(mx) + 1) {
        size_t len = strlen(mx);
        if (len == host->len && domain_same(mx, host->name, len))
            return true;
        if (mx[0] == '*' && mx[1] == '.' && ends_in(host, mx + 1, len - 1))
            return true;
    }
    return false;
}

/* Does no sender at all find a match, by the rule of the host's first finding? */
static bool is_unmatched(const char *mx, size_t mx_count, const struct host *host, const struct probe_rule *rule)
{
    return (rule == &rules[NO_MATCH] && all_valid(mx, mx_count)) || (rule == &rules[HOST_FAULT] && !is_alike(mx, mx_count, host));
}

struct probe_share probe_match_share(const char *mx, size_t mx_count, const char *name)
{
    const struct host host = host_of(name);
    struct probe_findings findings = { 0 };
    struct probe_share share = probe_share_all(SENDERS);

    (void)probe_match_host(mx, mx_count, name, &findings);
    if (findings.count > 0 && is_unmatched(mx, mx_count, &host, findings.list[0].rule))
        share = probe_share_none(SENDERS);
    else
        share = probe_share_less(share, &findings);
    share.is_known = !findings.failed;
    probe_findings_free(&findings);
    return share;
}

bool probe_match_any(const char *pattern, const char *const *hosts, size_t host_count)
{
    bool found = false;

    for (size_t i = 0; i < host_count && !found; i++)
        found = matches(pattern, hosts[i]);
    return found;
}

void probe_match_unused(const char *mx, size_t mx_count, const char *const *hosts, size_t host_count,
                        struct probe_findings *findings)
{
    for (size_t i = 0; i < mx_count; i++, mx += strlen(mx) + 1) {
        bool is_valid = policy_mx_fault(mx, strlen(mx)) == DOMAIN_FINE;
        if (is_valid && !probe_match_any(mx, hosts, host_count))
            probe_findings_add(findings, &rules[UNUSED], 0, span_of(mx));
    }
}

const struct probe_rules probe_match_rules = { rules, RULES };
