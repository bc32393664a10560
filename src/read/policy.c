#include "read/policy.h"

#include "base/buf.h"
#include "policy/model.h"
#include "read/finding.h"
#include "read/policy_field.h"
#include "read/policy_rules.h"
#include "read/span.h"

#include <string.h>

enum { DAY = 86400, WEEK = 7 * DAY };

struct reader {
    struct probe_policy *policy;
    struct probe_findings *findings;          /* the policy's */
    unsigned line, line_of[PROBE_FIELDS + 1]; /* where each field stands first; 0: nowhere */
    char end;                                 /* how the first line ends: '\n', or '\r' for CRLF */
    bool mixed, bare_cr;                      /* there is a finding of that kind already */
};

/* --- lines --- */

/* The field NAME, in any case and with white space behind it. */
static enum probe_policy_field find_field(struct span name)
{
    enum probe_policy_field field = PROBE_FIELD_VERSION;

    while (field < PROBE_FIELDS && !span_is_but_case(span_without_trailing(name), probe_policy_field_text(field)))
        field++;
    return field;
}

/* NAME stands before the colon of LINE, and is meant for FIELD: is it written right? */
static void judge_name(struct reader *r, enum probe_policy_field field, struct span line, struct span name)
{
    struct span bare = span_without_trailing(name);

    if (!span_is(bare, probe_policy_field_text(field)))
        probe_findings_add(r->findings, &probe_policy_rule[KEY_CASE], r->line, line);
    if (bare.len < name.len)
        probe_findings_add(r->findings, &probe_policy_rule[SPACE_BEFORE_COLON], r->line, line);
}

static bool is_valid(const struct probe_rule *broken)
{
    return broken == NULL || broken->severity != PROBE_FAIL;
}

static void read_once(struct reader *r, enum probe_policy_field field, struct span line, struct span value)
{
    struct probe_policy ignored = { 0 };
    bool first = r->line_of[field] == 0;
    const struct probe_rule *broken = probe_policy_field_read(field, value, first ? r->policy : &ignored);

    if (first && broken != NULL)
        probe_findings_add(r->findings, broken, r->line, value);
    if (!first)
        probe_findings_add(r->findings, &probe_policy_rule[is_valid(broken) ? KEY_REPEATED : KEY_REPEATED_BADLY], r->line, line);
}

static void read_unknown(struct reader *r, struct span line, struct span name, struct span value)
{
    const struct probe_rule *broken = probe_policy_field_unknown(name, value);
    const char *meant = broken == &probe_policy_rule[EXT] ? probe_policy_field_meant(name) : NULL;
    struct buf says = { 0 };

    if (meant == NULL) {
        probe_findings_add(r->findings, broken, r->line, line);
        return;
    }
    buf_print(&says, "is an unknown field, which senders are to ignore; did you mean \"%s\"?", meant);
    probe_findings_add_saying(r->findings, broken, r->line, line, &says);
}

static void read_field(struct reader *r, struct span line, struct span name, struct span value)
{
    enum probe_policy_field field = find_field(name);
    size_t spaced_len = value.len;

    if (field != PROBE_FIELD_UNKNOWN)
        judge_name(r, field, line, name);
    value = span_without_leading(value);
    if (value.len > 0 && value.len == spaced_len)
        probe_findings_add(r->findings, &probe_policy_rule[SPACE_MISSING], r->line, line);
    if (field == PROBE_FIELD_UNKNOWN)
        read_unknown(r, line, name, value);
    else if (field == PROBE_FIELD_MX)
        probe_policy_field_add_mx(value, r->line, r->policy);
    else
        read_once(r, field, line, value);
    if (r->line_of[field] == 0)
        r->line_of[field] = r->line;
}

static void read_line(struct reader *r, struct span whole)
{
    struct span unindented = span_without_leading(whole), line = span_without_trailing(unindented);
    const char *colon = memchr(line.at, ':', line.len);

    if (line.len == 0) {
        probe_findings_add(r->findings, &probe_policy_rule[whole.len > 0 ? LINE_WHITE : LINE_EMPTY], r->line, span_of(NULL));
        return;
    }
    if (unindented.len < whole.len)
        probe_findings_add(r->findings, &probe_policy_rule[SPACE_LEADING], r->line, line);
    if (colon == NULL) {
        probe_findings_add(r->findings, &probe_policy_rule[LINE_NO_COLON], r->line, line);
        return;
    }
    size_t name_len = (size_t)(colon - line.at);
    if (line.len < unindented.len && name_len + 1 < line.len)
        probe_findings_add(r->findings, &probe_policy_rule[SPACE_TRAILING], r->line, whole);
    read_field(r, line, (struct span) { line.at, name_len }, (struct span) { colon + 1, line.len - name_len - 1 });
}

/* END is how LINE ends: '\n', or '\r' for CRLF. */
static void read_end(struct reader *r, struct span line, char end)
{
    if (r->end == '\0')
        r->end = end;
    if (end != r->end && !r->mixed)
        probe_findings_add(r->findings, &probe_policy_rule[ENDS_MIXED], r->line, line);
    r->mixed |= end != r->end;
}

/* Up to the first line end. A CR alone counts as one, so that what follows it is judged, too. */
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
            probe_findings_add(r->findings, &probe_policy_rule[ENDS_CR], r->line, line);
        r->bare_cr |= cr;
        if (!cr && end < len)
            read_end(r, line, body[end]);
        if (!cr || line.len > 0)
            read_line(r, line);
        r->line += !cr;
    }
}

/* --- the whole policy --- */

static bool has_none(const struct reader *r)
{
    for (size_t i = 0; i < PROBE_FIELDS; i++)
        if (r->line_of[i] != 0)
            return false;
    return true;
}

static void judge_fields(struct reader *r)
{
    const struct probe_policy *policy = r->policy;
    bool none = policy->has_mode && policy->mode == POLICY_NONE;

    for (enum probe_policy_field i = PROBE_FIELD_VERSION; i < PROBE_FIELD_MX; i++)
        if (r->line_of[i] == 0)
            probe_findings_add(r->findings, &probe_policy_rule[KEY_MISSING], 0, span_of(probe_policy_field_text(i)));
    if (r->line_of[PROBE_FIELD_MX] == 0 && !none)
        probe_findings_add(r->findings, &probe_policy_rule[MX_MISSING], 0, span_of(NULL));
    if (none)
        probe_findings_add(r->findings, &probe_policy_rule[r->line_of[PROBE_FIELD_MX] == 0 ? MODE_NONE_NO_MX : MODE_NONE],
                           r->line_of[PROBE_FIELD_MODE], span_of("none"));
}

static void remark(struct reader *r)
{
    const struct probe_policy *policy = r->policy;

    if (r->end == '\n' && !r->mixed)
        probe_findings_add(r->findings, &probe_policy_rule[ENDS_LF], 1, span_of(NULL));
    for (enum probe_policy_field i = PROBE_FIELD_MODE; i < PROBE_FIELDS; i++) {
        if (r->line_of[i] == 0 || r->line_of[i] >= r->line_of[PROBE_FIELD_VERSION])
            continue;
        probe_findings_add(r->findings, &probe_policy_rule[VERSION_LATE], r->line_of[i], span_of(probe_policy_field_text(i)));
        break;
    }
    if (policy->has_mode && policy->mode == POLICY_ENFORCE && policy->has_max_age && policy->max_age >= DAY &&
        policy->max_age < WEEK)
        probe_findings_add(r->findings, &probe_policy_rule[AGE_WEEK], r->line_of[PROBE_FIELD_MAX_AGE], span_of("max_age"));
}

static void judge_size(struct reader *r, size_t len)
{
    if (len > POLICY_BYTES_MAX)
        probe_findings_add(r->findings, &probe_policy_rule[BODY_LARGE], 0, span_of(NULL));
    else if (len > POLICY_BYTES_TRUNCATED)
        probe_findings_add(r->findings, &probe_policy_rule[BODY_LONG], 0, span_of(NULL));
}

/* How many of LEN bytes are read: as many as a sender would, but whole lines only. */
static size_t read_up_to(const char *body, size_t len)
{
    if (len <= POLICY_BYTES_MAX)
        return len;
    for (size_t end = POLICY_BYTES_MAX; end > 0; end--)
        if (body[end - 1] == '\n')
            return end;
    return POLICY_BYTES_MAX;
}

/* BODY, LEN bytes, has none of the fields. */
static void judge_other(struct reader *r, const char *body, size_t len)
{
    size_t text = 0;

    while (text < len && strchr(" \t\r\n", body[text]) != NULL && body[text] != '\0')
        text++;
    if (text == len)
        probe_findings_add(r->findings, &probe_policy_rule[BODY_EMPTY], 0, span_of(NULL));
    else
        probe_findings_add(r->findings, &probe_policy_rule[BODY_OTHER], 1, (struct span) { body, line_len(body, len) });
}

void probe_policy_read(const char *body, size_t len, struct probe_policy *policy)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct reader r = { .policy = policy, .findings = &policy->findings, .line = 1 };

    *policy = (struct probe_policy) { 0 };
    size_t begin = len >= sizeof bom - 1 && memcmp(body, bom, sizeof bom - 1) == 0 ? sizeof bom - 1 : 0;
    size_t end = read_up_to(body, len);
    if (begin > 0)
        probe_findings_add(r.findings, &probe_policy_rule[BODY_BOM], 1, span_of(NULL));
    if (end > begin)
        read_lines(&r, body + begin, end - begin);
    if (has_none(&r)) {
        /* A page of HTML is one fault, and not one in each line. */
        probe_findings_free(&policy->findings);
        judge_other(&r, body, end);
    } else {
        judge_fields(&r);
        remark(&r);
    }
    judge_size(&r, len);
}

static bool is_about_size(const struct probe_rule *rule)
{
    return rule == &probe_policy_rule[BODY_LARGE] || rule == &probe_policy_rule[BODY_LONG];
}

void probe_policy_drop_size(struct probe_policy *policy)
{
    struct probe_findings *findings = &policy->findings;
    size_t kept = 0;

    findings->verdict = PROBE_OK;
    for (size_t i = 0; i < findings->count; i++) {
        const struct probe_rule *rule = findings->list[i].rule;
        if (is_about_size(rule))
            continue;
        if (rule->severity > findings->verdict)
            findings->verdict = rule->severity;
        findings->list[kept++] = findings->list[i];
    }
    findings->count = kept;
}

void probe_policy_free(struct probe_policy *policy)
{
    buf_free(&policy->mx);
    probe_findings_free(&policy->findings);
    *policy = (struct probe_policy) { 0 };
}

const struct probe_rules probe_policy_rules = { probe_policy_rule, POLICY_RULES };
