/* The rules that a policy can break, for the files that read one: policy.c and policy_field.c. */
#ifndef READ_POLICY_RULES_H
#define READ_POLICY_RULES_H

#include "base/buf.h"
#include "policy/domain.h"
#include "read/finding.h"

enum {
    BODY_LARGE,
    BODY_LONG,
    BODY_OTHER,
    BODY_EMPTY,
    BODY_BOM,
    ENDS_LF,
    ENDS_MIXED,
    ENDS_CR,
    LINE_EMPTY,
    LINE_WHITE,
    LINE_NO_COLON,
    SPACE_LEADING,
    SPACE_BEFORE_COLON,
    SPACE_MISSING,
    SPACE_TRAILING,
    KEY_CASE,
    KEY_REPEATED,
    KEY_REPEATED_BADLY,
    KEY_MISSING,
    EXT_NAME,
    EXT_EMPTY,
    EXT_CONTROL,
    EXT_NOT_ASCII,
    EXT_COLON,
    EXT,
    VERSION_BAD,
    VERSION_LATE,
    MODE_BAD,
    MODE_CASE,
    MODE_NONE,
    MODE_NONE_NO_MX,
    AGE_BAD,
    AGE_LARGE,
    AGE_DIGITS,
    AGE_ZERO,
    AGE_SHORT,
    AGE_WEEK,
    MX_MISSING,
    MX_FAULT = MX_MISSING,                       /* and behind it the faults of names, in their order */
    POLICY_RULES = MX_FAULT + DOMAIN_POLICY_LONG /* which no mx has */
};

extern const struct probe_rule probe_policy_rule[POLICY_RULES];

/* Adds what is wrong with an mx that has FAULT, and what to write instead, to OUT. */
void probe_policy_fault_says(enum domain_fault fault, struct buf *out);

/* Adds what RULE, of any table, says to OUT. Only the faults of names in the table above have their words elsewhere. */
void probe_policy_rule_says(const struct probe_rule *rule, struct buf *out);

#endif
