#include "reports/tell/phrase.h"

#include "base/buf.h"
#include "base/words.h"
#include "ini/write.h"
#include "reports/judge/kind.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/judge/verdict.h"
#include "reports/tell/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *word, *name;
} verdicts[VERDICTS] = {
    [VERDICT_READY] = { "ready", "ready" },
    [VERDICT_NOT_YET] = { "not yet", "not-yet" },
    [VERDICT_WAIT] = { "wait", "wait" },
    [VERDICT_NO_REPORTS] = { "no reports", "no-reports" },
    [VERDICT_ENFORCED] = { "enforced", "enforced" },
    [VERDICT_FAILING] = { "failing", "failing" },
    [VERDICT_LEAVING] = { "mode none", "mode-none" },
    [VERDICT_UNKNOWN] = { "unknown", "unknown" },
};

static const struct {
    const char *name, *says;
    const char *advice; /* NULL: that of the kind of failure */
} faults[FAULTS] = {
    [FAULT_MX] = { "mx", "the MX host is at fault", NULL },
    [FAULT_NOT_IN_MX] = { "not-in-mx", "policies.ini does not name the MX host",
                          "add it to mx in policies.ini, or, if others are left, remove its MX record" },
    [FAULT_TLSA] = { "dane", "its TLSA records are at fault: senders that honour DANE defer this mail in any mode", NULL },
    [FAULT_POLICY_HOST] = { "policy-host", "the policy host is at fault", NULL },
    [FAULT_UNKNOWN] = { "unknown", "the reports do not say whose fault this is", NULL },
    [FAULT_OLDER] = { "older-policy", "an older policy does not name the MX host; the one in force does",
                      "wait until no sender has the older policy" },
    [FAULT_SENDER] = { "sender", "one sender alone has this: one of at least 4 reporters, from one address at most",
                       "probe the domain; if that finds nothing, tell that sender" },
};

const char *phrase_word(enum verdict_word word)
{
    return verdicts[word].word;
}

const char *phrase_name(enum verdict_word word)
{
    return verdicts[word].name;
}

const char *phrase_fault_name(enum verdict_fault fault)
{
    return faults[fault].name;
}

const char *phrase_fault(enum verdict_fault fault)
{
    return faults[fault].says;
}

void phrase_failure(const struct verdict_failure *failure, struct buf *out)
{
    const char *result = failure->failure->result;

    if (failure->fault == FAULT_NOT_IN_MX)
        buf_print(out, "not in mx");
    else if (failure->fault == FAULT_OLDER)
        buf_print(out, "not in mx of an older policy");
    else
        buf_print(out, "%s", kind_about(failure->failure->kind)->says);
    if (result[0] != '\0') {
        buf_print(out, ", ");
        write_ascii(out, result, strlen(result));
    }
}

void phrase_advice(const char *domain, const struct verdict_failure *failure, struct buf *out)
{
    const struct kind *kind = kind_about(failure->failure->kind);
    const char *own = faults[failure->fault].advice;

    buf_print(out, "%s", own != NULL ? own : kind->advice);
    if (own == NULL && kind->explain != NULL)
        buf_print(out, "; \"mta-sts-probe %s\" shows it, \"mta-sts-probe --explain %s\" explains it", domain, kind->explain);
    else if (own == NULL || failure->fault == FAULT_SENDER)
        buf_print(out, ": \"mta-sts-probe %s\"", domain);
}

/* --- the verdicts --- */

/* Adds what the reports cover. */
static void add_seen(const struct verdict *verdict, struct buf *out)
{
    const struct tally *tally = verdict->tally;

    words_count(tally->day_count, "day", out);
    buf_print(out, ", ");
    words_count(tally->reporter_count, "reporter", out);
    buf_print(out, ", ");
    words_count(tally->sessions, "session", out);
    buf_print(out, ", ");
    words_number(tally->failed, out);
    buf_print(out, " failed");
}

/* Adds ", the last on 2026-11-02", or who alone saw the failures; nothing if there are none. */
static void add_harmless(const struct verdict *verdict, struct buf *out)
{
    const struct verdict_failure *last = verdict->failures;

    if (verdict->tally->failed == 0 || verdict->failure_count == 0)
        return;
    for (size_t i = 1; i < verdict->failure_count; i++)
        if (verdict->failures[i].last > last->last)
            last = &verdict->failures[i];
    buf_print(out, ", the last on ");
    words_date(last->last, out);
    if (last->fault == FAULT_SENDER)
        buf_print(out, " at one sender alone");
}

static void add_applied(const struct verdict *verdict, struct buf *out)
{
    size_t all = verdict->tally->reporter_count;

    if (verdict->applied == all)
        buf_print(out, "; all applied the policy in force");
    else
        buf_print(out, "; %zu of %zu reporters applied the policy in force", verdict->applied, all);
}

static void add_failed(const struct sums *sums, const struct verdict *verdict, struct buf *out)
{
    const struct verdict_failure *worst = verdict->failures;
    size_t more = 0;

    while (more < verdict->failure_count && verdict->failures[more].blocks)
        more++;
    more--;
    words_number(verdict->blocked, out);
    buf_print(out, " of ");
    words_count(verdict->tally->sessions, "session", out);
    buf_print(out, " failed%s%s: ", worst->failure->mx[0] != '\0' ? " at " : "", worst->failure->mx);
    phrase_failure(worst, out);
    buf_print(out, " (");
    words_reporters(sums, verdict->tally, worst->failure, out);
    buf_print(out, ")");
    if (more > 0)
        buf_print(out, ", and for %zu other reason%s", more, words_plural(more));
}

/* Adds what is not enough. */
static void add_needs(const struct verdict *verdict, const struct verdict_rules *rules, struct buf *out)
{
    bool days = verdict->days < rules->days, reporters = verdict->reporters < rules->reporters;

    if (verdict->days < verdict->tally->day_count || verdict->reporters < verdict->tally->reporter_count) {
        buf_print(out, "; a policy was applied on ");
        words_count(verdict->days, "day", out);
        buf_print(out, ", by ");
        words_count(verdict->reporters, "reporter", out);
    }
    buf_print(out, "; needs ");
    if (days)
        words_count(rules->days, "day", out);
    buf_print(out, "%s", days && reporters ? " and " : "");
    if (reporters)
        words_count(rules->reporters, "reporter", out);
}

static void add_wait(const struct verdict *verdict, const struct verdict_rules *rules, struct buf *out)
{
    if (verdict->wait == VERDICT_WAIT_OLDER) {
        if (verdict->older == 1)
            buf_print(out, "one reporter still applies an older policy, until ");
        else
            buf_print(out, "%zu reporters still apply an older policy, until ", verdict->older);
        words_date(verdict->until, out);
        buf_print(out, " at the latest");
    } else if (verdict->wait == VERDICT_WAIT_NO_POLICY) {
        add_seen(verdict, out);
        buf_print(out, "; no reporter says that it applied the policy in force");
    } else {
        add_seen(verdict, out);
        add_needs(verdict, rules, out);
    }
}

/* Why no report counts. */
static void add_none(const char *domain, const struct verdict *verdict, bool incomplete, struct buf *out)
{
    if (verdict->unsigned_reports > 0)
        words_count(verdict->unsigned_reports, "report", out);
    if (verdict->unsigned_reports > 0)
        buf_print(out, " unsigned, which do not count");
    else if (incomplete)
        buf_print(out, "not all files can be read; see the messages about them");
    else
        buf_print(out, "publish the record that \"mta-sts dns %s\" prints", domain);
}

void phrase_verdict(const struct sums *sums, const char *domain, const struct verdict *verdict, const struct verdict_rules *rules,
                    struct buf *out)
{
    switch (verdict->word) {
    case VERDICT_READY:
    case VERDICT_ENFORCED:
        add_seen(verdict, out);
        add_harmless(verdict, out);
        add_applied(verdict, out);
        break;
    case VERDICT_NOT_YET:
    case VERDICT_FAILING:
        add_failed(sums, verdict, out);
        break;
    case VERDICT_WAIT:
        add_wait(verdict, rules, out);
        break;
    case VERDICT_NO_REPORTS:
        add_none(domain, verdict, rules->incomplete, out);
        break;
    case VERDICT_LEAVING:
        buf_print(out, "senders require nothing of its MX hosts");
        break;
    default:
        write_ascii(out, verdict->mistake.text, verdict->mistake.len);
    }
}
