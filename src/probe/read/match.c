#include "probe/read/match.h"

#include "policy/domain.h"
#include "policy/model.h"
#include "probe/read/finding.h"

#include <string.h>

enum rule { HOST_FAULT, TOO_DEEP, TOO_HIGH, PATTERN_FAULT, NO_MATCH, FINAL_DOT, CASE, A_LABEL, UNUSED, RULES };

#define RFC_MATCH "RFC 8461 4.1"

/* Of the first five, one is told of a host that does not match: the first that applies. */
static const struct probe_rule rules[RULES] = {
    [HOST_FAULT] = { "mx-host", PROBE_FAIL, 0, 0, "is no host name, and no pattern can match it; correct the MX record",
                     "RFC 8461 4.1, RFC 5321 2.3.5" },
    [TOO_DEEP] = { "match-deep", PROBE_FAIL, 11, 11,
                   "is more than one label below a pattern with *, which stands for one; add an mx line for it", RFC_MATCH },
    [TOO_HIGH] = { "match-high", PROBE_FAIL, 14, 14,
                   "is what stands behind the * of a pattern, which does not match it; add an mx line for it", RFC_MATCH },
    [PATTERN_FAULT] = { "match-dot", PROBE_FAIL, 9, 9,
                        "is matched by a pattern that ends in a dot, and no other; leave the dot out", "RFC 8461 3.2, 4.1" },
    [NO_MATCH] = { "match-none", PROBE_FAIL, 0, 0, "is matched by no pattern; add an mx line for it, or remove the MX record",
                   RFC_MATCH },
    [FINAL_DOT] = { "match-final-dot", PROBE_WARN, 4, 4, "ends in a dot, as no name does in comparisons", RFC_MATCH },
    [CASE] = { "match-case", PROBE_WARN, 4, 5, "or its pattern is written in capitals; write both in lower case", RFC_MATCH },
    [A_LABEL] = { "match-a-label", PROBE_WARN, 3, 3, "has an A-label (xn--) where the pattern has a *; add an mx line for it",
                  RFC_MATCH },
    [UNUSED] = { "match-unused", PROBE_WARN, 0, 0,
                 "is a pattern that matches none of the MX records; remove it if it is not of use", RFC_MATCH },
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

static void add(struct probe_findings *findings, enum rule rule, const char *subject)
{
    const struct probe_about about = { 0, subject, strlen(subject), NULL };

    probe_findings_add(findings, &rules[rule], PROBE_MATCH_SENDERS, &about);
}

static bool matches(const char *pattern, const char *host)
{
    return policy_mx_fault(pattern, strlen(pattern)) == DOMAIN_FINE && policy_mx_match(pattern, host);
}

/* --- of a host that matches: what some senders mind --- */

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

/* --- of one that does not: what comes near --- */

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
    enum rule rule;
    applies_fn *applies;
};
static const struct condition minds[] = { { CASE, is_other_case }, { A_LABEL, is_a_label } };
static const struct condition nears[] = { { TOO_DEEP, is_too_deep }, { TOO_HIGH, is_too_high }, { PATTERN_FAULT, is_dotted } };

enum { MINDS = sizeof minds / sizeof minds[0], NEARS = sizeof nears / sizeof nears[0] };

/* How many things some senders mind about this match; FINDINGS is NULL, or told of each. */
static size_t count_minds(const char *pattern, const struct host *host, struct probe_findings *findings)
{
    size_t count = 0;

    for (size_t i = 0; i < MINDS; i++) {
        if (!minds[i].applies(pattern, host))
            continue;
        count++;
        if (findings != NULL)
            add(findings, minds[i].rule, host->name);
    }
    return count;
}

/* The pattern that matches with the least to mind, and its number in *AT; NULL where there is none. */
static const char *best_match(const char *mx, size_t mx_count, const struct host *host, size_t *at)
{
    const char *best = NULL;
    size_t least = MINDS + 1;

    for (size_t i = 0; i < mx_count; i++, mx += strlen(mx) + 1) {
        size_t count = matches(mx, host->name) ? count_minds(mx, host, NULL) : least;
        if (count >= least)
            continue;
        least = count;
        best = mx;
        *at = i;
    }
    return best;
}

static enum rule near_rule(const char *mx, size_t mx_count, const struct host *host)
{
    for (size_t n = 0; n < NEARS; n++) {
        const char *pattern = mx;
        for (size_t i = 0; i < mx_count; i++, pattern += strlen(pattern) + 1)
            if (nears[n].applies(pattern, host))
                return nears[n].rule;
    }
    return NO_MATCH;
}

size_t probe_match_host(const char *mx, size_t mx_count, const char *name, struct probe_findings *findings)
{
    const struct host host = host_of(name);
    size_t at = mx_count;

    if (domain_fault(host.name, host.len) != DOMAIN_FINE) {
        add(findings, HOST_FAULT, name);
        return mx_count;
    }
    const char *pattern = best_match(mx, mx_count, &host, &at);
    if (pattern == NULL) {
        add(findings, near_rule(mx, mx_count, &host), name);
        return mx_count;
    }
    if (name[host.len] == '.')
        add(findings, FINAL_DOT, name);
    (void)count_minds(pattern, &host, findings);
    return at;
}

void probe_match_unused(const char *mx, size_t mx_count, const char *const *hosts, size_t host_count,
                        struct probe_findings *findings)
{
    for (size_t i = 0; i < mx_count; i++, mx += strlen(mx) + 1) {
        bool used = policy_mx_fault(mx, strlen(mx)) != DOMAIN_FINE;
        for (size_t k = 0; k < host_count && !used; k++)
            used = policy_mx_match(mx, hosts[k]);
        if (!used)
            add(findings, UNUSED, mx);
    }
}

const struct probe_rule *probe_match_rules(size_t *count)
{
    *count = RULES;
    return rules;
}
