#include "reports/tell/text.h"

#include "base/buf.h"
#include "ini/write.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/judge/verdict.h"
#include "reports/tell/phrase.h"
#include "reports/tell/words.h"

#include <stddef.h>
#include <string.h>

enum { WIDTH = 80, INDENT = 4, HANG = 8, STATUSES = 4, DAY = 86400 };

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

static void add_failure(struct details *d, const struct verdict_failure *failure)
{
    const char *mx = failure->failure->mx;

    buf_print(&d->line, "%s%s", mx, mx[0] != '\0' ? ": " : "");
    phrase_failure(failure, &d->line);
    buf_print(&d->line, ": ");
    words_count(failure->sessions, "session", &d->line);
    buf_print(&d->line, ", the last on ");
    words_date(failure->last, &d->line);
    buf_print(&d->line, " (");
    words_reporters(d->sums, d->verdict->tally, failure->failure, &d->line);
    buf_print(&d->line, ")");
    end_line(d, INDENT);
    buf_print(&d->line, "%s; ", phrase_fault(failure->fault));
    phrase_advice(d->domain, failure, &d->line);
    end_line(d, HANG);
}

static void add_reporter(struct details *d, const struct tally_reporter *reporter)
{
    words_reporter(d->sums, reporter, &d->line);
    buf_print(&d->line, ": ");
    words_count(reporter->sessions, "session", &d->line);
    buf_print(&d->line, ", ");
    words_number(reporter->failed, &d->line);
    buf_print(&d->line, " failed, the last report on ");
    words_date(reporter->last, &d->line);
    if (verdict_is_older(reporter, d->rules->now)) {
        buf_print(&d->line, "; applies an older policy, until ");
        words_date(reporter->older_until, &d->line);
        buf_print(&d->line, " at the latest");
    } else if (reporter->in_force == 0) {
        buf_print(&d->line, "%s", reporter->no_policy > 0 ? "; found no policy" : "; names no policy");
    }
    end_line(d, INDENT);
}

static void add_policy(struct details *d, const struct tally_policy *policy)
{
    buf_print(&d->line, "older policy: ");
    write_ascii(&d->line, policy->meaning, strlen(policy->meaning));
    buf_print(&d->line, "; last applied on ");
    words_date(policy->last, &d->line);
    buf_print(&d->line, ", kept until ");
    words_date(policy->until, &d->line);
    buf_print(&d->line, " at the latest");
    end_line(d, INDENT);
}

static void add_details(struct details *d)
{
    const struct verdict *verdict = d->verdict;
    const struct tally *tally = verdict->tally;

    if (tally == NULL)
        return;
    buf_print(&d->line, "seen: ");
    words_count(tally->reports, "report", &d->line);
    buf_print(&d->line, " of ");
    words_count(tally->day_count, "day", &d->line);
    buf_print(&d->line, ", from ");
    words_date(tally->days[0].day * DAY, &d->line);
    buf_print(&d->line, " to ");
    words_date(tally->days[tally->day_count - 1].day * DAY, &d->line);
    end_line(d, INDENT);
    for (size_t i = 0; i < verdict->failure_count; i++)
        add_failure(d, &verdict->failures[i]);
    for (size_t i = 0; i < tally->reporter_count; i++)
        add_reporter(d, &tally->reporters[i]);
    for (size_t i = 0; i < tally->policy_count; i++)
        add_policy(d, &tally->policies[i]);
    if (verdict->unsigned_reports > 0) {
        words_count(verdict->unsigned_reports, "report", &d->line);
        buf_print(&d->line, " unsigned, left out");
        end_line(d, INDENT);
    }
    if (tally->left_out > 0) {
        words_count(tally->left_out, "report", &d->line);
        buf_print(&d->line, " of more than %d reporters left out", TALLY_REPORTERS_MAX);
        end_line(d, INDENT);
    }
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
