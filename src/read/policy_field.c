#include "read/policy_field.h"

#include "base/buf.h"
#include "base/near.h"
#include "base/utf8.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "read/finding.h"
#include "read/policy_rules.h"
#include "read/span.h"

#include <stdint.h>
#include <string.h>

enum { DAY = 86400, AGE_DIGITS_MAX = 10, WORD_MAX = 8, FAR_LEN = 4 };

static const struct probe_rule *read_version(struct span value, struct probe_policy *policy)
{
    (void)policy;
    return span_is(value, "STSv1") ? NULL : &probe_policy_rule[VERSION_BAD];
}

static const struct probe_rule *read_mode(struct span value, struct probe_policy *policy)
{
    char word[WORD_MAX] = "", lower[DOMAIN_MAX + 1];

    if (value.len >= WORD_MAX || memchr(value.at, '\0', value.len) != NULL)
        return &probe_policy_rule[MODE_BAD];
    memcpy(word, value.at, value.len);
    domain_normal(value.at, value.len, lower);
    if (policy_mode_read(word, &policy->mode)) {
        policy->has_mode = true;
        return NULL;
    }
    /* Those senders that take it take it for what it is in lower case. */
    policy->has_mode = policy_mode_read(lower, &policy->mode);
    return &probe_policy_rule[policy->has_mode ? MODE_CASE : MODE_BAD];
}

/* False where VALUE is not all digits. A number that is too large is written as some number over POLICY_MAX_AGE_MAX. */
static bool read_digits(struct span value, uint32_t *number)
{
    uint32_t n = 0;

    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return false;
        if (n <= POLICY_MAX_AGE_MAX)
            n = n * 10 + (uint32_t)(value.at[i] - '0');
    }
    *number = n;
    return value.len > 0;
}

static const struct probe_rule *read_max_age(struct span value, struct probe_policy *policy)
{
    uint32_t n;

    if (!read_digits(value, &n))
        return &probe_policy_rule[AGE_BAD];
    if (n > POLICY_MAX_AGE_MAX)
        return &probe_policy_rule[AGE_LARGE];
    if (value.len > AGE_DIGITS_MAX)
        return &probe_policy_rule[AGE_DIGITS];
    policy->has_max_age = true;
    policy->max_age = n;
    if (n >= DAY)
        return NULL;
    return &probe_policy_rule[n == 0 ? AGE_ZERO : AGE_SHORT];
}

static const struct {
    const char *name;
    const struct probe_rule *(*read)(struct span value, struct probe_policy *policy); /* NULL: the field may be repeated */
} fields[PROBE_FIELDS] = {
    [PROBE_FIELD_VERSION] = { "version", read_version },
    [PROBE_FIELD_MODE] = { "mode", read_mode },
    [PROBE_FIELD_MAX_AGE] = { "max_age", read_max_age },
    [PROBE_FIELD_MX] = { "mx", NULL },
};

const char *probe_policy_field_text(enum probe_policy_field field)
{
    return fields[field].name;
}

const char *probe_policy_field_meant(struct span name)
{
    char word[NEAR_MAX + 1] = "", lower[DOMAIN_MAX + 1];

    if (name.len > NEAR_MAX || memchr(name.at, '\0', name.len) != NULL)
        return NULL;
    memcpy(word, name.at, name.len);
    domain_normal(word, name.len, lower);
    for (size_t i = 0; i < PROBE_FIELDS; i++)
        if (near_distance(lower, fields[i].name) <= (strlen(fields[i].name) > FAR_LEN ? 2 : 1))
            return fields[i].name;
    return NULL;
}

const struct probe_rule *probe_policy_field_read(enum probe_policy_field field, struct span value, struct probe_policy *policy)
{
    return fields[field].read(value, policy);
}

/* Keeps the pattern as written, valid or not, unless it holds a NUL. */
static void keep_pattern(struct span value, struct probe_policy *policy)
{
    if (value.len == 0 || memchr(value.at, '\0', value.len) != NULL)
        return;
    buf_add(&policy->mx, value.at, value.len);
    buf_add(&policy->mx, "", 1);
    policy->mx_count++;
}

void probe_policy_field_add_mx(struct span value, unsigned line, struct probe_policy *policy)
{
    enum domain_fault fault = policy_mx_fault(value.at, value.len);
    struct buf says = { 0 };

    keep_pattern(value, policy);
    if (fault == DOMAIN_FINE)
        return;
    probe_policy_fault_says(fault, &says);
    probe_findings_add_saying(&policy->findings, &probe_policy_rule[MX_FAULT + (int)fault], line, value, &says);
}

const struct probe_rule *probe_policy_field_unknown(struct span name, struct span value)
{
    const unsigned char *bytes = (const unsigned char *)value.at;
    unsigned character;
    bool ascii = true;

    if (!span_is_field_name(name))
        return &probe_policy_rule[EXT_NAME];
    if (value.len == 0)
        return &probe_policy_rule[EXT_EMPTY];
    for (size_t i = 0, n; i < value.len; i += n) {
        n = utf8_read(bytes + i, value.len - i, &character);
        if (n == 0 || character < ' ' || character == 0x7f)
            return &probe_policy_rule[EXT_CONTROL];
        ascii &= n == 1;
    }
    if (!ascii)
        return &probe_policy_rule[EXT_NOT_ASCII];
    return &probe_policy_rule[memchr(value.at, ':', value.len) != NULL ? EXT_COLON : EXT];
}
