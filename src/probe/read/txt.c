#include "probe/read/txt.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/dns_answer.h"
#include "probe/read/first.h"
#include "probe/read/quotation.h"
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
    enum probe_first first;
    bool any_meant;    /* a record is meant for this, well written or not */
    struct buf list;   /* the values of all fields that the record is for, where its grammar has lists */
    struct buf record; /* the one that is being read, its strings joined */
};

/* --- values: the worst rule that each breaks, or NULL --- */

static const struct probe_rule *id_rule(struct span value)
{
    if (value.len == 0)
        return &probe_txt_rule[VALUE_EMPTY];
    if (quotation_is_in(value))
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
    if (quotation_len(value) > 0)
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

/* --- findings --- */

/* Does FIRST come before what breaks RULE is mended? What most senders take already need not wait for the policy. */
static bool is_early(enum probe_first first, const struct probe_rule *rule)
{
    return first != PROBE_FIRST_NOTHING && (first != PROBE_FIRST_SERVE || rule->severity == PROBE_FAIL);
}

/* Adds a finding with WHAT, which says what is wrong and what to do. SUBJECT as in probe_findings_add(). */
static void add_saying(const struct reader *r, const struct probe_rule *rule, struct span subject, const char *what)
{
    struct buf says = { 0 };

    buf_print(&says, "%s", what);
    if (is_early(r->first, rule))
        buf_print(&says, ", but %s", probe_first_text(r->first));
    probe_findings_add_saying(r->findings, rule, 0, subject, &says);
}

static void add(const struct reader *r, size_t rule, struct span subject)
{
    add_saying(r, &r->grammar->rules[rule], subject, r->grammar->rules[rule].says);
}

/* Adds that there is no record; WHAT is wrong. Where something comes first, no advice names an id before that. */
static void add_missing(const struct reader *r, size_t rule, struct span subject, const char *what)
{
    struct buf says = { 0 };

    if (r->first == PROBE_FIRST_NOTHING) {
        add(r, rule, subject);
        return;
    }
    buf_print(&says, "%s; %s, and publish the record after that", what, probe_first_text(r->first));
    probe_findings_add_saying(r->findings, &r->grammar->rules[rule], 0, subject, &says);
}

/* --- fields --- */

static size_t unknown_rule(struct span name, struct span value)
{
    if (!span_is_field_name(name) || value.len == 0)
        return EXT_BAD;
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] <= ' ' || value.at[i] > '~' || value.at[i] == '=')
            return EXT_BAD;
    return span_is(name, "v") ? VERSION_REPEATED : EXT;
}

/* Reads the field that the record is for: id or rua. SEEN: there was one before. */
static void read_own(struct reader *r, struct span field, struct span name, struct span value, bool seen)
{
    struct span bare = span_without_trailing(name);

    if (!span_is(bare, r->grammar->field))
        add(r, FIELD_CASE, field);
    if (bare.len < name.len) {
        add(r, SPACE_EQUALS, field);
        value = span_without_leading(value);
    }
    buf_print(&r->list, "%s", seen ? "," : "");
    buf_add(&r->list, value.at, value.len);
    if (seen && r->grammar->is_list)
        return;
    const struct probe_rule *broken = seen ? &r->grammar->rules[FIELD_REPEATED] : r->grammar->value_rule(value);
    if (broken != NULL)
        add_saying(r, broken, field, broken->says);
    else
        buf_add(&r->txt->value, value.at, value.len);
}

/* Is it the field that the record is for? */
static bool read_field(struct reader *r, struct span field, bool seen)
{
    const char *equals = memchr(field.at, '=', field.len);

    if (equals == NULL) {
        add(r, FIELD_NO_EQUALS, field);
        return false;
    }
    struct span name = { field.at, (size_t)(equals - field.at) };
    struct span value = { equals + 1, field.len - name.len - 1 };
    if (span_is_but_case(span_without_trailing(name), r->grammar->field)) {
        read_own(r, field, name, value, seen);
        return true;
    }
    add(r, unknown_rule(name, value), field);
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
    const struct probe_rule *rule = &r->grammar->rules[FIELD_REPEATED];
    struct buf says = { 0 };

    if (count == 0)
        add(r, FIELD_MISSING, record);
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
        add(r, SPACE_TRAILING, record);
    for (const char *semicolon; at < end; at = semicolon != NULL ? semicolon + 1 : end) {
        semicolon = memchr(at, ';', (size_t)(end - at));
        struct span field = { at, (size_t)((semicolon != NULL ? semicolon : end) - at) };
        field = span_without_trailing(span_without_leading(field));
        empty |= field.len == 0;
        if (field.len > 0)
            seen += read_field(r, field, seen > 0);
    }
    if (empty)
        add(r, FIELD_EMPTY, record);
    add_count(r, record, seen);
    r->findings->failed |= r->list.failed;
}

/* Joins the strings of the record that begins at *I; *I is then where the next begins. False at the end. */
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

/* Does RECORD begin with the version, perhaps in quotation marks? A longer word is another version. */
static bool is_version(const struct grammar *grammar, struct span record)
{
    size_t mark = quotation_len(record), len = strlen(grammar->version);

    if (record.len < mark + len || memcmp(record.at + mark, grammar->version, len) != 0)
        return false;
    struct span rest = { record.at + mark + len, record.len - mark - len };
    return rest.len == 0 || (rest.at[0] != '\0' && strchr("; \t\r\n", rest.at[0]) != NULL) ||
           (mark > 0 && quotation_len(rest) > 0);
}

/* FOUND of the records begin with the version, and RECORD does not. */
static void add_without_version(const struct reader *r, struct span record, size_t found)
{
    bool meant = is_meant(r->grammar, record);

    if (found > 0 || (!meant && r->any_meant))
        add(r, OTHER_RECORD, record);
    else if (!meant)
        add_missing(r, FOREIGN, record, "is not a record of MTA-STS");
    else
        add(r, is_version(r->grammar, record) && quotation_len(record) > 0 ? QUOTES : NO_VERSION, record);
}

static void read_record(struct reader *r, struct span record, size_t found, bool allow_space)
{
    const char *fields = after_version(r->grammar, record, allow_space);

    if (fields == NULL) {
        add_without_version(r, record, found);
        return;
    }
    if (allow_space)
        add(r, SPACE_SEMICOLON, record);
    if (found > 1)
        add(r, TWO_RECORDS, record);
    read_fields(r, record, fields);
}

static void read_all(struct reader *r)
{
    *r->txt = (struct probe_txt) { 0 };
    if (r->count == 0)
        add_missing(r, ABSENT, span_of(NULL), "there is no TXT record");
    size_t found = count_records(r, false);
    bool allow_space = found == 0;
    if (allow_space)
        found = count_records(r, true);
    r->any_meant = any_meant(r);
    r->txt->is_absent = found == 0 && !r->any_meant;
    for (size_t i = 0; next_record(r, &i);)
        read_record(r, (struct span) { r->record.text, r->record.len }, found, allow_space);
    if (found != 1)
        buf_free(&r->txt->value);
    buf_free(&r->list);
    buf_free(&r->record);
}

void probe_txt_read(const struct probe_txt_string *strings, size_t count, enum probe_first first, struct probe_txt *txt)
{
    struct reader r = { &sts, txt, &txt->findings, strings, count, first, false, { 0 }, { 0 } };

    read_all(&r);
}

void probe_tlsrpt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    struct reader r = { &tlsrpt, txt, &txt->findings, strings, count, PROBE_FIRST_NOTHING, false, { 0 }, { 0 } };

    read_all(&r);
}

/* Does one of the records begin with the version? False where memory runs out. */
static bool has_version(const struct grammar *grammar, const struct probe_txt_string *strings, size_t count)
{
    struct probe_txt txt = { 0 };
    struct reader r = { .grammar = grammar, .txt = &txt, .strings = strings, .count = count };
    bool found = false;

    for (size_t i = 0; !found && next_record(&r, &i);)
        found = is_version(grammar, (struct span) { r.record.text, r.record.len });
    buf_free(&r.record);
    return found;
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
