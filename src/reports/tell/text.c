#include "reports/tell/text.h"

#include "base/buf.h"
#include "ini/write.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/judge/verdict.h"
#include "reports/tell/details.h"
#include "reports/tell/phrase.h"

#include <stddef.h>

enum { WIDTH = 80, INDENT = 4, HANG = 8, STATUSES = 4 };

/* One line of details, or a few. */
struct details {
    const struct sums *sums;
    const char *domain;
    const struct verdict *verdict;
    const struct verdict_rules *rules;
    struct buf line, *out;
};

/* Ends the line: adds it to the output in 80 columns, and begins the next one. */
static void end_line(struct details *d, int indent)
{
    buf_print(d->out, "%*s", indent, "");
    if (d->line.text != NULL)
        write_wrapped(d->out, d->line.text, (size_t)indent, HANG, WIDTH);
    d->out->failed |= d->line.failed;
    d->line.len = 0;
}

static void add_details(struct details *d)
{
    const struct verdict *verdict = d->verdict;
    const struct tally *tally = verdict->tally;

    if (tally == NULL)
        return;
    buf_print(&d->line, "seen: ");
    details_seen(tally, &d->line);
    end_line(d, INDENT);
    for (size_t i = 0; i < verdict->failure_count; i++) {
        details_failure(d->sums, verdict, &verdict->failures[i], &d->line);
        end_line(d, INDENT);
        details_fault(d->domain, &verdict->failures[i], &d->line);
        end_line(d, HANG);
    }
    for (size_t i = 0; i < tally->reporter_count; i++) {
        details_reporter(d->sums, &tally->reporters[i], d->rules->now, &d->line);
        end_line(d, INDENT);
    }
    for (size_t i = 0; i < tally->policy_count; i++) {
        details_policy(&tally->policies[i], &d->line);
        end_line(d, INDENT);
    }
    details_unsigned(verdict, &d->line);
    if (d->line.len > 0)
        end_line(d, INDENT);
    details_further(tally, &d->line);
    if (d->line.len > 0)
        end_line(d, INDENT);
}

void text_domain(const struct sums *sums, const char *domain, const struct verdict *verdict, const struct verdict_rules *rules,
                 const struct text_options *options, struct buf *out)
{
    static const char *const colours[STATUSES] = { "\033[32m", "\033[33m", "\033[1;31m", "\033[35m" };
    struct details details = { .sums = sums, .domain = domain, .verdict = verdict, .rules = rules, .out = out };

    buf_print(out, "%-*s  %s%s%s%s ", (int)options->width, domain, options->colour ? colours[verdict_status(verdict->word)] : "",
              phrase_word(verdict->word), options->colour ? "\033[m" : "", ":");
    phrase_verdict(sums, domain, verdict, rules, out);
    buf_print(out, "\n");
    if (options->verbose)
        add_details(&details);
    buf_free(&details.line);
}
