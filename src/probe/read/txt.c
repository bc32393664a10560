#include "probe/read/txt.h"

#include "base/buf.h"
#include "policy/model.h"
#include "probe/ask/dns_answer.h"
#include "probe/read/finding.h"
#include "probe/read/span.h"

#include <string.h>

enum { ID_MAX = 32, SENDERS = 16 };

enum {
    ABSENT,
    NO_VERSION,
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
    TLSRPT_RULES,
    VALUE_LONG = TLSRPT_RULES, /* for an id only */
    STS_RULES
};

#define RFC_STS "RFC 8461 3.1"
#define RFC_RPT "RFC 8460 3"

static const struct probe_rule sts_rules[STS_RULES] = {
    [ABSENT] = { "txt-absent", PROBE_FAIL, 16, 16, SENDERS, "there is no TXT record; publish \"v=STSv1; id=...;\"", RFC_STS },
    [NO_VERSION] = { "txt-version", PROBE_FAIL, 9, 16, SENDERS,
                     "does not begin with \"v=STSv1;\"; write that first, as it stands here", RFC_STS },
    [TWO_RECORDS] = { "txt-several", PROBE_FAIL, 13, 13, SENDERS,
                      "is one of several records that begin with \"v=STSv1;\"; keep one", RFC_STS },
    [OTHER_RECORD] = { "txt-other", PROBE_WARN, 2, 7, SENDERS, "is another record of the same name; remove it", RFC_STS },
    [SPACE_SEMICOLON] = { "txt-space-semicolon", PROBE_FAIL, 3, 3, SENDERS,
                          "has white space before the first semicolon; leave it out", RFC_STS },
    [SPACE_TRAILING] = { "txt-space-trailing", PROBE_FAIL, 3, 3, SENDERS, "has white space at its end; leave it out", RFC_STS },
    [SPACE_EQUALS] = { "txt-space-equals", PROBE_FAIL, 11, 11, SENDERS, "has white space before the =; leave it out", RFC_STS },
    [FIELD_EMPTY] = { "txt-empty", PROBE_FAIL, 4, 4, SENDERS, "has two semicolons with nothing between; keep one", RFC_STS },
    [FIELD_NO_EQUALS] = { "txt-no-equals", PROBE_FAIL, 5, 5, SENDERS, "has no =; write name=value, or leave it out", RFC_STS },
    [FIELD_CASE] = { "txt-case", PROBE_FAIL, 12, 12, SENDERS, "has capitals in the name; write id", RFC_STS },
    [FIELD_REPEATED] = { "txt-repeated", PROBE_WARN, 5, 5, SENDERS, "is an id for the second time; keep one", RFC_STS },
    [FIELD_MISSING] = { "txt-missing", PROBE_FAIL, 15, 15, SENDERS, "has no id; write id= and 1 to 32 letters and digits",
                        RFC_STS },
    [VERSION_REPEATED] = { "txt-version-repeated", PROBE_WARN, 2, 2, SENDERS,
                           "is the version for the second time; keep the first", RFC_STS },
    [EXT_BAD] = { "txt-unknown-bad", PROBE_FAIL, 4, 6, SENDERS, "is an unknown field that is not valid, either; leave it out",
                  RFC_STS },
    [EXT] = { "txt-unknown", PROBE_WARN, 1, 1, SENDERS, "is an unknown field, which senders are to ignore; leave it out",
              RFC_STS },
    [VALUE_BAD] = { "txt-id", PROBE_FAIL, 8, 9, SENDERS, "is no id; write letters and digits only", RFC_STS },
    [VALUE_EMPTY] = { "txt-id-empty", PROBE_FAIL, 12, 12, SENDERS, "has nothing after the =; write 1 to 32 letters and digits",
                      RFC_STS },
    [VALUE_LONG] = { "txt-id-long", PROBE_FAIL, 6, 6, SENDERS, "is longer than 32 letters and digits; write fewer", RFC_STS },
};

static const struct probe_rule tlsrpt_rules[TLSRPT_RULES] = {
    [ABSENT] = { "tlsrpt-absent", PROBE_WARN, 0, 0, 0,
                 "there is no TXT record, so nobody reports failures; publish \"v=TLSRPTv1; rua=mailto:...\"", RFC_RPT },
    [NO_VERSION] = { "tlsrpt-version", PROBE_FAIL, 0, 0, 0,
                     "does not begin with \"v=TLSRPTv1;\"; write that first, as it stands here", RFC_RPT },
    [TWO_RECORDS] = { "tlsrpt-several", PROBE_FAIL, 0, 0, 0,
                      "is one of several records that begin with \"v=TLSRPTv1;\"; keep one", RFC_RPT },
    [OTHER_RECORD] = { "tlsrpt-other", PROBE_WARN, 0, 0, 0, "is another record of the same name; remove it", RFC_RPT },
    [SPACE_SEMICOLON] = { "tlsrpt-space-semicolon", PROBE_FAIL, 0, 0, 0,
                          "has white space before the first semicolon; leave it out", RFC_RPT },
    [SPACE_TRAILING] = { "tlsrpt-space-trailing", PROBE_FAIL, 0, 0, 0, "has white space at its end; leave it out", RFC_RPT },
    [SPACE_EQUALS] = { "tlsrpt-space-equals", PROBE_FAIL, 0, 0, 0, "has white space before the =; leave it out", RFC_RPT },
    [FIELD_EMPTY] = { "tlsrpt-empty", PROBE_FAIL, 0, 0, 0, "has two semicolons with nothing between; keep one", RFC_RPT },
    [FIELD_NO_EQUALS] = { "tlsrpt-no-equals", PROBE_FAIL, 0, 0, 0, "has no =; write name=value, or leave it out", RFC_RPT },
    [FIELD_CASE] = { "tlsrpt-case", PROBE_FAIL, 0, 0, 0, "has capitals in the name; write rua", RFC_RPT },
    [FIELD_REPEATED] = { "tlsrpt-repeated", PROBE_WARN, 0, 0, 0, "is a rua for the second time; write one, with commas between",
                         RFC_RPT },
    [FIELD_MISSING] = { "tlsrpt-missing", PROBE_FAIL, 0, 0, 0, "has no rua; write rua=mailto:name@domain", RFC_RPT },
    [VERSION_REPEATED] = { "tlsrpt-version-repeated", PROBE_WARN, 0, 0, 0, "is the version for the second time; keep the first",
                           RFC_RPT },
    [EXT_BAD] = { "tlsrpt-unknown-bad", PROBE_FAIL, 0, 0, 0, "is an unknown field that is not valid, either; leave it out",
                  RFC_RPT },
    [EXT] = { "tlsrpt-unknown", PROBE_WARN, 0, 0, 0, "is an unknown field, which senders are to ignore; leave it out", RFC_RPT },
    [VALUE_BAD] = { "tlsrpt-rua", PROBE_FAIL, 0, 0, 0,
                    "is no address for reports; write mailto:name@domain or https://..., with , ! and ; inside as %2C, %21 and "
                    "%3B",
                    RFC_RPT },
    [VALUE_EMPTY] = { "tlsrpt-rua-empty", PROBE_FAIL, 0, 0, 0, "has nothing after the =; write mailto:name@domain or https://...",
                      RFC_RPT },
};

/* How the two kinds of record differ. */
struct grammar {
    const struct probe_rule *rules;
    const char *version, *field;
    const struct probe_rule *(*value_rule)(struct span value); /* the worst rule that the field's value breaks, or NULL */
};

struct reader {
    const struct grammar *grammar;
    struct probe_txt *txt;
    struct probe_findings *findings; /* those of TXT */
    const struct probe_txt_string *strings;
    size_t count;
    struct buf record; /* the one that is being read, its strings joined */
};

/* --- values: the worst rule that each breaks, or NULL --- */

static const struct probe_rule *id_rule(struct span value)
{
    if (value.len == 0)
        return &sts_rules[VALUE_EMPTY];
    if (!span_is_alphanumeric(value))
        return &sts_rules[VALUE_BAD];
    return value.len > ID_MAX ? &sts_rules[VALUE_LONG] : NULL;
}

/* Addresses with commas between them, and perhaps white space around the commas. */
static const struct probe_rule *rua_rule(struct span value)
{
    const char *at = value.at, *end = value.at + value.len, *comma;

    if (value.len == 0)
        return &tlsrpt_rules[VALUE_EMPTY];
    if (span_without_leading(value).len < value.len)
        return &tlsrpt_rules[VALUE_BAD];
    do {
        comma = memchr(at, ',', (size_t)(end - at));
        struct span part = { at, (size_t)((comma != NULL ? comma : end) - at) };
        struct span uri = span_without_trailing(span_without_leading(part));
        if (!policy_is_report_uri(uri.at, uri.len))
            return &tlsrpt_rules[VALUE_BAD];
        at = part.at + part.len + 1;
    } while (comma != NULL);
    return NULL;
}

static const struct grammar sts = { sts_rules, "v=STSv1", "id", id_rule };
static const struct grammar tlsrpt = { tlsrpt_rules, "v=TLSRPTv1", "rua", rua_rule };

/* --- fields --- */

static const struct probe_rule *unknown_rule(const struct reader *r, struct span name, struct span value)
{
    if (!span_is_field_name(name) || value.len == 0)
        return &r->grammar->rules[EXT_BAD];
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] <= ' ' || value.at[i] > '~' || value.at[i] == '=')
            return &r->grammar->rules[EXT_BAD];
    return &r->grammar->rules[span_is(name, "v") ? VERSION_REPEATED : EXT];
}

/* Reads the field that the record is for: id or rua. SEEN: there was one before. */
static void read_own(const struct reader *r, struct span field, struct span name, struct span value, bool seen)
{
    struct span bare = span_without_trailing(name);

    if (!span_is(bare, r->grammar->field))
        probe_findings_add(r->findings, &r->grammar->rules[FIELD_CASE], 0, field);
    if (bare.len < name.len) {
        probe_findings_add(r->findings, &r->grammar->rules[SPACE_EQUALS], 0, field);
        value = span_without_leading(value);
    }
    const struct probe_rule *broken = seen ? &r->grammar->rules[FIELD_REPEATED] : r->grammar->value_rule(value);
    if (broken != NULL)
        probe_findings_add(r->findings, broken, 0, field);
    else
        buf_add(&r->txt->value, value.at, value.len);
}

/* Is it the field that the record is for? */
static bool read_field(const struct reader *r, struct span field, bool seen)
{
    const char *equals = memchr(field.at, '=', field.len);

    if (equals == NULL) {
        probe_findings_add(r->findings, &r->grammar->rules[FIELD_NO_EQUALS], 0, field);
        return false;
    }
    struct span name = { field.at, (size_t)(equals - field.at) };
    struct span value = { equals + 1, field.len - name.len - 1 };
    if (span_is_but_case(span_without_trailing(name), r->grammar->field)) {
        read_own(r, field, name, value, seen);
        return true;
    }
    probe_findings_add(r->findings, unknown_rule(r, name, value), 0, field);
    return false;
}

/* RECORD without the white space and line ends at its end. */
static struct span without_line_end(struct span record)
{
    while (record.len > 0 && record.at[record.len - 1] != '\0' && strchr(" \t\r\n", record.at[record.len - 1]) != NULL)
        record.len--;
    return record;
}

/* --- records --- */

/* Where RECORD goes on after its version and a semicolon, or NULL: it does not begin so. ALLOW_SPACE: white space may stand
 * before the semicolon. */
static const char *after_version(const struct grammar *grammar, struct span record, bool allow_space)
{
    const char *end = record.at + record.len;
    size_t len = strlen(grammar->version);

    if (record.len <= len || memcmp(record.at, grammar->version, len) != 0)
        return NULL;
    struct span rest = { record.at + len, record.len - len };
    if (allow_space)
        rest = span_without_leading(rest);
    return rest.at < end && rest.at[0] == ';' ? rest.at + 1 : NULL;
}

static void read_fields(const struct reader *r, struct span record, const char *at)
{
    struct span all = without_line_end(record);
    const char *end = all.at + all.len;
    bool seen = false, empty = false;

    if (all.len < record.len && end[-1] != ';')
        probe_findings_add(r->findings, &r->grammar->rules[SPACE_TRAILING], 0, record);
    for (const char *semicolon; at < end; at = semicolon != NULL ? semicolon + 1 : end) {
        semicolon = memchr(at, ';', (size_t)(end - at));
        struct span field = { at, (size_t)((semicolon != NULL ? semicolon : end) - at) };
        field = span_without_trailing(span_without_leading(field));
        empty |= field.len == 0;
        if (field.len > 0)
            seen |= read_field(r, field, seen);
    }
    if (empty)
        probe_findings_add(r->findings, &r->grammar->rules[FIELD_EMPTY], 0, record);
    if (!seen)
        probe_findings_add(r->findings, &r->grammar->rules[FIELD_MISSING], 0, record);
}

/* Joins the strings of the record that begins at *I into the reader's record; *I is then where the next begins. False at the end.
 */
static bool next_record(struct reader *r, size_t *i)
{
    if (*i >= r->count)
        return false;
    buf_free(&r->record);
    do {
        buf_add(&r->record, r->strings[*i].bytes, r->strings[*i].len);
        ++*i;
    } while (*i < r->count && !r->strings[*i].begins);
    r->txt->findings.failed |= r->record.failed;
    return !r->record.failed;
}

/* How many of the records begin with the version. */
static size_t count_records(struct reader *r, bool allow_space)
{
    size_t n = 0;

    for (size_t i = 0; next_record(r, &i);)
        n += after_version(r->grammar, (struct span) { r->record.text, r->record.len }, allow_space) != NULL;
    return n;
}

static void read_record(struct reader *r, struct span record, size_t found, bool allow_space)
{
    const char *fields = after_version(r->grammar, record, allow_space);

    if (fields == NULL) {
        probe_findings_add(r->findings, &r->grammar->rules[found > 0 ? OTHER_RECORD : NO_VERSION], 0, record);
        return;
    }
    if (allow_space)
        probe_findings_add(r->findings, &r->grammar->rules[SPACE_SEMICOLON], 0, record);
    if (found > 1)
        probe_findings_add(r->findings, &r->grammar->rules[TWO_RECORDS], 0, record);
    read_fields(r, record, fields);
}

static void read_all(struct reader *r)
{
    *r->txt = (struct probe_txt) { 0 };
    if (r->count == 0)
        probe_findings_add(r->findings, &r->grammar->rules[ABSENT], 0, span_of(NULL));
    size_t found = count_records(r, false);
    bool allow_space = found == 0;
    if (allow_space)
        found = count_records(r, true);
    for (size_t i = 0; next_record(r, &i);)
        read_record(r, (struct span) { r->record.text, r->record.len }, found, allow_space);
    if (found != 1)
        buf_free(&r->txt->value);
    buf_free(&r->record);
}

void probe_txt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    struct reader r = { &sts, txt, &txt->findings, strings, count, { 0 } };

    read_all(&r);
}

void probe_tlsrpt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    struct reader r = { &tlsrpt, txt, &txt->findings, strings, count, { 0 } };

    read_all(&r);
}

void probe_txt_free(struct probe_txt *txt)
{
    buf_free(&txt->value);
    probe_findings_free(&txt->findings);
}

const struct probe_rules probe_txt_rules = { sts_rules, STS_RULES };

const struct probe_rules probe_tlsrpt_rules = { tlsrpt_rules, TLSRPT_RULES };
