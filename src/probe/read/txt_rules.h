/* The rules that the TXT records of MTA-STS and TLSRPT can break, for txt.c. */
#ifndef PROBE_READ_TXT_RULES_H
#define PROBE_READ_TXT_RULES_H

#include "read/finding.h"

enum {
    ABSENT,
    NO_VERSION,
    FOREIGN,
    QUOTES,
    TWO_RECORDS,
    OTHER_RECORD,
    SPACE_SEMICOLON,
    SPACE_TRAILING,
    SPACE_EQUALS,
    FIELD_EMPTY,
    FIELD_NO_EQUALS,
    FIELD_CASE,
    FIELD_REPEATED,
    FIELD_MISSING,
    VERSION_REPEATED,
    EXT_BAD,
    EXT,
    VALUE_BAD,
    VALUE_EMPTY,
    VALUE_QUOTES,
    TLSRPT_RULES,
    VALUE_LONG = TLSRPT_RULES, /* for an id only */
    STS_RULES
};

extern const struct probe_rule probe_txt_rule[STS_RULES];
extern const struct probe_rule probe_tlsrpt_rule[TLSRPT_RULES];

#endif
