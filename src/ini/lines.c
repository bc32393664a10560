#include "ini/lines.h"

#include "ini/scan.h"

#include <iniparser.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * iniparser 4.1 (Debian 12) reads only files, by name. The linker redirects its fopen() to __wrap_fopen() (--wrap=fopen), which
 * opens the line in memory instead. This needs no file, no /proc and no system call.
 */
struct name {
    const char *text;
    size_t len;
};
static _Thread_local const struct name *reading;
static _Thread_local bool failed; /* iniparser had a message */

FILE *__real_fopen(const char *path, const char *mode); /* NOLINT(bugprone-reserved-identifier): the linker's name */
FILE *__wrap_fopen(const char *path, const char *mode); /* NOLINT(bugprone-reserved-identifier): the linker's name */

FILE *__wrap_fopen(const char *path, const char *mode) /* NOLINT(bugprone-reserved-identifier): the linker's name */
{
    if (reading == NULL)
        return __real_fopen(path, mode);
    /* fmemopen() takes a non-const pointer, but does not write in mode "r". */
    return fmemopen((void *)(size_t)reading->text, reading->len, "r");
}

/*
 * If memory runs out, dictionary_new() of iniparser 4.1 returns a dictionary without arrays, and iniparser writes into them; that
 * of 4.2.6 (Debian 13) frees what it never allocated. The linker redirects it to this function. The dictionary of a line is
 * small, and grows by itself.
 */
dictionary *__wrap_dictionary_new(size_t size); /* NOLINT(bugprone-reserved-identifier): the linker's name */

dictionary *__wrap_dictionary_new(size_t size) /* NOLINT(bugprone-reserved-identifier): the linker's name */
{
    enum { SMALL = 8 };
    dictionary *dict = calloc(1, sizeof *dict);

    (void)size; /* iniparser asks for 0, the default */
    if (dict == NULL)
        return NULL;
    dict->size = SMALL;
    dict->val = calloc(SMALL, sizeof *dict->val);
    dict->key = calloc(SMALL, sizeof *dict->key);
    dict->hash = calloc(SMALL, sizeof *dict->hash);
    if (dict->val != NULL && dict->key != NULL && dict->hash != NULL)
        return dict;
    /* not dictionary_del(): it would read the missing arrays */
    free(dict->val);
    free(dict->key);
    free(dict->hash);
    free(dict);
    return NULL;
}

/* iniparser's sscanf(), by the names that C libraries give it. */
#define SCAN(name)                                                                                                               \
    int name(const char *text, const char *format, ...);                                                                         \
    int name(const char *text, const char *format, ...)                                                                          \
    {                                                                                                                            \
        va_list arguments;                                                                                                       \
        va_start(arguments, format);                                                                                             \
        int count = ini_scan(text, format, arguments);                                                                           \
        va_end(arguments);                                                                                                       \
        return count;                                                                                                            \
    }

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names */
SCAN(__wrap_sscanf)
SCAN(__wrap___isoc99_sscanf)
SCAN(__wrap___isoc23_sscanf)
/* NOLINTEND(bugprone-reserved-identifier) */

/*
 * iniparser's message. What it returns after one is not what the line says: if memory runs out, 4.2.6 reads a quoted value as
 * empty, and goes on.
 */
static int note_error(const char *format, ...)
{
    (void)format;
    failed = true;
    return 0;
}

void ini_init(void)
{
    iniparser_set_error_callback(note_error);
}

bool ini_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t line_end(const char *text, size_t size, size_t at)
{
    const char *newline = memchr(text + at, '\n', size - at);
    return newline != NULL ? (size_t)(newline - text) : size;
}

static size_t trimmed(const char *text, size_t len)
{
    while (len > 0 && ini_is_space(text[len - 1]))
        len--;
    return len;
}

static enum ini_kind kind_of(const char *text, size_t len)
{
    if (len == 0)
        return INI_BLANK;
    if (memchr(text, '\0', len) != NULL)
        return INI_NUL; /* also in a comment: the NUL may have overwritten other lines */
    if (text[0] == '#' || text[0] == ';')
        return INI_BLANK;
    if (text[0] == '[')
        return INI_HEADER;
    return text[0] != '=' && memchr(text, '=', len) != NULL ? INI_VALUE : INI_NEITHER;
}

/* Returns the offset of the comment, or LEN. As in iniparser, a quote counts only directly after the = and white space. */
static size_t comment_start(const char *text, size_t len)
{
    const char *end = text + len, *p = text, *equals = memchr(text, '=', len);

    while (p < end && ini_is_space(*p))
        p++;
    if (p < end && *p != '[' && *p != ';' && *p != '#' && equals != NULL) {
        for (p = equals + 1; p < end && ini_is_space(*p);)
            p++;
        if (p < end && (*p == '"' || *p == '\'')) {
            const char *quote = memchr(p + 1, *p, (size_t)(end - p - 1));
            p = quote != NULL ? quote + 1 : end;
        }
    }
    while (p < end && *p != ';' && *p != '#')
        p++;
    return (size_t)(p - text);
}

size_t ini_comment(const struct ini_line *line)
{
    return comment_start(line->text, line->len);
}

/* True if TEXT, without white space around it, contains a CR. */
static bool holds_cr(const char *text, size_t len)
{
    len = trimmed(text, len);
    while (len > 0 && ini_is_space(*text)) {
        text++;
        len--;
    }
    return memchr(text, '\r', len) != NULL;
}

static void finish(struct ini_line *line, const char *text, size_t len)
{
    len = trimmed(text, len);
    while (len > 0 && ini_is_space(text[0])) {
        text++;
        len--;
    }
    line->text = text;
    line->len = len;
    if (line->kind == INI_BLANK)
        line->kind = kind_of(text, len);
}

/* True if the USED bytes joined so far and the next line, at AT, meet without a space or a comma. */
static bool is_glued(const struct ini_line *line, size_t used, const char *text, size_t size, size_t at)
{
    return at < size && !ini_is_space(text[at]) && text[at] != ',' && !ini_is_space(line->joined[used - 1]) &&
           line->joined[used - 1] != ',' && line->joined[used - 1] != '=';
}

static bool header_at(const char *text, size_t size, size_t at)
{
    while (at < size && text[at] != '\n' && ini_is_space(text[at]))
        at++;
    return at < size && text[at] == '[';
}

static enum ini_stop stop_at(const struct ini_line *line, size_t used, const char *text, size_t size)
{
    if (comment_start(line->joined, used) < used)
        return INI_STOP_COMMENT;
    return header_at(text, size, line->next) ? INI_STOP_HEADER : INI_STOP_NONE;
}

/*
 * Joins continuation lines exactly as iniparser does: a backslash continues the line if only white space follows it, and if it is
 * not the only character joined so far.
 */
static void join(const char *text, size_t size, struct ini_line *line)
{
    size_t used = 0, at = line->at;

    line->continued = true;
    for (;;) {
        size_t end = line_end(text, size, at), n = end - at;
        line->next = end < size ? end + 1 : size;
        if (n >= INI_LINE_SIZE - 1 - used) {
            line->kind = INI_LONG;
            break;
        }
        line->holds_cr |= holds_cr(text + at, n);
        memcpy(line->joined + used, text + at, n);
        used = trimmed(line->joined, used + n);
        if (used == 0 || line->joined[used - 1] != '\\')
            break;
        used--;
        if (used == 0)
            break;
        line->stop = stop_at(line, used, text, size);
        if (line->stop != INI_STOP_NONE)
            break;
        if (line->next == size) {
            line->kind = INI_OPEN;
            break;
        }
        at = line->next;
        line->glued |= is_glued(line, used, text, size, at);
    }
    finish(line, line->joined, used);
}

/* Returns the length of the part of TEXT that a header may have before its ]: all up to a character that no name may have. */
static size_t names_length(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && text[n] != '\0' && strchr(";#=[]\\", text[n]) == NULL)
        n++;
    return n;
}

/* True if the LEN bytes of TEXT are a further line of a header. *CLOSED is set if it has the ]. */
static bool is_more_names(const char *text, size_t len, bool *closed)
{
    size_t n = names_length(text, len);

    *closed = n < len && text[n] == ']';
    return (ini_is_space(text[0]) || text[0] == ']') && (n == len || *closed) && memchr(text, '\0', len) == NULL &&
           text[len - 1] != '\\';
}

/* Lets LINE, a header, go on over the lines below it. */
static void extend(const char *text, size_t size, struct ini_line *line)
{
    const size_t start = (size_t)(line->text - text);
    bool closed = names_length(line->text + 1, line->len - 1) < line->len - 1;

    for (size_t at = line->next, end; at < size && !closed; at = end + 1) {
        end = line_end(text, size, at);
        size_t len = trimmed(text + at, end - at);
        if (len == 0)
            continue;
        if (end - at >= INI_LINE_SIZE - 1 || !is_more_names(text + at, len, &closed))
            return;
        line->holds_cr |= holds_cr(text + at, len);
        line->len = at + len - start;
        line->first_len = at + len - line->at;
        line->next = end < size ? end + 1 : size;
    }
}

size_t ini_begin(const char *text, size_t size)
{
    return size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

void ini_line(const char *text, size_t size, size_t at, struct ini_line *line)
{
    size_t end = line_end(text, size, at), len = trimmed(text + at, end - at);

    line->kind = INI_BLANK;
    line->at = at;
    line->next = end < size ? end + 1 : size;
    line->first_len = len;
    line->continued = line->glued = false;
    line->holds_cr = holds_cr(text + at, len);
    line->stop = INI_STOP_NONE;
    line->text = line->joined;
    line->len = 0;
    line->joined[0] = '\0';
    if (end - at >= INI_LINE_SIZE - 1)
        line->kind = INI_LONG;
    else if (len > 0 && text[at + len - 1] == '\\') {
        join(text, size, line);
        return;
    }
    finish(line, text + at, len);
    if (line->kind == INI_HEADER && memchr(line->text, ']', line->len) == NULL)
        extend(text, size, line);
}

bool ini_is_header(const struct ini_line *line)
{
    bool may_be = line->kind == INI_HEADER || line->kind == INI_LONG || line->kind == INI_OPEN || line->kind == INI_NUL;

    return may_be && line->len > 0 && line->text[0] == '[';
}

size_t ini_next_header(const char *text, size_t size, size_t from)
{
    for (size_t at = from; at < size; at++) {
        const char *bracket = memchr(text + at, '[', size - at);
        if (bracket == NULL)
            return size;
        size_t start = at = (size_t)(bracket - text);
        while (start > from && ini_is_space(text[start - 1]) && text[start - 1] != '\n')
            start--;
        if (start == from || text[start - 1] == '\n')
            return start;
    }
    return size;
}

unsigned ini_newlines(const char *text, size_t from, size_t to)
{
    unsigned n = 0;

    for (const char *p = text + from, *end = text + to; p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        n++;
    return n;
}

bool ini_pair(const char *text, const struct ini_line *line, struct ini_pair *pair)
{
    const struct name name = { text + line->at, line->next - line->at };
    bool good = false;

    reading = &name;
    failed = false;
    dictionary *dict = iniparser_load("");
    reading = NULL;
    if (dict == NULL)
        return false;
    /* Without a header iniparser stores the key as ":key". */
    if (!failed && dict->n == 1 && dict->key[0] != NULL && dict->val[0] != NULL) {
        int key = snprintf(pair->key, sizeof pair->key, "%s", dict->key[0] + 1);
        int value = snprintf(pair->value, sizeof pair->value, "%s", dict->val[0]);
        good = key >= 0 && (size_t)key < sizeof pair->key && value >= 0 && (size_t)value < sizeof pair->value;
    }
    iniparser_freedict(dict);
    return good;
}
