#include "ini/parse.h"

#include "base/buf.h"
#include "ini/comment.h"
#include "ini/damaged.h"
#include "ini/header.h"
#include "ini/key.h"
#include "ini/lines.h"
#include "ini/section.h"
#include "ini/value.h"
#include "policy/domain.h"

#include <string.h>

/* The guessed key is only good for the message: the mistake still concerns any key (KEY_ANY). */
static void add_unknown_key(struct section *section, unsigned line, const char *written)
{
    struct section_shown s;
    const char *name = section_show(section, &s, written, strlen(written));
    enum key key = key_nearest(written, strlen(written));
    char list[KEY_LIST_SIZE];

    key_list(list);
    if (key != KEY_ANY)
        section_add_unknown(section, line, KEY_ANY, name, "unknown key; did you mean \"%s\"?", key_name(key));
    else if (strchr(written, '.') != NULL && domain_policy_fault(written, strlen(written)) == DOMAIN_FINE)
        section_add_unknown(section, line, KEY_ANY, name, "unknown key; write [%s] for a section", name);
    else
        section_add_unknown(section, line, KEY_ANY, name, "unknown key; write one of %s", list);
}

static void read_value(const char *text, const struct ini_line *line, unsigned number, struct section *section)
{
    struct ini_pair pair;

    if (!ini_pair(text, line, &pair)) {
        section->failed = true;
        return;
    }
    enum key key = key_known(pair.key), joined = comment_key_in_value(line);
    const char *fault = comment_fault(line, key);
    bool repeated = key != KEY_ANY && key != KEY_MX && section->seen[key];
    if (key == KEY_ANY) {
        add_unknown_key(section, number, pair.key);
    } else if (section->kind == SECTION_PREAMBLE) {
        section_add_problem(section, number, key, "is above the first header; move it below [defaults] or a domain's header");
    } else if (fault != NULL) {
        section_add_unknown(section, number, repeated ? KEY_ANY : key, key_name(key), "%s", fault);
    } else if (joined != KEY_ANY) {
        section_add_unknown(section, number, KEY_ANY, key_name(key), "the value contains \"%s =\"; start a new line before it",
                            key_name(joined));
    } else if (repeated) {
        section_add_unknown(section, number, KEY_ANY, key_name(key),
                            "is set twice in this section; keep one, or add the missing header between them");
    } else {
        section->value[key] = (struct section_value) { number, section->values.len };
        buf_add(&section->values, pair.value, strlen(pair.value) + 1);
        section->failed |= section->values.failed;
        value_check(section, number, key, pair.value);
    }
    if (key != KEY_ANY)
        section->seen[key] = true;
}

/* Reports a line that is not a header, value or comment. Often it was copied from a policy, with a colon. */
static void read_stray(const struct ini_line *line, unsigned number, struct section *section)
{
    struct section_shown s, v;
    const char *colon = memchr(line->text, ':', line->len), *text = section_show(section, &s, line->text, line->len);
    enum key key = key_nearest(line->text, line->len);

    if (colon != NULL && line->len >= 7 && memcmp(line->text, "version", 7) == 0) {
        section_add_problem(section, number, KEY_ANY,
                            "\"%s\" is policy syntax; delete it, the program adds this line (RFC 8461 3.2)", text);
    } else if (colon != NULL && key != KEY_ANY) {
        const char *value = colon + 1;
        while (value < line->text + line->len && (*value == ' ' || *value == '\t'))
            value++;
        section_add_unknown(section, number, KEY_ANY, key_name(key), "\"%s\" is policy syntax; write \"%s = %s\"", text,
                            key_name(key), section_show(section, &v, value, (size_t)(line->text + line->len - value)));
    } else if (comment_is_list(line->text, line->len)) {
        section_add_problem(section, number, KEY_ANY,
                            "\"%s\" has no key; write \"mx = \" before it, or a backslash at the end of the line above", text);
    } else if (memchr(line->text, ']', line->len) != NULL) {
        section_add_problem(section, number, KEY_ANY,
                            "\"%s\" may be a header; write its names between [ and ], or a ; before a comment", text);
    } else {
        section_add_unknown(section, number, KEY_ANY, key != KEY_ANY ? key_name(key) : NULL,
                            "\"%s\" has no \"=\" after a key; write \"key = value\", or a ; before a comment", text);
    }
}

static void read_one(const char *text, const struct ini_line *line, unsigned number, struct section *section)
{
    const char *fault = line->holds_cr ? header_cr_fault(line) : header_stop_fault(line);

    if (fault != NULL) {
        section_add_problem(section, number, KEY_ANY, "%s", fault);
        return;
    }
    switch (line->kind) {
    case INI_BLANK:
        break;
    case INI_VALUE:
        read_value(text, line, number, section);
        break;
    case INI_HEADER:
    case INI_NEITHER:
        read_stray(line, number, section);
        break;
    case INI_OPEN:
        section_add_problem(section, number, KEY_ANY, "the last line of the section ends in a backslash; delete the backslash");
        break;
    case INI_LONG:
        section_add_problem(section, number, KEY_ANY, "the line is longer than %d bytes; write several lines (mx lines add up)",
                            INI_LINE_SIZE - 2);
        break;
    case INI_NUL:
        section_add_problem(section, number, KEY_ANY, "the line contains a NUL byte; write text only");
        break;
    }
}

/* Looks for a header or a key that a lost line end has moved into a comment. */
static void check_comment(const struct ini_line *line, unsigned number, struct section *section)
{
    if (ini_comment(line) == line->len)
        return;
    enum comment_header header = comment_header(line);
    enum key key = comment_key(line);

    if (header == COMMENT_GLUED_HEADER)
        section_add_problem(
            section, number, KEY_ANY,
            "the comment is joined to what may be a header; start a new line before its [, or remove the brackets");
    else if (header == COMMENT_PERHAPS_HEADER)
        section_add_warning(section, number, KEY_ANY,
                            "the comment contains what may be a header; start a new line before its [, or remove the brackets");
    if (key != KEY_ANY)
        section_add_warning(
            section, number, KEY_ANY,
            "the comment contains \"%s =\", which has no effect; start a new line before it, or remove the =", key_name(key));
    if (line->kind == INI_HEADER && comment_is_names(line))
        section_add_warning(section, number, KEY_ANY,
                            "the comment contains names, which have no effect; write them inside the brackets, or add words");
}

static void read_line(const char *text, const struct ini_line *line, unsigned number, struct section *section)
{
    size_t before = section->problem_count;

    read_one(text, line, number, section);
    if ((line->kind == INI_VALUE || line->kind == INI_BLANK) && !line->holds_cr)
        check_comment(line, number, section);
    /* A line with a mistake may hide another line that a backslash joined to it, or a header. */
    if (section->problem_count > before && (line->continued || damaged_header(text, line)))
        section_widen_problems(section, before);
}

static void check_domain_name(struct section *section, unsigned line, const char *name, size_t len)
{
    const size_t prefix = sizeof DOMAIN_POLICY_HOST_PREFIX - 1;
    struct section_shown a, b;

    if (len == 1 && name[0] == '*')
        return;
    enum domain_fault fault = domain_policy_fault(name, len);
    bool is_host = len > prefix && domain_same(name, DOMAIN_POLICY_HOST_PREFIX, prefix);
    if (len > 2 && memcmp(name, "*.", 2) == 0 && domain_policy_fault(name + 2, len - 2) == DOMAIN_FINE)
        section_add_problem(section, line, KEY_ANY,
                            "\"%s\" has a *, but a policy is for one domain; write each domain, as in [%s] (RFC 8461 3.4)",
                            section_show(section, &a, name, len), section_show(section, &b, name + 2, len - 2));
    else if (is_host && memchr(name + prefix, '.', len - prefix) == NULL)
        section_add_problem(section, line, KEY_ANY,
                            "\"%s\" is no mail domain; write the part after the @ of a mail address, as in [example.org]",
                            section_show(section, &a, name, len));
    else if (fault != DOMAIN_FINE)
        section_add_name_problem(section, line, KEY_ANY, name, len, fault, "[]", "RFC 8461 3.3");
    else if (header_is_nearly_defaults(name, len))
        section_add_problem(section, line, KEY_ANY, "\"%s\" looks like a misspelt [defaults]; write [defaults]",
                            section_show(section, &a, name, len));
    else if (is_host)
        section_add_problem(section, line, KEY_ANY, "\"%s\" is the policy host; write [%s] (RFC 8461 3.3)",
                            section_show(section, &a, name, len), section_show(section, &b, name + prefix, len - prefix));
}

static void check_template_name(struct section *section, unsigned line, const char *name, size_t len)
{
    struct section_shown s;

    if (!header_is_template_name(name, len))
        section_add_problem(section, line, KEY_ANY,
                            "\"%s\" is not a valid name; write a domain, or a template name of letters, digits, - and _",
                            section_show(section, &s, name, len));
}

static void read_names(struct section *section)
{
    const char *name;
    size_t templates = 0, from = 0;
    unsigned line = section->line;

    for (size_t at = 0, len; (len = header_next_name(section->names, section->names_len, &at, &name)) > 0; from = at) {
        line += ini_newlines(section->names, from, at);
        if (header_names_domain(name, len)) {
            check_domain_name(section, line, name, len);
        } else {
            check_template_name(section, line, name, len);
            templates++;
        }
    }
    if (templates > 1 && section->kind == SECTION_TEMPLATE)
        section_add_problem(section, section->line, KEY_ANY,
                            "the header has several names without a dot; write one template name, or full domain names");
    if (templates > 0 && section->kind == SECTION_DOMAINS)
        section_add_problem(section, section->line, KEY_ANY,
                            "the header names a template and a domain; write two sections (a domain has a dot)");
}

static void read_header(const char *text, const struct ini_line *line, struct section *section)
{
    struct header header;
    const char *name;
    size_t at = 0;

    header_read(text, line, &header);
    section->names = header.names;
    section->names_len = header.len;
    section->kind = header_is_template(header.names, header.len) ? SECTION_TEMPLATE : SECTION_DOMAINS;
    if (header.fault != NULL)
        section_add_problem(section, section->line, KEY_ANY, "%s", header.fault);
    else if (header_next_name(header.names, header.len, &at, &name) == 0)
        section_add_problem(section, section->line, KEY_ANY, "the header names no domain; write [example.org]");
    else
        read_names(section);
    if (header.fault == NULL)
        check_comment(line, section->line, section);
}

bool parse_header_is_sound(const char *text, const struct ini_line *line)
{
    struct section section = { .line = 1 };

    read_header(text, line, &section);
    bool sound = !section.failed;
    for (size_t i = 0; i < section.problem_count; i++)
        sound = sound && section.problems[i].warning;
    section_free(&section);
    return sound;
}

void parse_section(const char *text, size_t at, size_t end, unsigned line, struct section *section)
{
    struct ini_line current;

    *section = (struct section) { .kind = SECTION_PREAMBLE, .at = at, .line = line, .names = "" };
    for (size_t from = at; from < end; from = current.next) {
        ini_line(text, end, from, &current);
        if (from == at && ini_is_header(&current))
            read_header(text, &current, section);
        else
            read_line(text, &current, line, section);
        line += ini_newlines(text, from, current.next);
    }
}
