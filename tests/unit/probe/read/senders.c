/*
 * The probe's verdict on each row of the tables of what sender implementations accept: ok if all accept it, FAIL if none does.
 * Between these: FAIL if the RFC's grammar, which is written again here, refuses it, else a warning. The figures of each rule are
 * those of the rows that break only this rule.
 */
#include "cases.h"
#include "probe/read/txt.h"
#include "read/match.h"
#include "read/policy.h"
#include "read/share.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

enum { RECORDS_MAX = 4, RULES_MAX = 128, PATTERN_MAX = 4096 };

/* --- JSON: strings, and lists of them --- */

struct text {
    char bytes[PATTERN_MAX];
    size_t len;
};

static void add_byte(struct text *to, unsigned byte)
{
    assert_true(to->len + 1 < sizeof to->bytes);
    to->bytes[to->len++] = (char)byte;
    to->bytes[to->len] = '\0';
}

static void add_utf8(struct text *to, unsigned long c)
{
    static const struct {
        unsigned long below;
        unsigned lead, shift;
    } forms[] = { { 0x80, 0, 0 }, { 0x800, 0xc0, 6 }, { 0x10000, 0xe0, 12 }, { 0x110000, 0xf0, 18 } };
    size_t i = 0;

    while (c >= forms[i].below)
        i++;
    add_byte(to, forms[i].lead | (unsigned)(c >> forms[i].shift));
    for (unsigned shift = forms[i].shift; shift > 0; shift -= 6)
        add_byte(to, 0x80 | ((unsigned)(c >> (shift - 6)) & 0x3f));
}

static unsigned long hex4(const char *p)
{
    char digits[5] = "";

    memcpy(digits, p, 4);
    return strtoul(digits, NULL, 16);
}

/* Reads the character behind a backslash at P into TO. Returns what follows. */
static const char *read_escape(const char *p, struct text *to)
{
    static const char names[] = "nrtfb\"\\/", bytes[] = "\n\r\t\f\b\"\\/";

    if (*p != 'u') {
        const char *name = strchr(names, *p);
        assert_non_null(name);
        add_byte(to, (unsigned char)bytes[name - names]);
        return p + 1;
    }
    unsigned long c = hex4(p + 1);
    p += 5;
    if (c >= 0xd800 && c < 0xdc00) {
        assert_memory_equal(p, "\\u", 2);
        c = 0x10000 + ((c - 0xd800) << 10) + (hex4(p + 2) - 0xdc00);
        p += 6;
    }
    add_utf8(to, c);
    return p;
}

/* Reads the string at P, if there is one. Returns what follows, or NULL. */
static const char *read_string(const char *p, struct text *to)
{
    to->len = 0;
    to->bytes[0] = '\0';
    p += strspn(p, ", [");
    if (*p++ != '"')
        return NULL;
    while (*p != '"') {
        assert_true(*p != '\0');
        if (*p == '\\') {
            p = read_escape(p + 1, to);
            continue;
        }
        add_byte(to, (unsigned char)*p++);
    }
    return p + 1;
}

/* --- the RFC's grammar --- */

#define NAME "[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"
#define WSP "[ \t]*"
#define VCHAR "[^\001- \177]"
#define LINE NAME ":" WSP VCHAR "([ ]*" VCHAR ")*" WSP
#define LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define HOST "(" LABEL "\\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define EXT NAME "=[!-:<>-~]+"

static bool fits(const char *text, const char *pattern)
{
    regex_t regex;

    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

/* A domain name (RFC 5321 4.1.2) whose last label is not a number (RFC 1123 2.1). */
static bool is_host(const char *name)
{
    const char *dot = strrchr(name, '.');

    return fits(name, "^" HOST "$") && strlen(name) <= 253 && fits(dot != NULL ? dot + 1 : name, "[^0-9]");
}

static bool is_pattern(const char *pattern)
{
    return is_host(strncmp(pattern, "*.", 2) == 0 ? pattern + 2 : pattern);
}

/* VALUE gets the value of each field's first line, MX_VALID whether all mx are valid. */
static void read_fields(char *body, char *value[4], bool *mx_valid)
{
    static const char *const names[] = { "version:", "mode:", "max_age:", "mx:" };

    *mx_valid = true;
    for (char *line = strtok(body, "\r\n"); line != NULL; line = strtok(NULL, "\r\n")) {
        for (size_t i = 0; i < 4; i++) {
            size_t len = strlen(names[i]);
            if (strncmp(line, names[i], len) != 0)
                continue;
            char *text = line + len + strspn(line + len, " \t");
            for (char *end = text + strlen(text); end > text && strchr(" \t", end[-1]) != NULL; end--)
                end[-1] = '\0';
            if (value[i] == NULL)
                value[i] = text;
            if (i == 3 && !is_pattern(text))
                *mx_valid = false;
        }
    }
}

/* RFC 8461 3.2. */
static bool rfc_takes_policy(const struct text *body)
{
    struct text copy = *body;
    char *value[4] = { NULL };
    bool mx_valid;

    if (memchr(body->bytes, '\0', body->len) != NULL || !fits(body->bytes, "^" LINE "(\r?\n" LINE ")*(\r?\n)?$"))
        return false;
    read_fields(copy.bytes, value, &mx_valid);
    if (value[0] == NULL || value[1] == NULL || value[2] == NULL || !mx_valid)
        return false;
    if (!fits(value[0], "^STSv1$") || !fits(value[1], "^(enforce|testing|none)$") || !fits(value[2], "^[0-9]{1,10}$"))
        return false;
    return strtoul(value[2], NULL, 10) <= 31557600 && (value[3] != NULL || strcmp(value[1], "none") == 0);
}

/* RFC 8461 3.1. */
static bool rfc_takes_records(const struct text *records, size_t count)
{
    const struct text *one = NULL;

    for (size_t i = 0; i < count; i++) {
        if (strncmp(records[i].bytes, "v=STSv1;", 8) != 0)
            continue;
        if (one != NULL)
            return false;
        one = &records[i];
    }
    if (one == NULL || !fits(one->bytes, "^v=STSv1(" WSP ";" WSP EXT ")+(" WSP ";" WSP ")?$"))
        return false;
    const char *id = strstr(one->bytes, ";id=") != NULL ? strstr(one->bytes, ";id=") : strstr(one->bytes, " id=");
    return id != NULL && fits(id, "^[; ]id=[A-Za-z0-9]{1,32}" WSP "(;|$)");
}

/* RFC 8461 4.1. */
static bool rfc_matches(const char *mx, size_t count, const struct text *host)
{
    struct text name = *host;

    if (name.len > 0 && name.bytes[name.len - 1] == '.')
        name.bytes[--name.len] = '\0';
    for (size_t i = 0; i < count; i++, mx += strlen(mx) + 1) {
        const char *tail = mx[0] == '*' ? strchr(name.bytes, '.') : name.bytes;
        if (tail != NULL && is_pattern(mx) && is_host(name.bytes) && strcasecmp(tail, mx[0] == '*' ? mx + 1 : mx) == 0)
            return true;
    }
    return false;
}

/* --- judging --- */

static struct seen {
    const struct probe_rule *rule;
    unsigned least, most;
} seen[RULES_MAX];
static size_t agreed, estimated;

/* If only one rule has FINDINGS, apart from remarks: REFUSED senders refuse what breaks it. */
static void note_figure(const struct probe_findings *findings, unsigned refused)
{
    const struct probe_rule *only = NULL;
    size_t i = 0;

    for (size_t k = 0; k < findings->count; k++) {
        const struct probe_rule *rule = findings->list[k].rule;
        if (rule->severity == PROBE_OK)
            continue;
        if (only != NULL && only != rule)
            return;
        only = rule;
    }
    if (only == NULL)
        return;
    while (seen[i].rule != NULL && seen[i].rule != only)
        i++;
    assert_true(i < RULES_MAX - 1);
    if (seen[i].rule == NULL)
        seen[i] = (struct seen) { only, refused, refused };
    seen[i].least = refused < seen[i].least ? refused : seen[i].least;
    seen[i].most = refused > seen[i].most ? refused : seen[i].most;
}

/*
 * Those that accepted the row are among those that the probe says take it. Where two faults stand in one place, a sender may take
 * both though it refuses one of them alone, and one sender matches what no pattern is meant for: such rows are few, and off by
 * two at most.
 */
static void check_share(struct probe_share share, unsigned accepted)
{
    assert_true(share.is_known);
    estimated += accepted > share.most;
    assert_true(accepted >= share.least && accepted <= share.most + 2);
}

static void judge(const struct case_line *line, const struct probe_findings *findings, bool rfc_takes)
{
    static const char *const words[] = { "ok", "warn", "FAIL" };
    unsigned accepted = (unsigned)strtoul(line->field[0], NULL, 10), refused = (unsigned)strtoul(line->field[1], NULL, 10);
    enum probe_severity between = rfc_takes ? PROBE_WARN : PROBE_FAIL;
    enum probe_severity expected = refused == 0 ? PROBE_OK : accepted == 0 ? PROBE_FAIL : between;

    assert_false(findings->failed);
    for (size_t i = 0; i < findings->count && findings->verdict != expected; i++)
        print_message("# %u: %s\n", findings->list[i].line, probe_finding_text(findings, &findings->list[i]));
    assert_string_equal(words[findings->verdict], words[expected]);
    check_share(probe_share_less(probe_share_all(accepted + refused), findings), accepted);
    note_figure(findings, refused);
    agreed++;
}

static void policy_row(void **state)
{
    const struct case_line *line = *state;
    struct probe_policy policy;
    struct text body;

    assert_non_null(read_string(line->field[2], &body));
    probe_policy_read(body.bytes, body.len, &policy);
    judge(line, &policy.findings, rfc_takes_policy(&body));
    probe_policy_free(&policy);
}

static void txt_row(void **state)
{
    const struct case_line *line = *state;
    struct text records[RECORDS_MAX];
    struct probe_txt_string strings[RECORDS_MAX];
    struct probe_txt txt;
    size_t count = 0;

    for (const char *p = line->field[2]; (p = read_string(p, &records[count])) != NULL; count++) {
        strings[count] = (struct probe_txt_string) { records[count].bytes, records[count].len, true };
        assert_true(count + 1 < RECORDS_MAX);
    }
    probe_txt_read(strings, count, PROBE_FIRST_NOTHING, &txt);
    judge(line, &txt.findings, rfc_takes_records(records, count));
    probe_txt_free(&txt);
}

static void match_row(void **state)
{
    const struct case_line *line = *state;
    struct probe_findings findings = { 0 };
    struct buf mx = { 0 };
    struct text text;
    size_t count = 0;
    const char *p = line->field[2] + 1, *end = strchr(p, ']');

    while (p != NULL && p < end && (p = read_string(p, &text)) != NULL && p <= end) {
        buf_add(&mx, text.bytes, text.len + 1);
        count++;
    }
    assert_non_null(read_string(end + 1, &text));
    (void)probe_match_host(mx.text, count, text.bytes, &findings);
    judge(line, &findings, rfc_matches(mx.text, count, &text));
    check_share(probe_match_share(mx.text, count, text.bytes), (unsigned)strtoul(line->field[0], NULL, 10));
    probe_findings_free(&findings);
    buf_free(&mx);
}

/* Each figure in a message is measured here, and each figure that is measured here is in its message. */
static void check_figures(const struct probe_rules *table)
{
    const struct probe_rule *rules = table->list;

    for (size_t i = 0; i < table->count; i++) {
        struct seen figure = { NULL, 0, 0 };
        for (size_t k = 0; k < RULES_MAX; k++)
            if (seen[k].rule == &rules[i])
                figure = seen[k];
        if (rules[i].most == 0)
            continue;
        if (figure.least != rules[i].least || figure.most != rules[i].most)
            print_message("# %s: %u to %u\n", rules[i].kind, figure.least, figure.most);
        assert_int_equal(figure.least, rules[i].least);
        assert_int_equal(figure.most, rules[i].most);
    }
}

static void figures(void **state)
{
    (void)state;
    check_figures(&probe_policy_rules);
    check_figures(&probe_txt_rules);
    check_figures(&probe_match_rules);
}

/* The sizes of the tables, without the rows in dispute. There are none of those. */
static void agreement(void **state)
{
    (void)state;
    print_message("# the probe agrees with %zu rows\n", agreed);
    assert_int_equal(agreed, 363 + 172 + 132);
    assert_int_equal(estimated, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(figures), cmocka_unit_test(agreement) };

    return cases_run("policy_senders.tsv", policy_row) + cases_run("txt_senders.tsv", txt_row) +
           cases_run("match_senders.tsv", match_row) + cmocka_run_group_tests_name("senders", tests, NULL, NULL);
}
