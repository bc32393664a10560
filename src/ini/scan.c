#include "ini/scan.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The set of a conversion: FIRST to before END, or all other characters. */
struct set {
    const char *first, *end;
    bool others;
};

/* Reads the set after "%[" at FORMAT. A ] at its beginning belongs to it. Returns what follows its ]. */
static const char *read_set(const char *format, struct set *set)
{
    set->others = *format == '^';
    set->first = format + set->others;
    set->end = set->first[0] != '\0' ? strchr(set->first + 1, ']') : NULL;
    if (set->end == NULL)
        abort();
    return set->end + 1;
}

static bool has(const struct set *set, char c)
{
    return (memchr(set->first, c, (size_t)(set->end - set->first)) == NULL) == set->others;
}

/* Copies the characters of SET at TEXT to TO, unless there are none. Returns how many there are. */
static size_t copy(const char *text, const struct set *set, char *to)
{
    size_t len = 0;

    while (text[len] != '\0' && has(set, text[len]))
        len++;
    if (len > 0) {
        memcpy(to, text, len);
        to[len] = '\0';
    }
    return len;
}

int ini_scan(const char *text, const char *format, va_list arguments)
{
    int count = 0;

    while (*format != '\0') {
        if (*format == ' ') {
            format++;
            text += strspn(text, " \t\n\v\f\r");
            continue;
        }
        if (*text == '\0')
            return count > 0 ? count : EOF;
        size_t len = *text == *format;
        if (*format++ == '%') {
            struct set set;
            if (*format++ != '[')
                abort();
            format = read_set(format, &set);
            len = copy(text, &set, va_arg(arguments, char *));
            count += len > 0;
        }
        if (len == 0)
            return count;
        text += len;
    }
    return count;
}
