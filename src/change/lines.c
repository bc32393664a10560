#include "change/lines.h"

#include <stdbool.h>
#include <string.h>

struct line {
    const char *text;
    size_t len;
};

/* The line at TEXT, and how far the next one is. */
static struct line line_at(const char *text, size_t *step)
{
    size_t len = strcspn(text, "\r\n");

    *step = len + strspn(text + len, "\r\n");
    return (struct line) { text, len };
}

static bool same(const struct line *a, const struct line *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool holds(const char *text, const struct line *line)
{
    size_t step;

    for (; *text != '\0'; text += step) {
        struct line other = line_at(text, &step);
        if (same(&other, line))
            return true;
    }
    return false;
}

void lines_compare(const char *before, const char *after, lines_visit *visit, void *to)
{
    size_t before_step, after_step;

    before = before != NULL ? before : "";
    after = after != NULL ? after : "";
    while (*before != '\0' || *after != '\0') {
        struct line a = line_at(before, &before_step), b = line_at(after, &after_step);
        char sign = '-';
        if (*before != '\0' && *after != '\0' && same(&a, &b))
            sign = ' ';
        else if (*before == '\0' || (*after != '\0' && holds(after, &a) && !holds(before, &b)))
            sign = '+';
        visit(to, sign, sign == '+' ? b.text : a.text, sign == '+' ? b.len : a.len);
        before += sign != '+' ? before_step : 0;
        after += sign != '-' ? after_step : 0;
    }
}
