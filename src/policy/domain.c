#include "policy/domain.h"

#include <string.h>

enum { LABEL_MAX = 63, PORT_DIGITS_MAX = 5 };

static const struct {
    const char *phrase, *advice;
} faults[DOMAIN_FAULTS] = {
    [DOMAIN_FINE] = { "is a host name", "it as it is" },
    [DOMAIN_EMPTY] = { "is empty", "a host name" },
    [DOMAIN_DOT_LAST] = { "ends in a dot", NULL },
    [DOMAIN_NOT_ASCII] = { "is not ASCII", "its A-label (xn--...), as \"idn2\" prints it" },
    [DOMAIN_ADDRESS] = { "is an IP address", "a host name" },
    [DOMAIN_NUMBER] = { "ends in a number", "a host name, without the preference of an MX record" },
    [DOMAIN_UNDERSCORE] = { "contains an underscore", "a host name: letters, digits, hyphens and dots" },
    [DOMAIN_CHARACTER] = { "is not a valid host name", "letters, digits, hyphens and dots only" },
    [DOMAIN_HYPHEN] = { "has a label that begins or ends in a hyphen", "hyphens inside labels only" },
    [DOMAIN_LABEL_EMPTY] = { "has an empty label", "one dot between labels" },
    [DOMAIN_LABEL_LONG] = { "has a label of over 63 characters", "a shorter one" },
    [DOMAIN_LONG] = { "is longer than 253 characters", "a shorter one" },
    [DOMAIN_POLICY_LONG] = { "is longer than 242 characters", "a shorter one: _smtp._tls.<domain> may have 253" },
    [DOMAIN_WILDCARD] = { "has a * in the wrong place", "\"*.\" and a domain, as in *.example.org" },
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char domain_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void domain_normal(const char *name, size_t len, char domain[DOMAIN_MAX + 1])
{
    for (size_t i = 0; i < len; i++)
        domain[i] = domain_lower(name[i]);
    domain[len] = '\0';
}

bool domain_same(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (domain_lower(a[i]) != domain_lower(b[i]))
            return false;
    return true;
}

const char *domain_fault_phrase(enum domain_fault fault)
{
    return faults[fault].phrase;
}

const char *domain_fault_advice(enum domain_fault fault)
{
    return faults[fault].advice;
}

static bool all_of(const char *s, size_t len, const char *set)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] == '\0' || strchr(set, s[i]) == NULL)
            return false;
    return true;
}

static bool looks_like_address(const char *name, size_t len)
{
    /* An address literal of SMTP, [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 4.1.3). */
    if (len > 0 && name[0] == '[') {
        name++;
        len -= len > 1 && name[len - 2] == ']' ? 2 : 1;
        if (len >= 5 && domain_same(name, "IPv6:", 5))
            return true;
    }
    if (all_of(name, len, "0123456789."))
        return memchr(name, '.', len) != NULL;
    const char *colon = memchr(name, ':', len);
    return colon != NULL && memchr(colon + 1, ':', len - (size_t)(colon + 1 - name)) != NULL &&
           all_of(name, len, "0123456789abcdefABCDEF:.");
}

static enum domain_fault character_fault(const char *name, size_t len)
{
    bool underscore = false;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)name[i] >= 0x80)
            return DOMAIN_NOT_ASCII;
        if (name[i] == '_')
            underscore = true;
        else if (!is_letter(name[i]) && !is_digit(name[i]) && name[i] != '-' && name[i] != '.')
            return DOMAIN_CHARACTER;
    }
    return underscore ? DOMAIN_UNDERSCORE : DOMAIN_FINE;
}

static enum domain_fault label_fault(const char *label, size_t len)
{
    if (len == 0)
        return DOMAIN_LABEL_EMPTY;
    if (len > LABEL_MAX)
        return DOMAIN_LABEL_LONG;
    return label[0] == '-' || label[len - 1] == '-' ? DOMAIN_HYPHEN : DOMAIN_FINE;
}

static enum domain_fault labels_fault(const char *name, size_t len)
{
    const char *end = name + len, *label = name;
    for (;;) {
        const char *dot = memchr(label, '.', (size_t)(end - label));
        size_t n = (size_t)((dot != NULL ? dot : end) - label);
        enum domain_fault fault = label_fault(label, n);
        if (fault != DOMAIN_FINE)
            return fault;
        if (dot == NULL)
            return all_of(label, n, "0123456789") ? DOMAIN_NUMBER : DOMAIN_FINE;
        label = dot + 1;
    }
}

enum domain_fault domain_fault(const char *name, size_t len)
{
    if (len == 0)
        return DOMAIN_EMPTY;
    if (looks_like_address(name, len))
        return DOMAIN_ADDRESS;
    enum domain_fault fault = character_fault(name, len);
    if (fault != DOMAIN_FINE)
        return fault;
    if (len > 1 && name[len - 1] == '.' && name[len - 2] != '.')
        return DOMAIN_DOT_LAST;
    if (len > DOMAIN_MAX)
        return DOMAIN_LONG;
    return labels_fault(name, len);
}

enum domain_fault domain_policy_fault(const char *name, size_t len)
{
    enum domain_fault fault = domain_fault(name, len);

    return fault == DOMAIN_FINE && len > DOMAIN_POLICY_MAX ? DOMAIN_POLICY_LONG : fault;
}

/* Returns the length of HOST without ":<port>" and one final dot, or 0 if the text after the colon is not a port. */
static size_t bare_length(const char *host, size_t len)
{
    const char *colon = memchr(host, ':', len);
    if (colon != NULL) {
        size_t digits = len - (size_t)(colon + 1 - host);
        if (digits > PORT_DIGITS_MAX || !all_of(colon + 1, digits, "0123456789"))
            return 0;
        len = (size_t)(colon - host);
    }
    return len > 0 && host[len - 1] == '.' ? len - 1 : len;
}

bool domain_from_host(const char *host, char domain[DOMAIN_MAX + 1])
{
    const size_t prefix = sizeof DOMAIN_POLICY_HOST_PREFIX - 1;

    domain[0] = '\0';
    if (host == NULL)
        return false;
    size_t len = bare_length(host, strlen(host));
    if (len <= prefix || !domain_same(host, DOMAIN_POLICY_HOST_PREFIX, prefix) ||
        domain_policy_fault(host + prefix, len - prefix) != DOMAIN_FINE)
        return false;
    domain_normal(host + prefix, len - prefix, domain);
    return true;
}
