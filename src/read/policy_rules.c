#include "read/policy_rules.h"
#include "base/buf.h"
#include "policy/domain.h"
#include "read/finding.h"
#include "read/share.h"
#include <stddef.h>

enum { SENDERS = PROBE_SENDERS_POLICY };

#define RFC_POLICY "RFC 8461 3.2"
#define RFC_SIZE "RFC 8461 3.3"
#define RFC_AGE "RFC 8461 10.2"
#define RFC_NONE "RFC 8461 8.3"
#define RFC_NAME "RFC 8461 3.2, RFC 5321 4.1.2"

const struct probe_rule probe_policy_rule[POLICY_RULES] = {
    [BODY_LARGE] = { "size", PROBE_FAIL, 0, 0, 0,
                     "the policy is over 65,536 bytes, the rest of which was not read; write fewer mx lines, or wildcards",
                     RFC_SIZE },
    [BODY_LONG] = { "size-truncated", PROBE_WARN, 0, 0, 0,
                    "the policy is over 10,240 bytes, where one sender implementation cuts it; write fewer mx lines, or "
                    "wildcards",
                    RFC_SIZE },
    [BODY_OTHER] = { "not-a-policy", PROBE_FAIL, 17, 17, SENDERS,
                     "is not a policy: no line is a version, mode, mx or max_age; serve what \"mta-sts show\" prints",
                     RFC_POLICY },
    [BODY_EMPTY] = { "empty", PROBE_FAIL, 14, 14, SENDERS, "the policy is empty; serve what \"mta-sts show\" prints",
                     RFC_POLICY },
    [BODY_BOM] = { "bom", PROBE_FAIL, 14, 14, SENDERS, "the policy begins with a UTF-8 byte order mark; save it without",
                   RFC_POLICY },
    [ENDS_LF] = { "line-end-lf", PROBE_OK, 0, 0, 0, "the lines end in LF, which all senders accept; the RFC's text says CRLF",
                  RFC_POLICY },
    [ENDS_MIXED] = { "line-end-mixed", PROBE_WARN, 1, 1, SENDERS, "has another line end than the first; end all lines in CRLF",
                     RFC_POLICY },
    [ENDS_CR] = { "line-end-cr", PROBE_FAIL, 6, 13, SENDERS, "has a CR without an LF after it; end all lines in CRLF",
                  RFC_POLICY },
    [LINE_EMPTY] = { "line-empty", PROBE_FAIL, 3, 3, SENDERS, "the line is empty; leave it out", RFC_POLICY },
    [LINE_WHITE] = { "line-white", PROBE_FAIL, 6, 6, SENDERS, "the line is white space; leave it out", RFC_POLICY },
    [LINE_NO_COLON] = { "no-colon", PROBE_FAIL, 7, 7, SENDERS,
                        "has no colon after a field's name; write \"name: value\", and no comments", RFC_POLICY },
    [SPACE_LEADING] = { "space-leading", PROBE_FAIL, 7, 7, SENDERS, "has white space before the field's name; leave it out",
                        RFC_POLICY },
    [SPACE_BEFORE_COLON] = { "space-before-colon", PROBE_FAIL, 6, 6, SENDERS, "has white space before the colon; leave it out",
                             RFC_POLICY },
    [SPACE_MISSING] = { "space-missing", PROBE_WARN, 1, 1, SENDERS, "has no space after the colon; write one", RFC_POLICY },
    [SPACE_TRAILING] = { "space-trailing", PROBE_WARN, 1, 1, SENDERS, "has white space at its end; leave it out", RFC_POLICY },
    [KEY_CASE] = { "key-case", PROBE_FAIL, 13, 14, SENDERS, "has capitals in the field's name; write it in lower case",
                   RFC_POLICY },
    [KEY_REPEATED] = { "repeated", PROBE_WARN, 3, 3, SENDERS,
                       "repeats a field: the first one counts, for some senders the last; keep one", RFC_POLICY },
    [KEY_REPEATED_BADLY] = { "repeated-badly", PROBE_WARN, 10, 11, SENDERS,
                             "repeats a field with a value that is not valid: the first one counts, for some senders the last; "
                             "leave this one out",
                             RFC_POLICY },
    [KEY_MISSING] = { "missing", PROBE_FAIL, 13, 13, SENDERS, "is missing; add a line for it", RFC_POLICY },
    [EXT_NAME] = { "unknown-name", PROBE_FAIL, 4, 7, SENDERS, "has no valid field's name before its colon; leave the line out",
                   RFC_POLICY },
    [EXT_EMPTY] = { "unknown-empty", PROBE_FAIL, 5, 5, SENDERS, "is an unknown field without a value; leave it out", RFC_POLICY },
    [EXT_CONTROL] = { "unknown-control", PROBE_FAIL, 5, 5, SENDERS,
                      "is an unknown field with a control character, or bytes that are not UTF-8; leave it out", RFC_POLICY },
    [EXT_NOT_ASCII] = { "unknown-not-ascii", PROBE_WARN, 5, 5, SENDERS, "is an unknown field that is not all ASCII; leave it out",
                        RFC_POLICY },
    [EXT_COLON] = { "unknown-colon", PROBE_WARN, 4, 4, SENDERS, "is an unknown field with a colon in its value; leave it out",
                    RFC_POLICY },
    [EXT] = { "unknown", PROBE_WARN, 3, 3, SENDERS, "is an unknown field, which senders are to ignore; leave it out",
              RFC_POLICY },
    [VERSION_BAD] = { "version", PROBE_FAIL, 15, 16, SENDERS, "is not a valid version; write STSv1", RFC_POLICY },
    [VERSION_LATE] = { "version-late", PROBE_OK, 0, 0, 0, "stands before version, which Google asks to be first; move version up",
                       RFC_POLICY },
    [MODE_BAD] = { "mode", PROBE_FAIL, 17, 17, SENDERS, "is not a valid mode; write enforce, testing or none", RFC_POLICY },
    [MODE_CASE] = { "mode-case", PROBE_FAIL, 13, 13, SENDERS, "has capitals; write the mode in lower case", RFC_POLICY },
    [MODE_NONE] = { "mode-none", PROBE_WARN, 2, 2, SENDERS,
                    "is a mode that some senders refuse, so that an older policy may stay in force; serve it until all older "
                    "policies have expired",
                    RFC_NONE },
    [MODE_NONE_NO_MX] = { "mode-none-without-mx", PROBE_WARN, 4, 4, SENDERS,
                          "has no mx beside it; keep the mx lines in this mode, too", RFC_POLICY },
    [AGE_BAD] = { "max-age", PROBE_FAIL, 6, 17, SENDERS, "is not a valid max_age; write seconds, in digits alone, such as 604800",
                  RFC_POLICY },
    [AGE_LARGE] = { "max-age-large", PROBE_FAIL, 9, 17, SENDERS, "is more than max_age may be; write 31557600 or less",
                    RFC_POLICY },
    [AGE_DIGITS] = { "max-age-digits", PROBE_FAIL, 3, 3, SENDERS, "has over ten digits; leave the zeros out", RFC_POLICY },
    [AGE_ZERO] = { "max-age-zero", PROBE_WARN, 5, 5, SENDERS,
                   "means that senders forget the policy at once; write 86400 (a day) at least", RFC_AGE },
    [AGE_SHORT] = { "max-age-short", PROBE_WARN, 1, 1, SENDERS, "is under a day; write 86400 (a day) at least", RFC_AGE },
    [AGE_WEEK] = { "max-age-week", PROBE_OK, 0, 0, 0, "is under a week, with mode enforce; 604800 or more protects better",
                   RFC_AGE },
    [MX_MISSING] = { "mx-missing", PROBE_FAIL, 14, 14, SENDERS, "there is no mx; add one for the host of each MX record",
                     RFC_POLICY },
    /* probe_policy_fault_says() has the words. */
    [MX_FAULT + DOMAIN_EMPTY] = { "mx-empty", PROBE_FAIL, 7, 10, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_DOT_LAST] = { "mx-dot", PROBE_FAIL, 5, 5, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_NOT_ASCII] = { "mx-not-ascii", PROBE_FAIL, 7, 7, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_ADDRESS] = { "mx-address", PROBE_FAIL, 2, 9, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_NUMBER] = { "mx-number", PROBE_FAIL, 0, 0, 0, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_UNDERSCORE] = { "mx-underscore", PROBE_FAIL, 6, 6, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_CHARACTER] = { "mx-character", PROBE_FAIL, 6, 9, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_HYPHEN] = { "mx-hyphen", PROBE_FAIL, 5, 5, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_LABEL_EMPTY] = { "mx-label-empty", PROBE_FAIL, 6, 6, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_LABEL_LONG] = { "mx-label-long", PROBE_FAIL, 2, 2, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_LONG] = { "mx-long", PROBE_FAIL, 1, 1, SENDERS, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_WILDCARD] = { "mx-wildcard", PROBE_FAIL, 6, 7, SENDERS, NULL, RFC_NAME },
};

void probe_policy_fault_says(enum domain_fault fault, struct buf *out)
{
    const char *advice = domain_fault_advice(fault);

    buf_print(out, "%s; write %s", domain_fault_phrase(fault), advice != NULL ? advice : "it without");
}

void probe_policy_rule_says(const struct probe_rule *rule, struct buf *out)
{
    if (rule->says != NULL)
        buf_print(out, "%s", rule->says);
    else
        probe_policy_fault_says((enum domain_fault)(rule - &probe_policy_rule[MX_FAULT]), out);
}
