#include "probe/read/policy.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/read/finding.h"
#include "probe/read/span.h"

#include <stdint.h>
#include <string.h>

enum { TRUNCATED_AT = 10240, DAY = 86400, WEEK = 7 * DAY, AGE_DIGITS_MAX = 10, WORD_MAX = 8 };

enum rule {
    FINE, /* none */
    BODY_LARGE,
    BODY_LONG,
    BODY_OTHER,
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
    MX_MISSING
};

/* Behind these, the faults of names in their order; no mx has DOMAIN_POLICY_LONG. The enum has no name, so that compilers let it
 * be added to another. */
enum { MX_FAULT = MX_MISSING, RULES = MX_FAULT + DOMAIN_POLICY_LONG };

#define RFC_POLICY "RFC 8461 3.2"
#define RFC_SIZE "RFC 8461 3.3"
#define RFC_AGE "RFC 8461 10.2"
#define RFC_NONE "RFC 8461 8.3"
#define RFC_NAME "RFC 8461 3.2, RFC 5321 4.1.2"

static const struct probe_rule rules[RULES] = {
    [BODY_LARGE] = { "size", PROBE_FAIL, 0, 0,
                     "the policy is over 65,536 bytes, the rest of which was not read; write fewer mx lines, or wildcards",
                     RFC_SIZE },
    [BODY_LONG] = { "size-truncated", PROBE_WARN, 0, 0,
                    "the policy is over 10,240 bytes, where one sender implementation cuts it; write fewer mx lines, or "
                    "wildcards",
                    RFC_SIZE },
    [BODY_OTHER] = { "not-a-policy", PROBE_FAIL, 14, 17,
                     "is no policy, none of its lines being one of version, mode, mx or max_age; serve the policy", RFC_POLICY },
    [BODY_BOM] = { "bom", PROBE_FAIL, 14, 14, "the policy begins with a UTF-8 byte order mark; save it without", RFC_POLICY },
    [ENDS_LF] = { "line-end-lf", PROBE_OK, 0, 0, "the lines end in LF, which all take; CRLF is what the RFC's text says",
                  RFC_POLICY },
    [ENDS_MIXED] = { "line-end-mixed", PROBE_WARN, 1, 1, "has another line end than the first; end all lines in CRLF",
                     RFC_POLICY },
    [ENDS_CR] = { "line-end-cr", PROBE_FAIL, 6, 13, "has a CR without an LF after it; end all lines in CRLF", RFC_POLICY },
    [LINE_EMPTY] = { "line-empty", PROBE_FAIL, 3, 3, "the line is empty; leave it out", RFC_POLICY },
    [LINE_WHITE] = { "line-white", PROBE_FAIL, 6, 6, "the line is white space; leave it out", RFC_POLICY },
    [LINE_NO_COLON] = { "no-colon", PROBE_FAIL, 7, 7, "has no colon after a field's name; write \"name: value\", and no comments",
                        RFC_POLICY },
    [SPACE_LEADING] = { "space-leading", PROBE_FAIL, 7, 7, "has white space before the field's name; leave it out", RFC_POLICY },
    [SPACE_BEFORE_COLON] = { "space-before-colon", PROBE_FAIL, 6, 6, "has white space before the colon; leave it out",
                             RFC_POLICY },
    [SPACE_MISSING] = { "space-missing", PROBE_WARN, 1, 1, "has no space after the colon; write one", RFC_POLICY },
    [SPACE_TRAILING] = { "space-trailing", PROBE_WARN, 1, 1, "has white space at its end; leave it out", RFC_POLICY },
    [KEY_CASE] = { "key-case", PROBE_FAIL, 13, 14, "has capitals in the field's name; write it in lower case", RFC_POLICY },
    [KEY_REPEATED] = { "repeated", PROBE_WARN, 3, 3,
                       "is a field for the second time: the first one counts, for some senders the last; keep one", RFC_POLICY },
    [KEY_REPEATED_BADLY] = { "repeated-badly", PROBE_WARN, 10, 11,
                             "is a field for the second time, and no valid one: the first one counts, for some senders the last; "
                             "leave this one out",
                             RFC_POLICY },
    [KEY_MISSING] = { "missing", PROBE_FAIL, 13, 13, "is missing; write a line that has it", RFC_POLICY },
    [EXT_NAME] = { "unknown-name", PROBE_FAIL, 4, 7, "has no valid field's name before its colon; leave the line out",
                   RFC_POLICY },
    [EXT_EMPTY] = { "unknown-empty", PROBE_FAIL, 5, 5, "is an unknown field without a value; leave it out", RFC_POLICY },
    [EXT_CONTROL] = { "unknown-control", PROBE_FAIL, 5, 5,
                      "is an unknown field with a control character, or bytes that are not UTF-8; leave it out", RFC_POLICY },
    [EXT_NOT_ASCII] = { "unknown-not-ascii", PROBE_WARN, 5, 5, "is an unknown field that is not all ASCII; leave it out",
                        RFC_POLICY },
    [EXT_COLON] = { "unknown-colon", PROBE_WARN, 4, 4, "is an unknown field with a colon in its value; leave it out",
                    RFC_POLICY },
    [EXT] = { "unknown", PROBE_WARN, 3, 3, "is an unknown field, which senders are to ignore; leave it out", RFC_POLICY },
    [VERSION_BAD] = { "version", PROBE_FAIL, 15, 16, "is no version; write STSv1", RFC_POLICY },
    [VERSION_LATE] = { "version-late", PROBE_OK, 0, 0, "stands before version, which Google asks to be first; move version up",
                       RFC_POLICY },
    [MODE_BAD] = { "mode", PROBE_FAIL, 17, 17, "is no mode; write enforce, testing or none", RFC_POLICY },
    [MODE_CASE] = { "mode-case", PROBE_FAIL, 13, 13, "has capitals; write the mode in lower case", RFC_POLICY },
    [MODE_NONE] = { "mode-none", PROBE_WARN, 2, 2,
                    "is a mode that some senders refuse, so that an older policy may stay in force; keep it until all of those "
                    "have expired",
                    RFC_NONE },
    [MODE_NONE_NO_MX] = { "mode-none-without-mx", PROBE_WARN, 4, 4, "has no mx beside it; keep the mx lines in this mode, too",
                          RFC_POLICY },
    [AGE_BAD] = { "max-age", PROBE_FAIL, 6, 17, "is no max_age; write seconds, in digits alone, such as 604800", RFC_POLICY },
    [AGE_LARGE] = { "max-age-large", PROBE_FAIL, 9, 17, "is over the most that max_age may be; write 31557600 or less",
                    RFC_POLICY },
    [AGE_DIGITS] = { "max-age-digits", PROBE_FAIL, 3, 3, "has over ten digits; leave the zeros out", RFC_POLICY },
    [AGE_ZERO] = { "max-age-zero", PROBE_WARN, 5, 5, "seconds are no time at all; write 86400 (a day) at least", RFC_AGE },
    [AGE_SHORT] = { "max-age-short", PROBE_WARN, 1, 1, "seconds are under a day; write 86400 at least", RFC_AGE },
    [AGE_WEEK] = { "max-age-week", PROBE_OK, 0, 0, "is under a week, with mode enforce; weeks protect better", RFC_AGE },
    [MX_MISSING] = { "mx-missing", PROBE_FAIL, 14, 14, "there is no mx; write one for each MX record's host", RFC_POLICY },
    /* What each of these says, src/domain.c knows. */
    [MX_FAULT + DOMAIN_EMPTY] = { "mx-empty", PROBE_FAIL, 7, 10, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_DOT_LAST] = { "mx-dot", PROBE_FAIL, 5, 5, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_NOT_ASCII] = { "mx-not-ascii", PROBE_FAIL, 7, 7, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_ADDRESS] = { "mx-address", PROBE_FAIL, 2, 9, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_NUMBER] = { "mx-number", PROBE_FAIL, 0, 0, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_UNDERSCORE] = { "mx-underscore", PROBE_FAIL, 6, 6, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_CHARACTER] = { "mx-character", PROBE_FAIL, 6, 9, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_HYPHEN] = { "mx-hyphen", PROBE_FAIL, 5, 5, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_LABEL_EMPTY] = { "mx-label-empty", PROBE_FAIL, 6, 6, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_LABEL_LONG] = { "mx-label-long", PROBE_FAIL, 2, 2, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_LONG] = { "mx-long", PROBE_FAIL, 1, 1, NULL, RFC_NAME },
    [MX_FAULT + DOMAIN_WILDCARD] = { "mx-wildcard", PROBE_FAIL, 6, 7, NULL, RFC_NAME },
};

enum field { FIELD_VERSION, FIELD_MODE, FIELD_MAX_AGE, FIELD_MX, FIELDS, FIELD_UNKNOWN = FIELDS };

static const char *const field_names[FIELDS] = { "version", "mode", "max_age", "mx" };

struct reader {
    struct probe_policy *policy;
    unsigned line, line_of[FIELDS + 1]; /* of each field the first; 0: not there */
    char end;                           /* of the first line: '\n', or '\r' for CRLF */
    bool mixed, bare_cr;                /* told already */
};

static const struct span no_subject = { NULL, 0 };

static void add(struct reader *r, enum rule rule, unsigned line, struct span subject)
{
    const struct probe_about about = { line, subject.at, subject.len, NULL };

    probe_findings_add(&r->policy->findings, &rules[rule], PROBE_POLICY_SENDERS, &about);
}

/* --- values: the rule that each breaks, or FINE --- */

static enum rule read_version(struct span value, struct probe_policy *policy)
{
    (void)policy;
    return span_is(value, "STSv1") ? FINE : VERSION_BAD;
}

static enum rule read_mode(struct span value, struct probe_policy *policy)
{
    char word[WORD_MAX] = "", lower[DOMAIN_MAX + 1];

    if (value.len >= WORD_MAX || memchr(value.at, '\0', value.len) != NULL)
        return MODE_BAD;
    memcpy(word, value.at, value.len);
    domain_normal(value.at, value.len, lower);
    policy->has_mode = policy_mode_read(word, &policy->mode);
    if (policy->has_mode)
        return FINE;
    return policy_mode_read(lower, &policy->mode) ? MODE_CASE : MODE_BAD;
}

static enum rule read_max_age(struct span value, struct probe_policy *policy)
{
    uint32_t n = 0;

    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return AGE_BAD;
        if (n <= POLICY_MAX_AGE_MAX)
            n = n * 10 + (uint32_t)(value.at[i] - '0');
    }
    if (value.len == 0)
        return AGE_BAD;
    if (n > POLICY_MAX_AGE_MAX)
        return AGE_LARGE;
    if (value.len > AGE_DIGITS_MAX)
        return AGE_DIGITS;
    policy->has_max_age = true;
    policy->max_age = n;
    return n == 0 ? AGE_ZERO : n < DAY ? AGE_SHORT : FINE;
}

typedef enum rule value_fn(struct span value, struct probe_policy *policy);
static value_fn *const value_fns[FIELD_MX] = {
    [FIELD_VERSION] = read_version, [FIELD_MODE] = read_mode, [FIELD_MAX_AGE] = read_max_age
};

static void read_once(struct reader *r, enum field field, struct span line, struct span value)
{
    struct probe_policy ignored = { 0 };
    bool first = r->line_of[field] == 0;
    enum rule rule = value_fns[field](value, first ? r->policy : &ignored);

    if (first && rule != FINE)
        add(r, rule, r->line, value);
    if (!first)
        add(r, rules[rule].severity == PROBE_FAIL ? KEY_REPEATED_BADLY : KEY_REPEATED, r->line, line);
}

static void read_mx(struct reader *r, struct span value)
{
    struct probe_policy *policy = r->policy;
    enum domain_fault fault = policy_mx_fault(value.at, value.len);
    struct buf says = { 0 };

    if (value.len > 0 && memchr(value.at, '\0', value.len) == NULL) {
        buf_add(&policy->mx, value.at, value.len);
        buf_add(&policy->mx, "", 1);
        policy->mx_count++;
    }
    if (fault == DOMAIN_FINE)
        return;
    const char *advice = domain_fault_advice(fault);
    buf_print(&says, "%s; write %s", domain_fault_phrase(fault), advice != NULL ? advice : "it without");
    const struct probe_about about = { r->line, value.at, value.len, says.text };
    probe_findings_add(&policy->findings, &rules[MX_FAULT + fault], PROBE_POLICY_SENDERS, &about);
    policy->findings.failed |= says.failed;
    buf_free(&says);
}

/* --- fields that the RFC does not know --- */

/* What a byte of UTF-8 that is not ASCII begins with, and how it goes on (RFC 3629 4). */
static const struct {
    unsigned char first, last, low, high, len;
} utf8_forms[] = {
    { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
    { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* How many bytes of S, LEN of them, are its first character, one that is not ASCII; 0 where it is none. */
static size_t utf8_length(const unsigned char *s, size_t len)
{
    for (size_t i = 0; i < sizeof utf8_forms / sizeof utf8_forms[0]; i++) {
        if (s[0] < utf8_forms[i].first || s[0] > utf8_forms[i].last)
            continue;
        if (len < utf8_forms[i].len || s[1] < utf8_forms[i].low || s[1] > utf8_forms[i].high)
            return 0;
        for (size_t k = 2; k < utf8_forms[i].len; k++)
            if (s[k] < 0x80 || s[k] > 0xbf)
                return 0;
        return utf8_forms[i].len;
    }
    return 0;
}

/* Of what is wrong with an unknown field, the worst: that it is there at all is the least. */
static enum rule unknown_rule(struct span name, struct span value)
{
    const unsigned char *bytes = (const unsigned char *)value.at;
    bool ascii = true;

    if (!span_is_field_name(name))
        return EXT_NAME;
    if (value.len == 0)
        return EXT_EMPTY;
    for (size_t i = 0, n = 1; i < value.len; i += n, n = 1) {
        if (bytes[i] < ' ' || bytes[i] == 0x7f)
            return EXT_CONTROL;
        if (bytes[i] < 0x80)
            continue;
        ascii = false;
        n = utf8_length(bytes + i, value.len - i);
        if (n == 0)
            return EXT_CONTROL;
    }
    if (!ascii)
        return EXT_NOT_ASCII;
    return memchr(value.at, ':', value.len) != NULL ? EXT_COLON : EXT;
}

/* --- lines --- */

/* A line with this name before its colon; what is wrong with the name of a field that is known is told at once. */
static enum field which_field(struct reader *r, struct span line, struct span name)
{
    struct span bare = span_without_trailing(name);

    for (size_t i = 0; i < FIELDS; i++) {
        if (!span_is_but_case(bare, field_names[i]))
            continue;
        if (!span_is(bare, field_names[i]))
            add(r, KEY_CASE, r->line, line);
        if (bare.len < name.len)
            add(r, SPACE_BEFORE_COLON, r->line, line);
        return (enum field)i;
    }
    return FIELD_UNKNOWN;
}

static void read_field(struct reader *r, struct span line, struct span name, struct span value)
{
    enum field field = which_field(r, line, name);
    size_t spaced_len = value.len;

    value = span_without_leading(value);
    if (value.len > 0 && value.len == spaced_len)
        add(r, SPACE_MISSING, r->line, line);
    if (field == FIELD_UNKNOWN)
        add(r, unknown_rule(name, value), r->line, line);
    else if (field == FIELD_MX)
        read_mx(r, value);
    else
        read_once(r, field, line, value);
    if (r->line_of[field] == 0)
        r->line_of[field] = r->line;
}

static void read_line(struct reader *r, struct span whole)
{
    struct span unled = span_without_leading(whole), line = span_without_trailing(unled);
    const char *colon = memchr(line.at, ':', line.len);

    if (line.len == 0) {
        add(r, whole.len > 0 ? LINE_WHITE : LINE_EMPTY, r->line, no_subject);
        return;
    }
    if (unled.len < whole.len)
        add(r, SPACE_LEADING, r->line, line);
    if (colon == NULL) {
        add(r, LINE_NO_COLON, r->line, line);
        return;
    }
    size_t name_len = (size_t)(colon - line.at);
    if (line.len < unled.len && name_len + 1 < line.len)
        add(r, SPACE_TRAILING, r->line, whole);
    read_field(r, line, (struct span) { line.at, name_len }, (struct span) { colon + 1, line.len - name_len - 1 });
}

/* The line ends in LF, or in CR for CRLF. */
static void read_end(struct reader *r, struct span line, char end)
{
    if (r->end == '\0')
        r->end = end;
    if (end != r->end && !r->mixed)
        add(r, ENDS_MIXED, r->line, line);
    r->mixed |= end != r->end;
}

/* Up to the first line end, a CR alone being one, too: what stands behind it is worth judging. */
static size_t line_len(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && text[n] != '\n' && text[n] != '\r')
        n++;
    return n;
}

static void read_lines(struct reader *r, const char *body, size_t len)
{
    for (size_t at = 0, next; at < len; at = next) {
        struct span line = { body + at, line_len(body + at, len - at) };
        size_t end = at + line.len;
        bool crlf = len - end >= 2 && body[end] == '\r' && body[end + 1] == '\n', cr = end < len && body[end] == '\r' && !crlf;
        next = end + (crlf ? 2 : 1);
        if (cr && !r->bare_cr)
            add(r, ENDS_CR, r->line, line);
        r->bare_cr |= cr;
        if (!cr && end < len)
            read_end(r, line, body[end]);
        if (!cr || line.len > 0)
            read_line(r, line);
        r->line += !cr;
    }
}

/* --- the whole --- */

static bool has_none(const struct reader *r)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (r->line_of[i] != 0)
            return false;
    return true;
}

static void judge_fields(struct reader *r)
{
    const struct probe_policy *policy = r->policy;
    bool none = policy->has_mode && policy->mode == POLICY_NONE;

    for (size_t i = 0; i < FIELD_MX; i++)
        if (r->line_of[i] == 0)
            add(r, KEY_MISSING, 0, span_of(field_names[i]));
    if (r->line_of[FIELD_MX] == 0 && !none)
        add(r, MX_MISSING, 0, no_subject);
    if (none)
        add(r, r->line_of[FIELD_MX] == 0 ? MODE_NONE_NO_MX : MODE_NONE, r->line_of[FIELD_MODE], span_of("none"));
}

static void remark(struct reader *r)
{
    const struct probe_policy *policy = r->policy;

    if (r->end == '\n' && !r->mixed)
        add(r, ENDS_LF, 1, no_subject);
    for (size_t i = FIELD_MODE; i < FIELDS; i++) {
        if (r->line_of[i] == 0 || r->line_of[i] >= r->line_of[FIELD_VERSION])
            continue;
        add(r, VERSION_LATE, r->line_of[i], span_of(field_names[i]));
        break;
    }
    if (policy->has_mode && policy->mode == POLICY_ENFORCE && policy->has_max_age && policy->max_age >= DAY &&
        policy->max_age < WEEK)
        add(r, AGE_WEEK, r->line_of[FIELD_MAX_AGE], span_of("max_age"));
}

static void judge_size(struct reader *r, size_t len)
{
    if (len > POLICY_BYTES_MAX)
        add(r, BODY_LARGE, 0, no_subject);
    else if (len > TRUNCATED_AT)
        add(r, BODY_LONG, 0, no_subject);
}

/* How much of LEN bytes is read: no more than a sender would, and no part of a line. */
static size_t read_up_to(const char *body, size_t len)
{
    if (len <= POLICY_BYTES_MAX)
        return len;
    for (size_t end = POLICY_BYTES_MAX; end > 0; end--)
        if (body[end - 1] == '\n')
            return end;
    return POLICY_BYTES_MAX;
}

void probe_policy_read(const char *body, size_t len, struct probe_policy *policy)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct reader r = { .policy = policy, .line = 1 };

    *policy = (struct probe_policy) { 0 };
    size_t begin = len >= sizeof bom - 1 && memcmp(body, bom, sizeof bom - 1) == 0 ? sizeof bom - 1 : 0;
    size_t end = read_up_to(body, len);
    if (begin > 0)
        add(&r, BODY_BOM, 1, no_subject);
    if (end > begin)
        read_lines(&r, body + begin, end - begin);
    if (has_none(&r)) {
        /* A page of HTML is one fault, not one a line. */
        probe_findings_free(&policy->findings);
        add(&r, BODY_OTHER, 1, (struct span) { end > 0 ? body : "", end > 0 ? line_len(body, end) : 0 });
    } else {
        judge_fields(&r);
        remark(&r);
    }
    judge_size(&r, len);
}

void probe_policy_free(struct probe_policy *policy)
{
    buf_free(&policy->mx);
    probe_findings_free(&policy->findings);
    *policy = (struct probe_policy) { 0 };
}

const struct probe_rule *probe_policy_rules(size_t *count)
{
    *count = RULES - 1;
    return rules + 1;
}
