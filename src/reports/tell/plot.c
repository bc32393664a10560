#include "reports/tell/plot.h"

#include "base/buf.h"
#include "reports/judge/tally.h"
#include "reports/tell/words.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

/* In the units of the SVG. A day is STEP wide; UP and DOWN: the heights of the highest bars. */
enum { DAY = 86400, STEP = 4, UP = 60, DOWN = 30, GAP = 2, AXIS = UP, NAMED_MAX = 5 };

struct plot {
    const struct tally_day *days;
    size_t count;
    int64_t first, last;
    const struct tally_day *most, *most_failed;
    uint64_t failing; /* how many days have failures */
    struct buf *out;
};

static void measure(struct plot *p, int64_t today)
{
    p->last = p->days[p->count - 1].day;
    p->last = today > p->last ? today : p->last;
    while (p->count > 1 && p->days[0].day <= p->last - PLOT_DAYS_MAX) {
        p->days++;
        p->count--;
    }
    p->first = p->days[0].day;
    if (p->last >= p->first + PLOT_DAYS_MAX)
        p->last = p->first + PLOT_DAYS_MAX - 1;
    p->most = p->most_failed = p->days;
    for (size_t i = 0; i < p->count; i++) {
        p->most = p->days[i].sessions > p->most->sessions ? &p->days[i] : p->most;
        p->most_failed = p->days[i].failed > p->most_failed->failed ? &p->days[i] : p->most_failed;
        p->failing += p->days[i].failed > 0;
    }
}

/* The height of a bar: at least 1. */
static int scale(uint64_t number, uint64_t most, int height)
{
    int scaled = (int)((double)number / (double)most * height + 1.0 / 2);
    return scaled > 0 ? scaled : 1;
}

/* A line in the middle of the day, as broad as the style has it. */
static int64_t middle(const struct plot *p, const struct tally_day *day)
{
    return (day->day - p->first) * STEP + STEP / 2;
}

static void add_bars(const struct plot *p)
{
    buf_print(p->out, "<path class=sessions d=\"");
    for (size_t i = 0; i < p->count; i++)
        if (p->days[i].sessions > 0)
            buf_print(p->out, "M%" PRId64 " %dv-%d", middle(p, &p->days[i]), AXIS,
                      scale(p->days[i].sessions, p->most->sessions, UP));
    buf_print(p->out, "\"/>");
    if (p->failing == 0)
        return;
    buf_print(p->out, "<path class=failed d=\"");
    for (size_t i = 0; i < p->count; i++)
        if (p->days[i].failed > 0)
            buf_print(p->out, "M%" PRId64 " %dv%d", middle(p, &p->days[i]), AXIS + GAP,
                      scale(p->days[i].failed, p->most_failed->failed, DOWN));
    buf_print(p->out, "\"/>");
}

/* Adds ": at most 1,234, on 2026-11-24". */
static void add_most(const struct plot *p, uint64_t number, const struct tally_day *day)
{
    buf_print(p->out, ": at most ");
    words_number(number, p->out);
    buf_print(p->out, ", on ");
    words_date(day->day * DAY, p->out);
}

static void add_caption(const struct plot *p)
{
    buf_print(p->out, "<figcaption>Sessions a day, bars up");
    add_most(p, p->most->sessions, p->most);
    if (p->failing == 0) {
        buf_print(p->out, ". Failed: none.</figcaption>");
        return;
    }
    buf_print(p->out, ". Failed, bars down to a scale of their own");
    add_most(p, p->most_failed->failed, p->most_failed);
    buf_print(p->out, ".</figcaption>");
}

/* Adds the days with failures, the last ones: "2026-11-23 (1), 2026-11-24 (3)". */
static void add_failing(const struct plot *p)
{
    uint64_t before = p->failing > NAMED_MAX ? p->failing - NAMED_MAX : 0, seen = 0;

    buf_print(p->out, " Failures on ");
    words_count(p->failing, "day", p->out);
    buf_print(p->out, "%s", before > 0 ? ", the last of them " : ": ");
    for (size_t i = 0; i < p->count; i++) {
        if (p->days[i].failed == 0 || seen++ < before)
            continue;
        buf_print(p->out, "%s", seen > before + 1 ? ", " : "");
        words_date(p->days[i].day * DAY, p->out);
        buf_print(p->out, " (%" PRIu64 ")", p->days[i].failed);
    }
    buf_print(p->out, ".");
}

/* Adds what the plot shows, as an attribute. */
static void add_label(const struct plot *p)
{
    buf_print(p->out, " aria-label=\"");
    words_count((uint64_t)(p->last - p->first + 1), "day", p->out);
    buf_print(p->out, ", from ");
    words_date(p->first * DAY, p->out);
    buf_print(p->out, " to ");
    words_date(p->last * DAY, p->out);
    buf_print(p->out, ". Reports of ");
    words_count(p->count, "day", p->out);
    buf_print(p->out, ".");
    if (p->failing > 0)
        add_failing(p);
    buf_print(p->out, "\"");
}

/* The labels are outside of the SVG, which is stretched to the width of the page. */
void plot_days(const struct tally_day *days, size_t count, int64_t today, struct buf *out)
{
    struct plot p = { .days = days, .count = count, .out = out };

    measure(&p, today);
    buf_print(out, "<figure>");
    add_caption(&p);
    buf_print(out, "<svg%s role=img viewBox=\"0 0 %" PRId64 " %d\" preserveAspectRatio=none", p.failing > 0 ? "" : " class=up",
              (p.last - p.first + 1) * STEP, AXIS + GAP + (p.failing > 0 ? DOWN : 0));
    add_label(&p);
    buf_print(out, "><path class=axis d=\"M0 %dh%" PRId64 "\"/>", AXIS + GAP / 2, (p.last - p.first + 1) * STEP);
    add_bars(&p);
    buf_print(out, "</svg><p class=axis><time>");
    words_date(p.first * DAY, out);
    buf_print(out, "</time> <time>");
    words_date(p.last * DAY, out);
    buf_print(out, "</time></p></figure>");
}
