#include "reports/tell/html.h"

#include "base/buf.h"
#include "base/words.h"
#include "page/frame.h"
#include "page/text.h"
#include "policy/model.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/judge/verdict.h"
#include "reports/tell/details.h"
#include "reports/tell/phrase.h"
#include "reports/tell/plot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAY = 86400, KB = 1000 };

static const struct {
    const char *means;
    const char *act; /* what to do; NULL: MEANS or the verdict says it */
} words[VERDICTS] = {
    [VERDICT_READY] = { "Enough days and reporters were seen, no session failed lately, and no reporter still applies an older "
                        "policy.",
                        "Write mode = enforce in policies.ini. When that policy is served, publish its id (RFC 8461 8.1)." },
    [VERDICT_NOT_YET] = { "Sessions failed, and in mode enforce their mail would be deferred.",
                          "Correct what failed, first what has the most sessions. Then wait until enough days passed without "
                          "it." },
    [VERDICT_WAIT] = { "Nothing failed, but too few days or reporters were seen, or reporters still apply an older policy.",
                       "Leave the policy as it is, and look again later." },
    [VERDICT_NO_REPORTS] = { "No report of the domain was read. Senders report to the address in the TXT record at "
                             "_smtp._tls.DOMAIN, once a day.",
                             NULL },
    [VERDICT_ENFORCED] = { "The mode is enforce already, and no session failed lately.", NULL },
    [VERDICT_FAILING] = { "The mode is enforce already, and sessions failed: mail is being deferred.",
                          "Correct what failed. If that takes long, write mode = testing in policies.ini, and publish its id "
                          "when that policy is served." },
    [VERDICT_LEAVING] = { "Senders require nothing of the MX hosts.", NULL },
    [VERDICT_UNKNOWN] = { "A mistake in policies.ini prevents the policy.",
                          "Correct the mistake: \"mta-sts check\" prints all of them." },
};

static const enum verdict_word worst_first[VERDICTS] = { VERDICT_FAILING, VERDICT_NOT_YET, VERDICT_UNKNOWN,  VERDICT_NO_REPORTS,
                                                         VERDICT_WAIT,    VERDICT_READY,   VERDICT_ENFORCED, VERDICT_LEAVING };

/* --- a domain --- */

struct row {
    const struct sums *sums;
    const char *domain;
    const struct verdict *verdict;
    const struct verdict_rules *rules;
    struct buf line, *out;
};

/* Ends the line: adds it as an item of the details, cut off if it is long, and begins the next one. */
static void end_line(struct row *row)
{
    size_t len = row->line.len < HTML_LINE_MAX ? row->line.len : HTML_LINE_MAX;

    if (len > 0) {
        page_markup(row->out, "<dd>");
        page_text(row->out, row->line.text, len);
        page_markup(row->out, len < row->line.len ? "..." : "");
    }
    row->out->failed |= row->line.failed;
    row->line.len = 0;
}

/* Adds how many more there are than MOST. */
static void add_more(struct row *row, size_t count, size_t most)
{
    if (count > most)
        buf_print(&row->line, "and %zu more: \"mta-sts-reports -v\" prints them", count - most);
    end_line(row);
}

static void add_failures(struct row *row)
{
    const struct verdict *verdict = row->verdict;

    if (verdict->failure_count > 0)
        page_markup(row->out, "<dt>failed");
    for (size_t i = 0; i < verdict->failure_count && i < HTML_FAILURES_MAX; i++) {
        details_failure(row->sums, verdict, &verdict->failures[i], &row->line);
        end_line(row);
        details_fault(row->domain, &verdict->failures[i], &row->line);
        end_line(row);
    }
    add_more(row, verdict->failure_count, HTML_FAILURES_MAX);
}

static void add_reporters(struct row *row, const struct tally *tally)
{
    page_markup(row->out, "<dt>reporters");
    for (size_t i = 0; i < tally->reporter_count && i < HTML_REPORTERS_MAX; i++) {
        details_reporter(row->sums, &tally->reporters[i], row->rules->now, &row->line);
        end_line(row);
    }
    add_more(row, tally->reporter_count, HTML_REPORTERS_MAX);
    for (size_t i = 0; i < tally->policy_count && i < HTML_POLICIES_MAX; i++) {
        details_policy(&tally->policies[i], &row->line);
        end_line(row);
    }
    add_more(row, tally->policy_count, HTML_POLICIES_MAX);
    details_unsigned(row->verdict, &row->line);
    end_line(row);
    details_further(tally, &row->line);
    end_line(row);
}

static void add_details(struct row *row)
{
    const struct tally *tally = row->verdict->tally;
    const char *act = words[row->verdict->word].act;

    if (tally != NULL)
        plot_days(tally->days, tally->day_count, row->rules->now / DAY, row->out);
    page_markup(row->out, "<dl>");
    if (act != NULL)
        page_add(row->out, "<dt>to do<dd>", act);
    add_failures(row);
    if (tally != NULL) {
        page_markup(row->out, "<dt>seen");
        details_seen(tally, &row->line);
        end_line(row);
        add_reporters(row, tally);
    }
    page_markup(row->out, "</dl>");
}

static bool has_details(struct html *html, const struct verdict *verdict)
{
    if (verdict->tally == NULL && words[verdict->word].act == NULL)
        return false;
    bool has = (html->count <= HTML_FULL_MAX || verdict_status(verdict->word) != 0) &&
               html->details_size < (size_t)HTML_DETAILS_MAX * KB;
    html->without_details += !has;
    return has;
}

static void add_row(struct html *html, struct row *row, const char *text)
{
    struct buf *out = row->out;
    enum verdict_word word = row->verdict->word;

    buf_print(out, "<tr class=s%d id=\"", verdict_status(word));
    page_add(out, "", row->domain);
    buf_print(out, "\"><td><b>%s</b>", phrase_word(word));
    page_add(out, "<th scope=row>", row->domain);
    page_add(out, "<td>", row->verdict->has_mode ? policy_mode_text(row->verdict->mode) : "");
    if (has_details(html, row->verdict)) {
        size_t before = out->len;
        page_add(out, html->count <= HTML_OPEN_MAX ? "<td><details open><summary>" : "<td><details><summary>", text);
        page_markup(out, "</summary>");
        add_details(row);
        page_markup(out, "</details>");
        html->details_size += out->len - before;
    } else {
        page_add(out, "<td>", text);
    }
    page_markup(out, "\n");
}

void html_domain(struct html *html, const struct sums *sums, const char *domain, const struct verdict *verdict,
                 const struct verdict_rules *rules, struct buf *out)
{
    struct row row = { .sums = sums, .domain = domain, .verdict = verdict, .rules = rules, .out = out };
    struct buf text = { 0 };

    html->of[verdict->word]++;
    if (html->quiet && verdict_status(verdict->word) == 0)
        return;
    phrase_verdict(sums, domain, verdict, rules, &text);
    add_row(html, &row, text.text != NULL ? text.text : "");
    out->failed |= text.failed || row.line.failed;
    buf_free(&text);
    buf_free(&row.line);
}

/* --- before and after the domains --- */

void html_begin(const struct html *html, int64_t now, struct buf *out)
{
    static const struct page_frame frame = {
        .program = "mta-sts-reports",
        .title = "TLS reports",
        .heading = "TLS reports: may these domains go to mode enforce?",
        .made = "Judged by mta-sts-reports as of ",
        .caption = "The verdict on each domain, by the words that are explained below.",
        .quiet_caption = " Domains that are ready, enforced or in mode none are left out.",
        .columns = { "Verdict", "Domain", "Mode", "Reports" },
        .choices = { "ready, enforced, mode none", "wait", "failing, not yet", "no reports, unknown" },
        .not_good = "all that are not ready",
    };

    page_begin(&frame, now, html->quiet, out);
}

static void add_legend(const struct verdict_rules *rules, struct buf *out)
{
    page_markup(out, "<section id=\"_verdicts\">\n<h2>The verdicts</h2>\n<dl class=\"legend\">\n");
    for (size_t i = 0; i < VERDICTS; i++) {
        enum verdict_word word = worst_first[VERDICTS - 1 - i];
        page_markup(out, "<dt>");
        page_label(out, phrase_word(word), verdict_status(word));
        page_add(out, "<dd>", words[word].means);
        page_markup(out, "\n");
    }
    buf_print(
        out,
        "</dl>\n<p>Enough are %u day%s with reports, and %u reporter%s. A failure counts for %u day%s after the last report "
        "about it. Days are those of UTC. Reports are not authenticated: a verdict says what reporters say.</p>\n"
        "</section>\n",
        rules->days, words_plural(rules->days), rules->reporters, words_plural(rules->reporters), rules->days,
        words_plural(rules->days));
}

static void add_summary(const struct html *html, const char *reports, struct buf *out)
{
    page_markup(out, "<section id=\"_summary\">\n<h2>Summary</h2>\n<ul class=\"counts\">\n");
    for (size_t i = 0; i < VERDICTS; i++)
        if (html->of[worst_first[i]] > 0)
            page_count(html->of[worst_first[i]], phrase_word(worst_first[i]), verdict_status(worst_first[i]), out);
    page_add(out, "</ul>\n<p>", reports);
    page_markup(out, "</p>\n");
    if (html->without_details > 0)
        buf_print(out,
                  "<p>The page would be too large: %zu domain%s without plot and details. \"mta-sts-reports -v\" prints "
                  "them.</p>\n",
                  html->without_details, html->without_details == 1 ? " is" : "s are");
    page_markup(out, "</section>\n");
}

void html_end(const struct html *html, const struct verdict_rules *rules, const char *reports, struct buf *out)
{
    page_end_table(out);
    add_legend(rules, out);
    add_summary(html, reports, out);
    page_end(out);
}
