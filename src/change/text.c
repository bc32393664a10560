#include "change/text.h"

#include "base/buf.h"
#include "base/words.h"
#include "change/compare.h"
#include "change/explain.h"
#include "change/judge.h"
#include "change/lines.h"
#include "config/index.h"

#include <stdio.h>
#include <string.h>

enum colour { PLAIN, BOLD, RED, GREEN, YELLOW };

static const char *const codes[] = {
    [PLAIN] = "\033[m", [BOLD] = "\033[1m", [RED] = "\033[31m", [GREEN] = "\033[32m", [YELLOW] = "\033[33m"
};

static const char *const kinds[COMPARE_KINDS] = {
    [COMPARE_ADDED] = "added",
    [COMPARE_REMOVED] = "removed",
    [COMPARE_CHANGED] = "changed",
    [COMPARE_UNKNOWN] = "not compared, because of a mistake",
};

struct page {
    struct buf *out;
    bool colour;
};

static void paint(const struct page *page, enum colour colour)
{
    if (page->colour)
        buf_print(page->out, "%s", codes[colour]);
}

static void end_line(const struct page *page)
{
    paint(page, PLAIN);
    buf_add(page->out, "\n", 1);
}

static void add_line(void *to, char sign, const char *line, size_t len)
{
    const struct page *page = to;

    if (sign != ' ')
        paint(page, sign == '+' ? GREEN : RED);
    buf_print(page->out, "  %c%.*s", sign, (int)len, line);
    if (sign != ' ')
        paint(page, PLAIN);
    buf_add(page->out, "\n", 1);
}

/* Where the policies are the same, their lines say nothing. */
static void add_lines(struct page *page, const struct compare_change *change)
{
    if (strcmp(change->id_before, change->id_after) != 0)
        lines_compare(change->before->bytes.text, change->after->bytes.text, add_line, page);
}

static const char *shown(const char *value)
{
    return value != NULL && value[0] != '\0' ? value : "none";
}

/* [*] has no records of its own. */
static void add_records(const struct page *page, const struct compare_change *change)
{
    if (strcmp(change->domain, "*") == 0 || change->after->state != INDEX_KNOWN)
        return;
    if (strcmp(change->id_before, change->id_after) != 0)
        buf_print(page->out, "  renew _mta-sts.%s TXT: id %s, before: %s\n", change->domain, change->id_after,
                  shown(change->id_before));
    if (change->host_differs)
        buf_print(page->out, "  renew mta-sts.%s: host %s, before: %s\n", change->domain, shown(change->after->host),
                  shown(change->before->host));
    if (change->tlsrpt_differs)
        buf_print(page->out, "  renew _smtp._tls.%s TXT: tlsrpt %s, before: %s\n", change->domain, shown(change->after->tlsrpt),
                  shown(change->before->tlsrpt));
}

/* Nobody else names the records of a section that is gone. */
static void add_removed(const struct page *page, const struct compare_change *change)
{
    const struct index_values *before = change->before;

    if (strcmp(change->domain, "*") == 0 || change->kind != COMPARE_REMOVED)
        return;
    buf_print(page->out, "  remove _mta-sts.%s TXT: id %s\n", change->domain, change->id_before);
    buf_print(page->out, "  remove mta-sts.%s: host %s\n", change->domain, before->mistaken ? "unknown" : shown(before->host));
    if (!before->mistaken && before->tlsrpt != NULL && before->tlsrpt[0] != '\0')
        buf_print(page->out, "  remove _smtp._tls.%s TXT: tlsrpt %s\n", change->domain, before->tlsrpt);
}

static void add_finding(const struct page *page, const struct judge_finding *finding)
{
    const struct judge_meaning *meaning = judge_meaning(finding->rule);

    paint(page, meaning->unsafe ? RED : YELLOW);
    buf_print(page->out, "  %s: [%s] ", meaning->unsafe ? "unsafe" : "note", meaning->name);
    paint(page, PLAIN);
    explain_finding(finding, EXPLAIN_WHAT, page->out);
    buf_print(page->out, "; ");
    explain_finding(finding, EXPLAIN_ADVICE, page->out);
    buf_print(page->out, "\n");
}

void text_change(const struct compare_change *change, bool colour, struct buf *out)
{
    struct page page = { out, colour };

    paint(&page, BOLD);
    buf_print(out, "%s: %s", change->domain, kinds[change->kind]);
    end_line(&page);
    if (change->kind != COMPARE_UNKNOWN) {
        add_lines(&page, change);
        add_records(&page, change);
        add_removed(&page, change);
    }
    for (size_t i = 0; i < change->findings.count; i++)
        add_finding(&page, &change->findings.list[i]);
    buf_print(out, "\n");
}

void text_totals(const struct compare_totals *totals, const char *file, struct buf *out)
{
    size_t unknown = totals->of_kind[COMPARE_UNKNOWN], added = totals->of_kind[COMPARE_ADDED];

    buf_add_shown(out, file, strlen(file), strlen(file));
    buf_print(out, ": %zu domain%s added, %zu removed, %zu changed; %zu unsafe", added, words_plural(added),
              totals->of_kind[COMPARE_REMOVED], totals->of_kind[COMPARE_CHANGED], totals->unsafe);
    if (unknown > 0)
        buf_print(out, ", %zu not compared", unknown);
    buf_print(out, "\n");
}
