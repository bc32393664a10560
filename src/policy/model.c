#include "policy/model.h"

#include "base/hash.h"
#include "policy/domain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const mode_names[] = {
    [POLICY_TESTING] = "testing",
    [POLICY_ENFORCE] = "enforce",
    [POLICY_NONE] = "none",
};

static const struct {
    char unit;
    uint32_t seconds;
} units[] = { { '\0', 1 }, { 'd', 86400 }, { 'w', 604800 } };

const char *policy_mode_text(enum policy_mode mode)
{
    return mode_names[mode];
}

bool policy_mode_read(const char *text, enum policy_mode *mode)
{
    for (size_t i = 0; i < sizeof mode_names / sizeof mode_names[0]; i++) {
        if (strcmp(text, mode_names[i]) == 0) {
            *mode = (enum policy_mode)i;
            return true;
        }
    }
    return false;
}

bool policy_max_age_read(const char *text, uint32_t *seconds)
{
    uint64_t n = 0;
    const char *p = text;

    for (; *p >= '0' && *p <= '9'; p++) {
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > POLICY_MAX_AGE_MAX)
            return false;
    }
    if (p == text)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (*p != units[i].unit || (*p != '\0' && p[1] != '\0'))
            continue;
        n *= units[i].seconds;
        if (n > POLICY_MAX_AGE_MAX)
            return false;
        *seconds = (uint32_t)n;
        return true;
    }
    return false;
}

enum domain_fault policy_mx_fault(const char *pattern, size_t len)
{
    bool wildcard = len >= 2 && pattern[0] == '*' && pattern[1] == '.';
    const char *name = wildcard ? pattern + 2 : pattern;
    size_t n = wildcard ? len - 2 : len;

    if (memchr(name, '*', n) != NULL || (wildcard && n == 0))
        return DOMAIN_WILDCARD;
    return domain_fault(name, n);
}

bool policy_mx_match(const char *pattern, const char *host)
{
    size_t len = strlen(host);

    if (len > 0 && host[len - 1] == '.')
        len--;
    if (pattern[0] == '*') {
        const char *dot = memchr(host, '.', len);
        if (dot == NULL || dot == host)
            return false;
        pattern++;
        len -= (size_t)(dot - host);
        host = dot;
    }
    return strlen(pattern) == len && domain_same(pattern, host, len);
}

/* Formats text after the *USED bytes in OUT, and adds its full length to *USED, even if OUT is full. */
__attribute__((format(printf, 4, 5))) static void add(char *out, size_t size, size_t *used, const char *format, ...)
{
    va_list args;
    size_t room = *used < size ? size - *used : 0;

    va_start(args, format);
    int n = vsnprintf(room > 0 ? out + *used : NULL, room, format, args);
    va_end(args);
    *used += n > 0 ? (size_t)n : 0;
}

size_t policy_render(const struct policy *policy, char *out, size_t size)
{
    size_t used = 0;
    const char *mx = policy->mx;

    add(out, size, &used, "version: STSv1\r\nmode: %s\r\n", mode_names[policy->mode]);
    for (size_t i = 0; i < policy->mx_count; i++, mx += strlen(mx) + 1)
        add(out, size, &used, "mx: %s\r\n", mx);
    add(out, size, &used, "max_age: %" PRIu32 "\r\n", policy->max_age);
    return used;
}

void policy_id(const char *bytes, size_t len, char id[POLICY_ID_SIZE])
{
    uint64_t hash = HASH_EMPTY;

    for (size_t i = 0; i < len; i++)
        hash = hash_add(hash, bytes[i]);
    (void)snprintf(id, POLICY_ID_SIZE, "%016" PRIx64, hash);
}

/* Returns the length of the IP address in brackets at the beginning of URI's host (RFC 3986 3.2.2), or 0. */
static size_t bracketed(const char *uri, size_t len)
{
    static const char digits[] = "0123456789abcdefABCDEF:.";
    size_t n = 1;

    if (len == 0 || uri[0] != '[')
        return 0;
    while (n < len && memchr(digits, uri[n], sizeof digits - 1) != NULL)
        n++;
    return n > 1 && n < len && uri[n] == ']' ? n + 1 : 0;
}

static bool all_allowed(const char *uri, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (uri[i] <= ' ' || uri[i] > '~' || strchr("!;\"\\[]", uri[i]) != NULL)
            return false;
    return true;
}

bool policy_is_report_uri(const char *uri, size_t len)
{
    static const char mailto[] = "mailto:", https[] = "https://";
    const size_t mailto_len = sizeof mailto - 1, https_len = sizeof https - 1;

    if (len > mailto_len + 1 && memcmp(uri, mailto, mailto_len) == 0)
        return all_allowed(uri, len) && memchr(uri + mailto_len + 1, '@', len - mailto_len - 1) != NULL;
    if (len <= https_len || memcmp(uri, https, https_len) != 0)
        return false;
    size_t host = https_len + bracketed(uri + https_len, len - https_len);
    return all_allowed(uri + host, len - host);
}
