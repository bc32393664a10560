#include "config/section.h"

#include "base/near.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 80, WORD_MAX = NEAR_MAX, PROBLEMS_FIRST = 4 };

typedef void check_fn(struct section *section, unsigned line, char *value);
static check_fn check_mode, check_mx, check_max_age, check_use, check_host, check_tlsrpt;

static const struct {
    const char *name;
    check_fn *check;
    bool in_policy; /* a mistake in it stands in the way of the policy */
} keys[SECTION_KEYS] = {
    [KEY_MODE] = { "mode", check_mode, true },          [KEY_MX] = { "mx", check_mx, true },
    [KEY_MAX_AGE] = { "max_age", check_max_age, true }, [KEY_USE] = { "use", check_use, true },
    [KEY_HOST] = { "host", check_host, false },         [KEY_TLSRPT] = { "tlsrpt", check_tlsrpt, false },
};

/* --- problems --- */

/* Room for one more problem. */
static bool make_room(struct section *section)
{
    if (section->problem_count < section->problem_room)
        return true;
    size_t room = section->problem_room > 0 ? section->problem_room * 2 : PROBLEMS_FIRST;
    struct section_problem *more = realloc(section->problems, room * sizeof *more);
    if (more == NULL) {
        section->failed = true;
        return false;
    }
    section->problems = more;
    section->problem_room = room;
    return true;
}

/* NAME is how the file calls the key, or NULL. */
__attribute__((format(printf, 5, 0))) static void add_problem(struct section *section, unsigned line, enum section_key key,
                                                              const char *name, const char *format, va_list args)
{
    char text[1024];

    if (!make_room(section))
        return;
    size_t at = section->notes.len;
    if (name != NULL)
        buf_print(&section->notes, "%s: ", name);
    if (vsnprintf(text, sizeof text, format, args) < 0)
        text[0] = '\0';
    buf_add(&section->notes, text, strlen(text) + 1);
    if (section->notes.failed)
        section->failed = true;
    else
        section->problems[section->problem_count++] = (struct section_problem) { line, key, name != NULL, false, at };
}

void section_add_problem(struct section *section, unsigned line, enum section_key key, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_problem(section, line, key, key < SECTION_KEYS ? keys[key].name : NULL, format, args);
    va_end(args);
}

static bool same_problem(const struct section *section, const struct section_problem *a, const struct section_problem *b)
{
    return a->line == b->line && strcmp(section->notes.text + a->text, section->notes.text + b->text) == 0;
}

void section_add_warning(struct section *section, unsigned line, enum section_key key, const char *format, ...)
{
    va_list args;
    size_t last = section->problem_count;

    va_start(args, format);
    add_problem(section, line, key, key < SECTION_KEYS ? keys[key].name : NULL, format, args);
    va_end(args);
    if (section->problem_count == last)
        return;
    section->problems[last].warning = true;
    for (size_t i = 0; i < last; i++) {
        if (!same_problem(section, &section->problems[i], &section->problems[last]))
            continue;
        section->problem_count--;
        section->notes.len = section->problems[last].text;
        return;
    }
}

/* A problem with a key that there is not: it concerns KEY, the one that was meant. */
__attribute__((format(printf, 5, 6))) static void add_unknown(struct section *section, unsigned line, enum section_key key,
                                                              const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_problem(section, line, key, name, format, args);
    va_end(args);
}

/* LEN bytes of the file as a message of SECTION may show them; the result lasts until SHOWN is used again. */
struct shown {
    char text[SHOWN_MAX * 4 + 8];
};

static const char *shown(struct section *section, struct shown *shown, const char *bytes, size_t len)
{
    struct buf buf = { 0 };

    buf_add_shown(&buf, bytes, len, SHOWN_MAX);
    section->failed |= buf.failed;
    (void)snprintf(shown->text, sizeof shown->text, "%s", buf.text != NULL ? buf.text : "");
    buf_free(&buf);
    return shown->text;
}

/* How much of NAMES a message shows: what stands on the header's first line, without a backslash at its end. */
static size_t first_line(const char *names, size_t len)
{
    const char *newline = memchr(names, '\n', len);

    if (newline == NULL)
        return len;
    len = (size_t)(newline - names);
    while (len > 0 && (ini_is_space(names[len - 1]) || names[len - 1] == '\\' || names[len - 1] == ','))
        len--;
    return len;
}

void section_print_problem(const struct section *section, const struct section_problem *problem, const char *file, unsigned line,
                           struct buf *out)
{
    buf_print(out, "%s:%u: %s", file, problem->line - section->line + line, problem->warning ? "warning: " : "");
    size_t len = first_line(section->names, section->names_len);
    if (len > 0) {
        buf_add(out, "[", 1);
        buf_add_shown(out, section->names, len, SHOWN_MAX);
        buf_print(out, problem->keyed ? "] " : "]: ");
    }
    buf_print(out, "%s", section->notes.text + problem->text);
}

/* A name's FAULT; QUOTES are the two characters that it is written between, RFC the section that says so. */
static void name_problem(struct section *section, unsigned line, enum section_key key, const char *name, size_t len,
                         enum domain_fault fault, const char *quotes, const char *rfc)
{
    const char *phrase = domain_fault_phrase(fault), *advice = domain_fault_advice(fault);
    struct shown a, b;

    shown(section, &a, name, len);
    if (advice != NULL)
        section_add_problem(section, line, key, "\"%s\" %s; write %s (%s)", a.text, phrase, advice, rfc);
    else
        section_add_problem(section, line, key, "\"%s\" %s; write %c%s%c (%s)", a.text, phrase, quotes[0],
                            shown(section, &b, name, len - 1), quotes[1], rfc);
}

/* --- the key that was meant --- */

/* The key whose name is nearest to the word that TEXT begins with, or KEY_ANY where none is near. */
static enum section_key nearest_key(const char *text, size_t len)
{
    char word[WORD_MAX + 1];
    size_t n = 0, least = SIZE_MAX;
    enum section_key nearest = KEY_ANY;

    while (n < len && n < WORD_MAX && strchr(" \t:=", text[n]) == NULL) {
        word[n] = domain_lower(text[n]);
        n++;
    }
    word[n] = '\0';
    for (size_t i = 0; i < SECTION_KEYS; i++) {
        size_t d = near_distance(word, keys[i].name), longer = strlen(keys[i].name) > n ? strlen(keys[i].name) : n;
        if (d < least && d * 2 <= longer && d <= 2) {
            least = d;
            nearest = (enum section_key)i;
        }
    }
    return nearest;
}

static enum section_key known_key(const char *name)
{
    for (size_t i = 0; i < SECTION_KEYS; i++)
        if (strcmp(name, keys[i].name) == 0)
            return (enum section_key)i;
    return KEY_ANY;
}

/* --- the values of each key --- */

static void check_mode(struct section *section, unsigned line, char *value)
{
    enum policy_mode mode;
    struct shown s;

    if (!policy_mode_read(value, &mode))
        section_add_problem(section, line, KEY_MODE, "\"%s\" is no mode; write enforce, testing or none (RFC 8461 3.2)",
                            shown(section, &s, value, strlen(value)));
}

static void check_max_age(struct section *section, unsigned line, char *value)
{
    uint32_t seconds;
    struct shown s;

    if (!policy_max_age_read(value, &seconds))
        section_add_problem(section, line, KEY_MAX_AGE,
                            "\"%s\" is no max_age; write 0 to %d seconds, or a number with d or w, such as 4w (RFC 8461 3.2)",
                            shown(section, &s, value, strlen(value)), POLICY_MAX_AGE_MAX);
}

char *section_next_word(char **list)
{
    char *word = *list + strspn(*list, ", \t");

    if (*word == '\0')
        return NULL;
    *list = word + strcspn(word, ", \t");
    if (**list != '\0')
        *(*list)++ = '\0';
    return word;
}

static void check_mx(struct section *section, unsigned line, char *value)
{
    size_t before = section->mx_count, problems = section->problem_count;

    for (char *rest = value, *word; (word = section_next_word(&rest)) != NULL;) {
        size_t len = strlen(word);
        enum domain_fault fault = policy_mx_fault(word, len);
        if (fault != DOMAIN_FINE) {
            name_problem(section, line, KEY_MX, word, len, fault, "\"\"", "RFC 8461 3.2");
            continue;
        }
        for (char *c = word; *c != '\0'; c++)
            *c = domain_lower(*c);
        buf_add(&section->mx, word, len + 1);
        buf_add(&section->mx_lines, (const char *)&line, sizeof line);
        section->failed |= section->mx.failed | section->mx_lines.failed;
        section->mx_count++;
    }
    if (section->mx_count == before && section->problem_count == problems)
        section_add_problem(section, line, KEY_MX, "is empty; write the host of an MX record (RFC 8461 3.2)");
}

unsigned section_mx_line(const struct section *section, size_t number)
{
    unsigned line;

    memcpy(&line, section->mx_lines.text + number * sizeof line, sizeof line);
    return line;
}

static bool is_template_name(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = domain_lower(name[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return len > 0;
}

static void check_use(struct section *section, unsigned line, char *value)
{
    struct shown s;
    const char *name = shown(section, &s, value, strlen(value));
    size_t problems = section->problem_count;

    if (section->kind == SECTION_TEMPLATE)
        section_add_problem(section, line, KEY_USE, "only a domain's section can use a template; write the values here");
    else if (!is_template_name(value, strlen(value)))
        section_add_problem(section, line, KEY_USE, "\"%s\" is no template; write the name of one section without a dot", name);
    else if (strcmp(value, "defaults") == 0)
        section_add_problem(section, line, KEY_USE, "every section inherits [defaults] by itself; leave this line out");
    if (section->problem_count > problems)
        section->value[KEY_USE].line = 0; /* as if it was not there: one mistake, one message */
}

static void check_host(struct section *section, unsigned line, char *value)
{
    size_t names = 0, addresses = 0;
    unsigned char address[sizeof(struct in6_addr)];

    for (char *rest = value, *word; (word = section_next_word(&rest)) != NULL;) {
        if (inet_pton(AF_INET, word, address) == 1 || inet_pton(AF_INET6, word, address) == 1) {
            addresses++;
            continue;
        }
        enum domain_fault fault = domain_fault(word, strlen(word));
        if (fault != DOMAIN_FINE)
            name_problem(section, line, KEY_HOST, word, strlen(word), fault, "\"\"", "RFC 8461 8.2");
        names++;
    }
    if (names > 1 || (names > 0 && addresses > 0) || names + addresses == 0)
        section_add_problem(section, line, KEY_HOST, "write one name (for a CNAME record) or addresses (for A and AAAA records)");
}

static void check_tlsrpt(struct section *section, unsigned line, char *value)
{
    size_t count = 0;
    struct shown s;

    for (char *rest = value, *word; (word = section_next_word(&rest)) != NULL; count++)
        if (!policy_is_report_uri(word, strlen(word)))
            section_add_problem(
                section, line, KEY_TLSRPT,
                "\"%s\" is no address for reports; write mailto:name@domain or https://..., with , ! and ; inside as "
                "%%2C, %%21 and %%3B (RFC 8460 3)",
                shown(section, &s, word, strlen(word)));
    if (count == 0)
        section_add_problem(section, line, KEY_TLSRPT, "is empty; write mailto:name@domain or https://... (RFC 8460 3)");
}

/* --- lines --- */

static const char *const stops[] = {
    [INI_STOP_COMMENT] = "a comment ends in a backslash, which would hide the next line; leave the backslash out",
    [INI_STOP_HEADER] = "the line ends in a backslash, which would hide the section below; leave the backslash out",
};

static const char within[] = "a CR stands within the line, where some programs begin a new one; save the file with LF or CRLF";

/* Are the words in what follows a comment's sign all hosts: is it a list that went on after a ; in place of a comma? */
static bool is_host_list(const char *words, size_t len)
{
    size_t hosts = 0;

    for (size_t at = 0; at < len;) {
        size_t n = 0;
        while (at + n < len && !ini_is_space(words[at + n]) && strchr(",;#\"'", words[at + n]) == NULL)
            n++;
        if (n > 0 && (memchr(words + at, '.', n) == NULL || policy_mx_fault(words + at, n) != DOMAIN_FINE))
            return false;
        hosts += n > 0;
        at += n + 1;
    }
    return hosts > 0;
}

/*
 * What iniparser would drop of the value in LINE without a word: the rest of a list after a closing quote, or after a ; or #.
 * Returns what is wrong and what to write, or NULL.
 */
static const char *lost_text(const struct ini_line *line, enum section_key key)
{
    const char *p = memchr(line->text, '=', line->len), *comment = line->text + ini_comment(line), *end = line->text + line->len;

    for (p++; p < end && ini_is_space(*p); p++)
        continue;
    if (p < end && (*p == '"' || *p == '\'')) {
        const char *quote = memchr(p + 1, *p, (size_t)(end - p - 1));
        if (quote == NULL)
            return "the closing quote is missing; write none, or two";
        /* iniparser 4.1 takes it as it is; from 4.2 on it takes the next character for an escape. */
        if (memchr(p + 1, '\\', (size_t)(quote - p - 1)) != NULL)
            return "a backslash within quotes is read in different ways; leave it out";
        for (quote++; quote < comment && ini_is_space(*quote); quote++)
            continue;
        if (quote < comment)
            return "there is more after the closing quote; write all of it inside one pair of quotes, or none";
    }
    bool glued = comment > p && comment + 1 < end && !ini_is_space(comment[-1]) && !ini_is_space(comment[1]);
    if (glued || (key == KEY_MX && comment < end && is_host_list(comment, (size_t)(end - comment))))
        return "there is more after a ; or #, which begins a comment; write a comma in a list, and a space and words in a "
               "comment";
    return line->glued ? "a backslash joins two lines without a space; write a space or a comma before it" : NULL;
}

/* Does the comment of LINE end in [a domain], and not begin with it: is it, perhaps, joined to a header? */
static bool ends_in_header(const struct ini_line *line)
{
    size_t from = ini_comment(line), end = line->len;

    while (from < end && (ini_is_space(line->text[from]) || line->text[from] == ';' || line->text[from] == '#'))
        from++;
    if (from + 1 >= end || line->text[end - 1] != ']' || line->text[from] == '[')
        return false;
    for (size_t at = end - 1; at > from; at--)
        if (line->text[at - 1] == '[')
            return memchr(line->text + at, '.', end - 1 - at) != NULL &&
                   domain_policy_fault(line->text + at, end - 1 - at) == DOMAIN_FINE;
    return false;
}

static void read_value(const char *text, const struct ini_line *line, unsigned number, struct section *section)
{
    struct ini_pair pair;
    struct shown s;

    if (!ini_pair(text, line, &pair)) {
        section->failed = true;
        return;
    }
    enum section_key key = known_key(pair.key);
    const char *lost = lost_text(line, key);
    if (key == KEY_ANY) {
        /* A guess is good enough for a message, and not for leaving the other keys as they are. */
        const char *name = shown(section, &s, pair.key, strlen(pair.key));
        key = nearest_key(pair.key, strlen(pair.key));
        if (key == KEY_ANY)
            add_unknown(section, number, key, name, "there is no such key; write one of mode, mx, max_age, use, host and tlsrpt");
        else
            add_unknown(section, number, KEY_ANY, name, "there is no such key; did you mean \"%s\"?", keys[key].name);
    } else if (section->kind == SECTION_PREAMBLE) {
        section_add_problem(section, number, key,
                            "stands before the first section; write it below [defaults] or a domain's header");
    } else if (lost != NULL) {
        section_add_problem(section, number, key, "%s", lost);
    } else if (key != KEY_MX && section->value[key].line != 0) {
        section_add_problem(section, number, key, "is given a second time; keep one of the two");
    } else {
        section->value[key] = (struct section_value) { number, section->values.len };
        buf_add(&section->values, pair.value, strlen(pair.value) + 1);
        section->failed |= section->values.failed;
        keys[key].check(section, number, pair.value);
    }
}

/* A line that is neither a header nor a value nor a comment: often one of a policy, with a colon. */
static void read_stray(const struct ini_line *line, unsigned number, struct section *section)
{
    struct shown s, v;
    const char *colon = memchr(line->text, ':', line->len), *text = shown(section, &s, line->text, line->len);
    enum section_key key = nearest_key(line->text, line->len);

    if (colon != NULL && line->len >= 7 && memcmp(line->text, "version", 7) == 0) {
        section_add_problem(section, number, KEY_ANY,
                            "\"%s\" is a line of a policy; leave it out, it is always served (RFC 8461 3.2)", text);
    } else if (colon != NULL && key != KEY_ANY) {
        const char *value = colon + 1;
        while (value < line->text + line->len && (*value == ' ' || *value == '\t'))
            value++;
        add_unknown(section, number, KEY_ANY, keys[key].name, "\"%s\" is written as in a policy; write \"%s = %s\"", text,
                    keys[key].name, shown(section, &v, value, (size_t)(line->text + line->len - value)));
    } else if (memchr(line->text, ']', line->len) != NULL) {
        section_add_problem(section, number, KEY_ANY,
                            "\"%s\" may be a header; write its names between [ and ], or a ; before a comment", text);
    } else {
        add_unknown(section, number, KEY_ANY, key != KEY_ANY ? keys[key].name : NULL,
                    "\"%s\" has no \"=\" after a key; write \"key = value\", or a ; before a comment", text);
    }
}

static void read_one(const char *text, const struct ini_line *line, unsigned number, struct section *section)
{
    if (line->holds_cr) {
        section_add_problem(section, number, KEY_ANY, "%s", within);
        return;
    }
    if (line->stop != INI_STOP_NONE) {
        section_add_problem(section, number, KEY_ANY, "%s", stops[line->stop]);
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
        section_add_problem(section, number, KEY_ANY,
                            "the section ends in a backslash, which continues nothing; leave the backslash out");
        break;
    case INI_LONG:
        section_add_problem(section, number, KEY_ANY, "the line is longer than %d bytes; write several lines (mx lines add up)",
                            INI_LINE_SIZE - 2);
        break;
    case INI_NUL:
        section_add_problem(section, number, KEY_ANY, "the line holds a NUL byte; write text only");
        break;
    }
}

/* A line with a mistake that goes over several may have swallowed one with another key. */
static void read_line(const char *text, const struct ini_line *line, unsigned number, struct section *section)
{
    size_t before = section->problem_count;

    read_one(text, line, number, section);
    for (size_t i = before; line->continued && i < section->problem_count; i++)
        section->problems[i].key = KEY_ANY;
    if ((line->kind != INI_VALUE && line->kind != INI_BLANK) || !ends_in_header(line))
        return;
    before = section->problem_count;
    section_add_problem(section, number, KEY_ANY,
                        "the comment ends in what may be a header; begin a new line before its [, or leave the brackets out");
    if (section->problem_count > before)
        section->problems[before].warning = true;
}

/* --- headers --- */

static const char *after_bracket_fault(const char *rest, const char *end)
{
    while (rest < end && ini_is_space(*rest))
        rest++;
    return rest < end && *rest != ';' && *rest != '#' ? "the header has text after its \"]\"; write it on a line of its own"
                                                      : NULL;
}

/* A table, since every character of every header is asked for when a large file is cut. */
enum { ENDS_NAME = 1, MISPLACED = 3 };
static const unsigned char in_header[UCHAR_MAX + 1] = {
    ['\0'] = MISPLACED, ['\t'] = ENDS_NAME, ['\n'] = ENDS_NAME, ['\v'] = ENDS_NAME, ['\f'] = ENDS_NAME,
    ['\r'] = ENDS_NAME, [' '] = ENDS_NAME,  [','] = ENDS_NAME,  [';'] = MISPLACED,  ['#'] = MISPLACED,
    ['='] = MISPLACED,  ['['] = MISPLACED,  [']'] = MISPLACED,  ['\\'] = MISPLACED,
};

bool section_ends_name(char c)
{
    return in_header[(unsigned char)c] != 0;
}

static const char *header_fault(const struct ini_line *line, const char *bracket, const char *end, bool misplaced)
{
    if (line->stop != INI_STOP_NONE)
        return stops[line->stop];
    if (line->continued)
        return "the header goes on in the next line; write it on one line, without a backslash";
    if (bracket == NULL)
        return "the header has no \"]\"; write it at the end of the name";
    if (line->kind == INI_NUL)
        return "the header holds a NUL byte; write text only";
    if (line->holds_cr)
        return within;
    if (line->kind == INI_LONG)
        return "the header is too long to be read; write several sections that use one template";
    if (misplaced)
        return "the header holds a character that no name has; write names with spaces between";
    return after_bracket_fault(bracket + 1, end);
}

void section_header(const char *text, const struct ini_line *line, struct section_header *header)
{
    /* Of a continued one, all of its lines: the domains there are to be broken, not unknown. */
    const char *begin = text + line->at, *end = line->continued ? text + line->next : begin + line->first_len;

    while (begin < end && *begin != '[')
        begin++;
    if (begin < end)
        begin++;
    const char *bracket = memchr(begin, ']', (size_t)(end - begin)), *names_end = bracket;
    if (bracket == NULL)
        for (names_end = begin; names_end < end && strchr(";#=\\", *names_end) == NULL;)
            names_end++;
    while (names_end > begin && ini_is_space(names_end[-1]))
        names_end--;
    unsigned char seen = 0;
    for (const char *c = begin; c < names_end; c++)
        seen |= in_header[(unsigned char)*c];
    *header = (struct section_header) { begin, (size_t)(names_end - begin), header_fault(line, bracket, end, seen == MISPLACED),
                                        seen != 0 };
}

size_t section_next_name(const char *names, size_t len, size_t *at, const char **name)
{
    while (*at < len && section_ends_name(names[*at]))
        ++*at;
    size_t start = *at;
    while (*at < len && !section_ends_name(names[*at]))
        ++*at;
    *name = names + start;
    return *at - start;
}

bool section_names_domain(const char *name, size_t len)
{
    return memchr(name, '.', len) != NULL || (len == 1 && name[0] == '*');
}

bool section_is_template(const char *names, size_t len)
{
    const char *name;
    size_t count = 0, n;

    for (size_t at = 0; (n = section_next_name(names, len, &at, &name)) > 0; count++)
        if (section_names_domain(name, n))
            return false;
    return count > 0;
}

/* Is the name one of [defaults] with a slip of the keyboard? One with a dot is only where that is the slip. */
static bool is_nearly_defaults(const char *name, size_t len)
{
    char letters[NEAR_MAX + 1];
    size_t n = 0;
    bool dot = memchr(name, '.', len) != NULL;

    for (size_t i = 0; i < len && n < NEAR_MAX; i++)
        if (name[i] != '.')
            letters[n++] = domain_lower(name[i]);
    letters[n] = '\0';
    size_t d = near_distance(letters, "defaults");
    return dot ? d == 0 : d > 0 && d <= 2;
}

static void check_domain_name(struct section *section, const char *name, size_t len)
{
    const size_t prefix = sizeof DOMAIN_POLICY_HOST_PREFIX - 1;
    struct shown a, b;

    if (len == 1 && name[0] == '*')
        return;
    enum domain_fault fault = domain_policy_fault(name, len);
    if (fault != DOMAIN_FINE)
        name_problem(section, section->line, KEY_ANY, name, len, fault, "[]", "RFC 8461 3.3");
    else if (is_nearly_defaults(name, len))
        section_add_problem(section, section->line, KEY_ANY, "\"%s\" is nearly [defaults]; write that",
                            shown(section, &a, name, len));
    else if (len > prefix && domain_same(name, DOMAIN_POLICY_HOST_PREFIX, prefix))
        section_add_problem(section, section->line, KEY_ANY, "\"%s\" is the policy host; write [%s] (RFC 8461 3.3)",
                            shown(section, &a, name, len), shown(section, &b, name + prefix, len - prefix));
}

static void check_template_name(struct section *section, const char *name, size_t len)
{
    struct shown s;

    if (is_nearly_defaults(name, len))
        section_add_problem(section, section->line, KEY_ANY,
                            "\"%s\" is nearly [defaults]; write that, or give the template another name",
                            shown(section, &s, name, len));
    else if (!is_template_name(name, len))
        section_add_problem(section, section->line, KEY_ANY,
                            "\"%s\" is no name; write a domain, or for a template letters, digits, - and _",
                            shown(section, &s, name, len));
}

static void read_names(struct section *section)
{
    const char *name;
    size_t templates = 0;

    for (size_t at = 0, len; (len = section_next_name(section->names, section->names_len, &at, &name)) > 0;) {
        if (section_names_domain(name, len)) {
            check_domain_name(section, name, len);
        } else {
            check_template_name(section, name, len);
            templates++;
        }
    }
    if (templates > 1 && section->kind == SECTION_TEMPLATE)
        section_add_problem(section, section->line, KEY_ANY,
                            "the header names several templates; write one name without a dot, or domains with their dots");
    if (templates > 0 && section->kind == SECTION_DOMAINS)
        section_add_problem(section, section->line, KEY_ANY,
                            "the header names a template and a domain; write two sections (a domain has a dot)");
}

static void read_header(const char *text, const struct ini_line *line, struct section *section)
{
    struct section_header header;
    const char *name;
    size_t at = 0;

    section_header(text, line, &header);
    section->names = header.names;
    section->names_len = header.len;
    section->kind = section_is_template(header.names, header.len) ? SECTION_TEMPLATE : SECTION_DOMAINS;
    if (header.fault != NULL)
        section_add_problem(section, section->line, KEY_ANY, "%s", header.fault);
    else if (section_next_name(header.names, header.len, &at, &name) == 0)
        section_add_problem(section, section->line, KEY_ANY, "the header names no domain; write [example.org]");
    else
        read_names(section);
}

static bool holds_bracket(const char *text, size_t len)
{
    return memchr(text, '[', len) != NULL || memchr(text, ']', len) != NULL;
}

bool section_may_be_header(const char *text, const struct ini_line *line)
{
    static const char version[] = "version";

    if (line->kind == INI_LONG)
        return holds_bracket(text + line->at, line->next - line->at);

    if (line->holds_cr)
        return holds_bracket(line->text, line->len);
    if (line->kind == INI_NUL && memchr(line->text, '=', line->len) == NULL)
        return true;
    if (line->kind == INI_NEITHER && nearest_key(line->text, line->len) == KEY_ANY)
        return line->len < sizeof version - 1 || memcmp(line->text, version, sizeof version - 1) != 0;
    return holds_bracket(line->text, line->kind == INI_NEITHER ? line->len : ini_comment(line));
}

bool section_header_is_sound(const char *text, const struct ini_line *line)
{
    struct section section = { .line = 1 };

    read_header(text, line, &section);
    bool sound = section.problem_count == 0 && !section.failed;
    section_free(&section);
    return sound;
}

void section_read(const char *text, size_t at, size_t end, unsigned line, struct section *section)
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

void section_free(struct section *section)
{
    buf_free(&section->values);
    buf_free(&section->mx);
    buf_free(&section->mx_lines);
    buf_free(&section->notes);
    free(section->problems);
    *section = (struct section) { 0 };
}

const char *section_value(const struct section *section, enum section_key key)
{
    return section->value[key].line != 0 ? section->values.text + section->value[key].text : NULL;
}

/* --- the policy --- */

static bool stands_in_the_way(const struct section_problem *problem)
{
    return !problem->warning && (problem->key >= SECTION_KEYS || keys[problem->key].in_policy);
}

/* Does PROBLEM, in a template or in [defaults], concern whoever looks there for KEY? */
static bool concerns(const struct section_problem *problem, enum section_key key)
{
    return !problem->warning && (problem->key == key || problem->key == KEY_ANY || problem->key == KEY_USE);
}

static bool own_problem(const struct section *own, struct section_why *why)
{
    for (size_t i = 0; i < own->problem_count; i++) {
        if (stands_in_the_way(&own->problems[i])) {
            *why = (struct section_why) { own, &own->problems[i] };
            return true;
        }
    }
    return false;
}

/* The first of COUNT LEVELS that has KEY, or NULL. False where a mistake in a level on the way leaves that open. */
static bool find_level(const struct section *const levels[], size_t count, enum section_key key, const struct section **found,
                       struct section_why *why)
{
    *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct section *level = levels[i];
        if (level == NULL)
            continue;
        if (level->failed)
            return false;
        for (size_t j = 0; i > 0 && j < level->problem_count; j++) {
            if (concerns(&level->problems[j], key)) {
                *why = (struct section_why) { level, &level->problems[j] };
                return false;
            }
        }
        if (level->value[key].line != 0) {
            *found = level;
            return true;
        }
    }
    return true;
}

static bool complain(struct section *own, struct section_why *why)
{
    *why = (struct section_why) { own, own->failed ? NULL : &own->problems[own->problem_count - 1] };
    return false;
}

/* Does A stand before B in the file, or is there no B? */
static bool comes_first(const struct section_why *a, const struct section_why *b)
{
    if (b->problem == NULL)
        return true;
    return a->section->at != b->section->at ? a->section->at < b->section->at : a->problem->line < b->problem->line;
}

/* Host and tlsrpt: not in the policy, so that a mistake, also in OWN, only means that there is none. */
static void find_beside(const struct section *const levels[], size_t count, enum section_key key, struct section_found *found)
{
    const struct section *own = levels[0];
    struct section_why why = { NULL, NULL };

    for (size_t i = 0; i < own->problem_count && why.problem == NULL; i++)
        if (concerns(&own->problems[i], key))
            why = (struct section_why) { own, &own->problems[i] };
    if (why.problem == NULL && find_level(levels, count, key, &found->from[key], &why))
        return;
    found->from[key] = NULL;
    found->mistaken[key] = true;
    if (why.problem != NULL && comes_first(&why, &found->beside))
        found->beside = why;
}

bool section_looks_in_defaults(const struct section *own, const struct section *template, bool records)
{
    for (size_t key = 0; key < SECTION_KEYS; key++) {
        bool wanted = key != KEY_USE && (keys[key].in_policy || records);
        if (wanted && own->value[key].line == 0 && (template == NULL || template->value[key].line == 0))
            return true;
    }
    return false;
}

bool section_find(struct section *own, const struct section *template, const struct section *defaults,
                  struct section_found *found, struct section_why *why)
{
    const struct section *const levels[] = { own, template, defaults };
    const size_t count = sizeof levels / sizeof levels[0];

    *found = (struct section_found) { .policy = { .mode = POLICY_TESTING, .max_age = POLICY_MAX_AGE_DEFAULT } };
    *why = (struct section_why) { 0 };
    if (own->failed || own_problem(own, why))
        return false;
    for (size_t key = 0; key < SECTION_KEYS; key++) {
        if (!keys[key].in_policy)
            find_beside(levels, count, (enum section_key)key, found);
        /* A template or [defaults] has no use of its own. */
        else if (!find_level(levels, key == KEY_USE ? 1 : count, (enum section_key)key, &found->from[key], why))
            return false;
    }
    struct policy *policy = &found->policy;
    if (found->from[KEY_MODE] != NULL)
        (void)policy_mode_read(section_value(found->from[KEY_MODE], KEY_MODE), &policy->mode);
    if (found->from[KEY_MAX_AGE] != NULL)
        (void)policy_max_age_read(section_value(found->from[KEY_MAX_AGE], KEY_MAX_AGE), &policy->max_age);
    if (found->from[KEY_MX] != NULL) {
        policy->mx = found->from[KEY_MX]->mx.text;
        policy->mx_count = found->from[KEY_MX]->mx_count;
    } else if (policy->mode != POLICY_NONE) {
        section_add_problem(own, own->line, KEY_MX,
                            "is missing; write \"mx = \" and the host of an MX record, or \"mode = none\" (RFC 8461 3.2)");
        return complain(own, why);
    }
    return true;
}

bool section_render(struct section *own, const struct section_found *found, struct buf *out, struct section_why *why)
{
    char bytes[1024];
    size_t len = policy_render(&found->policy, bytes, sizeof bytes);

    *why = (struct section_why) { 0 };
    if (len > POLICY_BYTES_MAX) {
        section_add_problem(own, own->line, KEY_MX,
                            "makes a policy of %zu bytes, of which senders read 65536; write fewer, or wildcards (RFC 8461 3.3)",
                            len);
        return complain(own, why);
    }
    if (len < sizeof bytes) {
        buf_add(out, bytes, len);
        return !out->failed;
    }
    char *large = malloc(len + 1);
    if (large == NULL)
        return false;
    (void)policy_render(&found->policy, large, len + 1);
    buf_add(out, large, len);
    free(large);
    return !out->failed;
}
