#include "reports/tell/json.h"

#include "base/buf.h"
#include "command/dns/quote.h"
#include "policy/model.h"
#include "reports/judge/kind.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/judge/verdict.h"
#include "reports/tell/phrase.h"
#include "reports/tell/words.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAY = 86400 };

struct page {
    const struct sums *sums;
    const char *domain;
    const struct verdict *verdict;
    const struct verdict_rules *rules;
    const struct tally *tally;
    struct buf *out;
};

/* Adds a comma, unless it is the FIRST member, and the member NAME: a string, or null. */
static void add_text(struct buf *out, bool first, const char *name, const char *text)
{
    buf_print(out, "%s\"%s\":", first ? "" : ",", name);
    if (text != NULL && text[0] != '\0')
        dns_quote_json(out, text);
    else
        buf_print(out, "null");
}

/* The same for the day of TIME; 0: null. */
static void add_date(struct buf *out, const char *name, int64_t time)
{
    struct buf date = { 0 };

    if (time > 0)
        words_date(time, &date);
    add_text(out, false, name, date.text);
    out->failed |= date.failed;
    buf_free(&date);
}

static void add_number(struct buf *out, const char *name, uint64_t number)
{
    buf_print(out, ",\"%s\":%" PRIu64, name, number);
}

/* What FILL adds to a text, as a string. */
static void add_phrase(struct page *p, const char *name, const struct verdict_failure *failure,
                       void (*fill)(const struct page *p, const struct verdict_failure *failure, struct buf *out))
{
    struct buf text = { 0 };

    fill(p, failure, &text);
    add_text(p->out, false, name, text.text);
    p->out->failed |= text.failed;
    buf_free(&text);
}

static void fill_verdict(const struct page *p, const struct verdict_failure *failure, struct buf *out)
{
    (void)failure;
    phrase_verdict(p->sums, p->domain, p->verdict, p->rules, out);
}

static void fill_failure(const struct page *p, const struct verdict_failure *failure, struct buf *out)
{
    (void)p;
    phrase_failure(failure, out);
}

static void fill_advice(const struct page *p, const struct verdict_failure *failure, struct buf *out)
{
    phrase_advice(p->domain, failure, out);
}

static void add_failure(struct page *p, const struct verdict_failure *failure)
{
    const struct tally_failure *of = failure->failure;
    struct buf *out = p->out;
    const char *result = kind_about(of->kind)->result;

    buf_print(out, "{");
    add_text(out, true, "fault", phrase_fault_name(failure->fault));
    add_text(out, false, "result", result != NULL ? result : of->result);
    add_text(out, false, "mx", of->mx);
    buf_print(out, ",\"blocks\":%s", failure->blocks ? "true" : "false");
    add_number(out, "sessions", failure->sessions);
    add_date(out, "last", failure->last);
    add_phrase(p, "text", failure, fill_failure);
    add_phrase(p, "advice", failure, fill_advice);
    add_text(out, false, "explain", kind_about(of->kind)->explain);
    buf_print(out, ",\"reporters\":[");
    for (size_t i = 0; i < of->by_count; i++) {
        buf_print(out, "%s{", i > 0 ? "," : "");
        add_text(out, true, "name", sums_name(p->sums, &p->tally->reporters[of->by[i].reporter]));
        add_number(out, "sessions", of->by[i].sessions);
        buf_print(out, "}");
    }
    buf_print(out, "]}");
}

static const char *applied(const struct page *p, const struct tally_reporter *reporter)
{
    if (verdict_is_older(reporter, p->rules->now))
        return "older";
    if (reporter->in_force > 0)
        return "in-force";
    return reporter->no_policy > 0 ? "none" : "unknown";
}

static void add_reporter(const struct page *p, const struct tally_reporter *reporter)
{
    bool older = verdict_is_older(reporter, p->rules->now);

    buf_print(p->out, "{");
    add_text(p->out, true, "name", sums_name(p->sums, reporter));
    add_number(p->out, "sessions", reporter->sessions);
    add_number(p->out, "failed", reporter->failed);
    add_date(p->out, "last", reporter->last);
    add_text(p->out, false, "applied", applied(p, reporter));
    add_date(p->out, "until", older ? reporter->older_until : 0);
    buf_print(p->out, "}");
}

static void add_policy(struct buf *out, const struct tally_policy *policy)
{
    buf_print(out, "{");
    add_text(out, true, "policy", policy->meaning);
    add_date(out, "last", policy->last);
    add_date(out, "until", policy->until);
    buf_print(out, "}");
}

static void add_day(struct buf *out, const struct tally_day *day)
{
    struct buf date = { 0 };

    words_date(day->day * DAY, &date);
    buf_print(out, "{");
    add_text(out, true, "day", date.text);
    add_number(out, "sessions", day->sessions);
    add_number(out, "failed", day->failed);
    buf_print(out, "}");
    out->failed |= date.failed;
    buf_free(&date);
}

static void add_lists(struct page *p)
{
    const struct tally *tally = p->tally;
    struct buf *out = p->out;

    buf_print(out, ",\"failures\":[");
    for (size_t i = 0; i < p->verdict->failure_count; i++) {
        buf_print(out, "%s", i > 0 ? "," : "");
        add_failure(p, &p->verdict->failures[i]);
    }
    buf_print(out, "],\"reporters\":[");
    for (size_t i = 0; i < tally->reporter_count; i++) {
        buf_print(out, "%s", i > 0 ? "," : "");
        add_reporter(p, &tally->reporters[i]);
    }
    buf_print(out, "],\"older_policies\":[");
    for (size_t i = 0; i < tally->policy_count; i++) {
        buf_print(out, "%s", i > 0 ? "," : "");
        add_policy(out, &tally->policies[i]);
    }
    buf_print(out, "],\"days\":[");
    for (size_t i = 0; i < tally->day_count; i++) {
        buf_print(out, "%s", i > 0 ? "," : "");
        add_day(out, &tally->days[i]);
    }
    buf_print(out, "]");
}

void json_domain(const struct sums *sums, const char *domain, const struct verdict *verdict, const struct verdict_rules *rules,
                 struct buf *out)
{
    static const struct tally none = { 0 };
    const struct tally *tally = verdict->tally != NULL ? verdict->tally : &none;
    struct page page = { sums, domain, verdict, rules, tally, out };

    buf_print(out, "{");
    add_text(out, true, "domain", domain);
    add_text(out, false, "verdict", phrase_name(verdict->word));
    add_number(out, "exit", (uint64_t)verdict_status(verdict->word));
    add_text(out, false, "mode", verdict->has_mode ? policy_mode_text(verdict->mode) : NULL);
    add_phrase(&page, "text", NULL, fill_verdict);
    add_number(out, "reports", tally->reports);
    add_number(out, "left_out", tally->further);
    add_number(out, "sessions", tally->sessions);
    add_number(out, "failed", tally->failed);
    add_number(out, "unsigned", verdict->unsigned_reports);
    add_date(out, "until", verdict->until);
    add_lists(&page);
    buf_print(out, "}\n");
}
