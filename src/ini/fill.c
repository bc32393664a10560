#include "ini/fill.h"

#include "base/buf.h"
#include "base/near.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <string.h>

#define WRITE "; write " FILL_WORD ", which stands for the name of the domain"

enum { WORD_LEN = sizeof FILL_WORD - 1, WILDCARD_LEN = 2 };

bool fill_has_brace(const char *text, size_t len)
{
    return memchr(text, '{', len) != NULL || memchr(text, '}', len) != NULL;
}

static bool is_word(const char *text, size_t len)
{
    return len >= WORD_LEN && domain_same(text, FILL_WORD, WORD_LEN);
}

/* Returns NULL, or a phrase about the brace at the beginning of TEXT, which is not that of {domain}. */
static const char *brace_fault(const char *text, size_t len)
{
    if (text[0] == '}')
        return "has a } without its {" WRITE;
    if (memchr(text, '}', len) == NULL)
        return "has a { without its }" WRITE;
    return "has another word in braces" WRITE;
}

const char *fill_fault(const char *word, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        if (is_word(word + at, len - at))
            at += WORD_LEN - 1;
        else if (word[at] == '{' || word[at] == '}')
            return brace_fault(word + at, len - at);
    }
    return NULL;
}

/* True if the letters at TEXT are nearly "domain". */
static bool is_near(const char *text, size_t len)
{
    char letters[NEAR_MAX + 1];
    size_t n = 0;

    for (; n < len && n < NEAR_MAX && domain_lower(text[n]) >= 'a' && domain_lower(text[n]) <= 'z'; n++)
        letters[n] = domain_lower(text[n]);
    letters[n] = '\0';
    return near_distance(letters, "domain") <= 2;
}

const char *fill_near_fault(const char *word, size_t len)
{
    for (size_t at = 0; at < len; at++)
        if (word[at] == '{' && !is_word(word + at, len - at) && is_near(word + at + 1, len - at - 1))
            return brace_fault(word + at, len - at);
    return NULL;
}

/* Returns the length of TEXT before its first {domain}. */
static size_t length_before_word(const char *text, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        const char *brace = memchr(text + at, '{', len - at);
        if (brace == NULL)
            return len;
        at = (size_t)(brace - text);
        if (is_word(brace, len - at))
            return at;
    }
    return len;
}

void fill_add(struct buf *out, const char *text, size_t len, const char *domain)
{
    const size_t domain_len = strlen(domain);

    for (size_t n; len > 0; text += n, len -= n) {
        n = length_before_word(text, len);
        buf_add(out, text, n);
        if (n == len)
            return;
        buf_add(out, domain, domain_len);
        n += WORD_LEN;
    }
}

enum domain_fault fill_mx_fault(const char *pattern, size_t len, const char *domain)
{
    char name[DOMAIN_MAX + WILDCARD_LEN + 1];
    const size_t domain_len = strlen(domain);
    size_t used = 0;

    if (memchr(pattern, '{', len) == NULL)
        return policy_mx_fault(pattern, len);
    for (size_t n; len > 0; pattern += n, len -= n) {
        bool word = is_word(pattern, len);
        const char *from = word ? domain : pattern;
        size_t more = word ? domain_len : 1;
        if (more > sizeof name - used)
            return DOMAIN_LONG;
        memcpy(name + used, from, more);
        used += more;
        n = word ? WORD_LEN : 1;
    }
    return policy_mx_fault(name, used);
}

enum domain_fault fill_mx_fault_of_all(const char *pattern, size_t len)
{
    return fill_mx_fault(pattern, len, "a.b");
}

bool fill_policy(struct buf *out, const char *policy, size_t len, const char *domain)
{
    static const char mx[] = "mx: ";
    const size_t before = out->len, key = sizeof mx - 1;

    for (size_t at = 0, n; at < len; at += n) {
        const char *line = policy + at, *end = memchr(line, '\n', len - at);
        n = end != NULL ? (size_t)(end - line) + 1 : len - at;
        size_t host = n > key && memcmp(line, mx, key) == 0 ? strcspn(line + key, "\r\n") : 0;
        if (host > 0 && fill_mx_fault(line + key, host, domain) != DOMAIN_FINE)
            return false;
        fill_add(out, line, n, domain);
    }
    return !out->failed && out->len - before <= POLICY_BYTES_MAX;
}
