#include "probe/read/txt.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/dns_answer.h"
#include "probe/read/txt_rules.h"
#include "read/finding.h"
#include "read/span.h"

#include <string.h>

enum { ID_MAX = 32, LIST_SHOWN = 500 };

/* How the two kinds of record differ. */
struct grammar {
    const struct probe_rule *rules;
    const char *version, *field;
    const struct probe_rule *(*value_rule)(struct span value); /* the worst rule that the field's value breaks, or NULL */
    bool is_list;                                              /* one field can have several values, with commas between */
};

struct reader {
    const struct grammar *grammar;
    struct probe_txt *txt;
    struct probe_findings *findings; /* those of TXT */
    const struct probe_txt_string *strings;
    size_t count;
    bool is_early;     /* another step comes before a record is published */
    bool any_meant;    /* a record is meant for this, well written or not */
    struct buf list;   /* the values of all fields that the record is for, where its grammar has lists */
    struct buf record; /* the one that is being read, its strings joined */
};

/* --- quotation marks, plain and typographic --- */

static const char *const marks[] = { "\"", "\\\"", "'", "\xe2\x80\x9c", "\xe2\x80\x9d" };

/* The length of the quotation mark that S begins with; 0: none. */
static size_t mark_len(struct span s)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (s.len >= strlen(marks[i]) && memcmp(s.at, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

static bool has_mark(struct span s)
{
    for (; s.len > 0; s.at++, s.len--)
        if (mark_len(s) > 0)
            return true;
    return false;
}

/* --- values: the worst rule that each breaks, or NULL --- */

static const struct probe_rule *id_rule(struct span value)
{
    if (value.len == 0)
        return &probe_txt_rule[VALUE_EMPTY];
    if (has_mark(value))
        return &probe_txt_rule[VALUE_QUOTES];
    if (!span_is_alphanumeric(value))
        return &probe_txt_rule[VALUE_BAD];
    return value.len > ID_MAX ? &probe_txt_rule[VALUE_LONG] : NULL;
}

/* Addresses with commas between them, and perhaps white space around the commas. */
static const struct probe_rule *rua_rule(struct span value)
{
    const char *at = value.at, *end = value.at + value.len, *comma;

    if (value.len == 0)
        return &probe_tlsrpt_rule[VALUE_EMPTY];
    if (mark_len(value) > 0)
        return &probe_tlsrpt_rule[VALUE_QUOTES];
    if (span_without_leading(value).len < value.len)
        return &probe_tlsrpt_rule[VALUE_BAD];
    do {
        comma = memchr(at, ',', (size_t)(end - at));
        struct span part = { at, (size_t)((comma != NULL ? comma : end) - at) };
        struct span uri = span_without_trailing(span_without_leading(part));
        if (!policy_is_report_uri(uri.at, uri.len))
            return &probe_tlsrpt_rule[VALUE_BAD];
        at = part.at + part.len + 1;
    } while (comma != NULL);
    return NULL;
}

static const struct grammar sts = { probe_txt_rule, "v=STSv1", "id", id_rule, false };
static const struct grammar tlsrpt = { probe_tlsrpt_rule, "v=TLSRPTv1", "rua", rua_rule, true };

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
static void read_own(struct reader *r, struct span field, struct span name, struct span value, bool seen)
{
    struct span bare = span_without_trailing(name);

    if (!span_is(bare, r->grammar->field))
        probe_findings_add(r->findings, &r->grammar->rules[FIELD_CASE], 0, field);
    if (bare.len < name.len) {
        probe_findings_add(r->findings, &r->grammar->rules[SPACE_EQUALS], 0, field);
        value = span_without_leading(value);
    }
    buf_print(&r->list, "%s", seen ? "," : "");
    buf_add(&r->list, value.at, value.len);
    if (seen && r->grammar->is_list)
        return;
    const struct probe_rule *broken = seen ? &r->grammar->rules[FIELD_REPEATED] : r->grammar->value_rule(value);
    if (broken != NULL)
        probe_findings_add(r->findings, broken, 0, field);
    else
        buf_add(&r->txt->value, value.at, value.len);
}

/* Is it the field that the record is for? */
static bool read_field(struct reader *r, struct span field, bool seen)
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

/* RECORD has COUNT fields that it is for. */
static void add_count(struct reader *r, struct span record, size_t count)
{
    const struct probe_rule *rule = &r->grammar->rules[count == 0 ? FIELD_MISSING : FIELD_REPEATED];
    struct buf says = { 0 };

    if (count == 0)
        probe_findings_add(r->findings, rule, 0, record);
    if (count < 2 || !r->grammar->is_list)
        return;
    buf_print(&says, "%s: %s=", rule->says, r->grammar->field);
    buf_add_shown(&says, r->list.text, r->list.len, LIST_SHOWN);
    probe_findings_add_saying(r->findings, rule, 0, record, &says);
}

static void read_fields(struct reader *r, struct span record, const char *at)
{
    struct span all = without_line_end(record);
    const char *end = all.at + all.len;
    bool empty = false;
    size_t seen = 0;

    buf_free(&r->list);
    if (all.len < record.len && end[-1] != ';')
        probe_findings_add(r->findings, &r->grammar->rules[SPACE_TRAILING], 0, record);
    for (const char *semicolon; at < end; at = semicolon != NULL ? semicolon + 1 : end) {
        semicolon = memchr(at, ';', (size_t)(end - at));
        struct span field = { at, (size_t)((semicolon != NULL ? semicolon : end) - at) };
        field = span_without_trailing(span_without_leading(field));
        empty |= field.len == 0;
        if (field.len > 0)
            seen += read_field(r, field, seen > 0);
    }
    if (empty)
        probe_findings_add(r->findings, &r->grammar->rules[FIELD_EMPTY], 0, record);
    add_count(r, record, seen);
    r->findings->failed |= r->list.failed;
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

/* Does RECORD have the name of the version, "STSv", in any case, or begin with the field that it is for? Wildcards and other
 * programs leave records that are meant for something else: nothing in them is to be corrected. */
static bool is_meant(const struct grammar *grammar, struct span record)
{
    const char *name = strchr(grammar->version, '=') + 1;
    size_t len = strlen(name) - 1, field_len = strlen(grammar->field);

    for (size_t i = 0; i + len <= record.len; i++)
        if (domain_same(record.at + i, name, len))
            return true;
    record = span_without_leading(record);
    return record.len > field_len && domain_same(record.at, grammar->field, field_len) && record.at[field_len] == '=';
}

/* Is one of the records meant for this? */
static bool any_meant(struct reader *r)
{
    bool found = false;

    for (size_t i = 0; next_record(r, &i);)
        found |= is_meant(r->grammar, (struct span) { r->record.text, r->record.len });
    return found;
}

/* Does RECORD begin with the version, perhaps in quotation marks and with anything behind it? */
static bool is_version(const struct grammar *grammar, struct span record)
{
    size_t mark = mark_len(record), len = strlen(grammar->version);

    return record.len >= mark + len && memcmp(record.at + mark, grammar->version, len) == 0;
}

/* Before the policy is served, no advice names a record (RFC 8461 8.1). */
static void add_early(const struct reader *r, const struct probe_rule *rule, struct span record, const char *what)
{
    struct buf says = { 0 };

    buf_print(&says, "%s; first let the policy be served, and publish the record after that", what);
    probe_findings_add_saying(r->findings, rule, 0, record, &says);
}

/* FOUND of the records begin with the version, and RECORD does not. */
static void add_without_version(const struct reader *r, struct span record, size_t found)
{
    const struct probe_rule *rules = r->grammar->rules;
    bool meant = is_meant(r->grammar, record);

    if (found > 0 || (!meant && r->any_meant))
        probe_findings_add(r->findings, &rules[OTHER_RECORD], 0, record);
    else if (!meant && r->is_early)
        add_early(r, &rules[FOREIGN], record, "is not a record of MTA-STS");
    else if (!meant)
        probe_findings_add(r->findings, &rules[FOREIGN], 0, record);
    else
        probe_findings_add(r->findings, &rules[is_version(r->grammar, record) && mark_len(record) > 0 ? QUOTES : NO_VERSION], 0,
                           record);
}

static void read_record(struct reader *r, struct span record, size_t found, bool allow_space)
{
    const char *fields = after_version(r->grammar, record, allow_space);

    if (fields == NULL) {
        add_without_version(r, record, found);
        return;
    }
    if (allow_space)
        probe_findings_add(r->findings, &r->grammar->rules[SPACE_SEMICOLON], 0, record);
    if (found > 1)
        probe_findings_add(r->findings, &r->grammar->rules[TWO_RECORDS], 0, record);
    read_fields(r, record, fields);
}

static void add_absent(const struct reader *r)
{
    if (r->is_early)
        add_early(r, &r->grammar->rules[ABSENT], span_of(NULL), "there is no TXT record");
    else
        probe_findings_add(r->findings, &r->grammar->rules[ABSENT], 0, span_of(NULL));
}

static void read_all(struct reader *r)
{
    *r->txt = (struct probe_txt) { 0 };
    if (r->count == 0)
        add_absent(r);
    size_t found = count_records(r, false);
    bool allow_space = found == 0;
    if (allow_space)
        found = count_records(r, true);
    r->any_meant = any_meant(r);
    for (size_t i = 0; next_record(r, &i);)
        read_record(r, (struct span) { r->record.text, r->record.len }, found, allow_space);
    if (found != 1)
        buf_free(&r->txt->value);
    buf_free(&r->list);
    buf_free(&r->record);
}

void probe_txt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    struct reader r = { &sts, txt, &txt->findings, strings, count, false, false, { 0 }, { 0 } };

    read_all(&r);
}

void probe_txt_read_unserved(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    struct reader r = { &sts, txt, &txt->findings, strings, count, true, false, { 0 }, { 0 } };

    read_all(&r);
}

void probe_tlsrpt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    struct reader r = { &tlsrpt, txt, &txt->findings, strings, count, false, false, { 0 }, { 0 } };

    read_all(&r);
}

static bool has_version(const struct grammar *grammar, const struct probe_txt_string *strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strings[i].begins && is_version(grammar, (struct span) { strings[i].bytes, strings[i].len }))
            return true;
    return false;
}

bool probe_txt_is_there(const struct probe_txt_string *strings, size_t count)
{
    return has_version(&sts, strings, count);
}

bool probe_tlsrpt_is_there(const struct probe_txt_string *strings, size_t count)
{
    return has_version(&tlsrpt, strings, count);
}

void probe_txt_free(struct probe_txt *txt)
{
    buf_free(&txt->value);
    probe_findings_free(&txt->findings);
}

const struct probe_rules probe_txt_rules = { probe_txt_rule, STS_RULES };

const struct probe_rules probe_tlsrpt_rules = { probe_tlsrpt_rule, TLSRPT_RULES };
