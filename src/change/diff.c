#include "change/diff.h"

#include "base/buf.h"
#include "base/terminal.h"
#include "base/utc.h"
#include "change/compare.h"
#include "change/json.h"
#include "change/text.h"
#include "config/audit.h"
#include "config/index.h"
#include "config/open.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SAFE, UNSAFE, USAGE };

/* Output is written when there is this much of it. */
enum { MUCH = 65536 };

struct diff {
    const char *before;
    int64_t now;
    bool json, colour, any; /* ANY: a change was printed */
    struct buf *out;
};

static void complain(const char *line)
{
    (void)fprintf(stderr, "mta-sts: %s\n", line);
}

static bool read_now(const char *text, int64_t *now)
{
    if (text != NULL && utc_read(text, now))
        return true;
    complain("diff --now: write a time in UTC, as in 2026-11-26T07:00:00Z");
    return false;
}

static bool read_arguments(struct diff *diff, int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            diff->json = true;
        } else if (strcmp(argv[i], "--now") == 0) {
            if (!read_now(++i < argc ? argv[i] : NULL, &diff->now))
                return false;
        } else if (argv[i][0] == '-' || diff->before != NULL) {
            return false;
        } else {
            diff->before = argv[i];
        }
    }
    return diff->before != NULL;
}

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    bool *wrong = to;

    (void)line;
    if (warning)
        return;
    *wrong = true;
    complain(text);
}

/* Reports the errors of INDEX. False if there are any, or if memory runs out, and OUT has failed. */
static bool is_right(struct index *index, struct buf *out)
{
    bool wrong = false;
    const struct audit audit = { &wrong, false, on_problem, NULL, NULL };

    out->failed |= !index_audit(index, &audit);
    return !wrong && !out->failed;
}

static void on_change(void *to, const struct compare_change *change)
{
    struct diff *diff = to;

    if (diff->json)
        json_change(change, !diff->any, diff->out);
    else
        text_change(change, diff->colour, diff->out);
    diff->any = true;
    if (diff->out->len >= MUCH && !diff->out->failed) {
        (void)fwrite(diff->out->text, 1, diff->out->len, stdout);
        diff->out->len = 0;
    }
}

static bool print(struct diff *diff, struct index *before, struct index *after)
{
    const struct compare compare = { before, after, diff->now, on_change, diff };
    struct compare_totals totals;

    if (diff->json)
        json_begin(diff->before, index_file(after), diff->now, diff->out);
    diff->out->failed |= !compare_files(&compare, &totals);
    if (diff->json)
        json_end(&totals, diff->out);
    else
        text_totals(&totals, index_file(after), diff->out);
    return totals.unsafe == 0;
}

int diff_command(struct index *index, int argc, char *argv[], struct buf *out)
{
    struct diff diff = { .now = time(NULL), .colour = terminal_has_colour(), .out = out };
    struct buf why = { 0 };

    if (!read_arguments(&diff, argc, argv))
        return USAGE;
    struct index *before = open_index(diff.before, 0, &why);
    if (before == NULL) {
        complain(why.failed || why.text == NULL ? "out of memory" : why.text);
        buf_free(&why);
        return UNSAFE;
    }
    bool old_right = is_right(before, out), new_right = is_right(index, out);
    bool safe = print(&diff, before, index);
    index_free(before);
    return safe && old_right && new_right ? SAFE : UNSAFE;
}
