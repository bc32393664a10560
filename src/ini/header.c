#include "ini/header.h"

#include "base/near.h"
#include "ini/lines.h"
#include "policy/domain.h"

#include <limits.h>
#include <string.h>

/* A table for speed: the outline of a large file looks up each character of each header. */
enum { ENDS_NAME = 1, MISPLACED = 3 };
static const unsigned char in_header[UCHAR_MAX + 1] = {
    ['\0'] = MISPLACED, ['\t'] = ENDS_NAME, ['\n'] = ENDS_NAME, ['\v'] = ENDS_NAME, ['\f'] = ENDS_NAME,
    ['\r'] = ENDS_NAME, [' '] = ENDS_NAME,  [','] = ENDS_NAME,  [';'] = MISPLACED,  ['#'] = MISPLACED,
    ['='] = MISPLACED,  ['['] = MISPLACED,  [']'] = MISPLACED,  ['\\'] = MISPLACED,
};

static const char *const stops[] = {
    [INI_STOP_COMMENT] = "a comment ends in a backslash, which would hide the next line; delete the backslash",
    [INI_STOP_HEADER] = "the line ends in a backslash, which would hide the section below; delete the backslash",
};

const char *header_stop_fault(const struct ini_line *line)
{
    return line->stop != INI_STOP_NONE ? stops[line->stop] : NULL;
}

const char *header_cr_fault(const struct ini_line *line)
{
    return line->holds_cr ? "the line contains a CR, which some programs take for a line end; save the file with LF or CRLF"
                          : NULL;
}

static const char *after_bracket_fault(const char *rest, const char *end)
{
    while (rest < end && ini_is_space(*rest))
        rest++;
    return rest < end && *rest != ';' && *rest != '#' ? "the header has text after its \"]\"; move it to a line of its own"
                                                      : NULL;
}

bool header_ends_name(char c)
{
    return in_header[(unsigned char)c] != 0;
}

static const char *fault_of(const struct ini_line *line, const char *bracket, const char *end, bool misplaced)
{
    if (line->stop != INI_STOP_NONE)
        return header_stop_fault(line);
    if (line->continued)
        return "the header ends in a backslash; delete it: the names may go on in the next line, after a space";
    if (bracket == NULL)
        return "the header has no \"]\"; write it after the last name, and begin each further line of names with a space";
    if (line->kind == INI_NUL)
        return "the header contains a NUL byte; write text only";
    if (line->holds_cr)
        return header_cr_fault(line);
    if (line->kind == INI_LONG)
        return "the header has a line that is too long; write the names on several lines, each further one after a space";
    if (misplaced)
        return "the header contains a character that is not allowed in names; separate names with spaces";
    return after_bracket_fault(bracket + 1, end);
}

void header_read(const char *text, const struct ini_line *line, struct header *header)
{
    /* Read all lines of a continued header: its domains are then known, and have a mistake. */
    const char *begin = text + line->at, *end = line->continued ? text + line->next : begin + line->first_len;

    while (begin < end && *begin != '[')
        begin++;
    if (begin < end)
        begin++;
    const char *bracket = memchr(begin, ']', (size_t)(end - begin)), *names_end = bracket;
    if (bracket == NULL)
        for (names_end = begin; names_end < end && (*names_end == '\0' || strchr(";#=\\", *names_end) == NULL);)
            names_end++;
    while (names_end > begin && ini_is_space(names_end[-1]))
        names_end--;
    unsigned char seen = 0;
    for (const char *c = begin; c < names_end; c++)
        seen |= in_header[(unsigned char)*c];
    *header = (struct header) { begin, (size_t)(names_end - begin), fault_of(line, bracket, end, seen == MISPLACED), seen != 0 };
}

size_t header_next_name(const char *names, size_t len, size_t *at, const char **name)
{
    while (*at < len && header_ends_name(names[*at]))
        ++*at;
    size_t start = *at;
    while (*at < len && !header_ends_name(names[*at]))
        ++*at;
    *name = names + start;
    return *at - start;
}

bool header_names_domain(const char *name, size_t len)
{
    return memchr(name, '.', len) != NULL || (len == 1 && name[0] == '*');
}

bool header_is_template(const char *names, size_t len)
{
    const char *name;
    size_t count = 0, n;

    for (size_t at = 0; (n = header_next_name(names, len, &at, &name)) > 0; count++)
        if (header_names_domain(name, n))
            return false;
    return count > 0;
}

bool header_is_template_name(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = domain_lower(name[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return len > 0;
}

bool header_is_nearly_defaults(const char *name, size_t len)
{
    char letters[NEAR_MAX + 1];
    size_t n = 0;
    bool dot = memchr(name, '.', len) != NULL;

    for (size_t i = 0; i < len && n < NEAR_MAX; i++)
        if (name[i] != '.')
            letters[n++] = domain_lower(name[i]);
    letters[n] = '\0';
    if (dot)
        return strcmp(letters, "defaults") == 0;
    size_t distance = near_distance(letters, "defaults");
    return distance > 0 && distance <= 2;
}
