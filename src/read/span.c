#include "read/span.h"

#include "policy/domain.h"

#include <string.h>

enum { FIELD_NAME_MAX = 32 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_alphanumeric(char c)
{
    return (domain_lower(c) >= 'a' && domain_lower(c) <= 'z') || (c >= '0' && c <= '9');
}

struct span span_of(const char *text)
{
    return (struct span) { text, text != NULL ? strlen(text) : 0 };
}

struct span span_without_leading(struct span s)
{
    for (; s.len > 0 && is_space(s.at[0]); s.at++)
        s.len--;
    return s;
}

struct span span_without_trailing(struct span s)
{
    while (s.len > 0 && is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

bool span_is(struct span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

bool span_is_but_case(struct span s, const char *text)
{
    return s.len == strlen(text) && domain_same(s.at, text, s.len);
}

bool span_is_alphanumeric(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_alphanumeric(s.at[i]))
            return false;
    return s.len > 0;
}

bool span_is_field_name(struct span s)
{
    if (s.len == 0 || s.len > FIELD_NAME_MAX || !is_alphanumeric(s.at[0]))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (!is_alphanumeric(s.at[i]) && s.at[i] != '_' && s.at[i] != '-' && s.at[i] != '.')
            return false;
    return true;
}
