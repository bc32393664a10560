#include "probe/tell/html.h"

#include "base/buf.h"
#include "page/frame.h"
#include "page/text.h"
#include "policy/model.h"
#include "probe/judge/result.h"
#include "probe/tell/explain.h"
#include "probe/tell/report.h"
#include "read/finding.h"

#include <stdint.h>
#include <string.h>

static const char *const meanings[PROBE_STATUSES] = {
    [PROBE_STATUS_OK] = "All senders accept it.",
    [PROBE_STATUS_WARNING] = "It works, but some senders refuse it, or it will not work for long.",
    [PROBE_STATUS_CRITICAL] = "It violates RFC 8461, or all senders refuse it.",
    [PROBE_STATUS_UNKNOWN] =
        "Unknown: a name server or a connection to an MX host failed, for example. Try again, or from another machine.",
};

/* --- a domain --- */

static void add_findings(const struct probe_findings *findings, struct buf *out)
{
    struct buf text = { 0 };

    for (size_t i = 0; i < findings->count; i++) {
        buf_free(&text);
        probe_report_finding(findings, i, &text);
        page_add_some(out, "<dd>", &text);
        out->failed |= text.failed;
    }
    buf_free(&text);
    probe_report_left_out(findings, &text);
    page_add_some(out, "<dd>", &text);
    out->failed |= text.failed;
    buf_free(&text);
}

static void add_check(const struct probe_result *result, enum probe_check_name name, struct buf *out)
{
    const struct probe_check *check = &result->checks[name];
    int status = probe_check_status(check);

    page_markup(out, "<dt>");
    if (check->state == PROBE_SKIPPED && status == PROBE_STATUS_OK)
        page_markup(out, "<b>-</b> ");
    else
        page_label(out, probe_report_check_label(check), status);
    page_add(out, "", probe_check_text(name));
    if (check->summary.len == 0 && check->findings.count == 0)
        page_markup(out, "<dd>");
    page_add_some(out, "<dd>", &check->summary);
    add_findings(&check->findings, out);
    if (name == PROBE_CHECK_INI && result->publish.len > 0) {
        page_add_some(out, "<dd><code>", &result->publish);
        page_markup(out, "</code>");
    }
    if (status != PROBE_STATUS_OK)
        buf_print(out, "<dd><a href=\"#_%s\">" PROBE_EXPLAIN_ACT "</a>", probe_check_text(name));
}

/* Adds the names of the checks whose label is LABEL, of STATUS, unless there is none. */
static bool add_names(const struct probe_result *result, int status, const char *label, struct buf *out)
{
    bool any = false;

    for (size_t i = 0; i < PROBE_CHECKS; i++) {
        if (strcmp(probe_report_check_label(&result->checks[i]), label) != 0)
            continue;
        if (!any)
            page_label(out, label, status);
        buf_print(out, "%s%s", any ? ", " : "", probe_check_text((enum probe_check_name)i));
        any = true;
    }
    return any;
}

/* Adds what is wrong, in a few words; where nothing is, what MX hosts there are. */
static void add_title(const struct probe_result *result, struct buf *out)
{
    bool any = false;

    for (size_t i = 0; page_worst_first[i] != PROBE_STATUS_OK; i++) {
        struct buf names = { 0 };
        if (add_names(result, page_worst_first[i], probe_report_label(page_worst_first[i]), &names))
            buf_print(out, "%s%s", any ? " " : "", names.text != NULL ? names.text : "");
        any |= names.len > 0;
        out->failed |= names.failed;
        buf_free(&names);
    }
    if (!any && result->checks[PROBE_CHECK_MX].summary.len > 0)
        page_add_some(out, "", &result->checks[PROBE_CHECK_MX].summary);
    else if (!any)
        page_markup(out, "checks");
}

static void add_details(const struct probe_result *result, const struct probe_report_options *options, struct buf *out)
{
    page_markup(out, "<details><summary>");
    add_title(result, out);
    page_markup(out, "</summary><dl>");
    page_add_some(out, "<dt>mail<dd>", &result->effect);
    page_add_some(out, "<dt>reports<dd>", &result->reports);
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        if (probe_report_shows(result, (enum probe_check_name)i, options))
            add_check(result, (enum probe_check_name)i, out);
    page_markup(out, "</dl></details>");
}

void probe_html_row(const struct probe_result *result, const struct probe_report_options *options, struct buf *out)
{
    int status = probe_status(result);

    buf_print(out, "<tr class=s%d id=\"", status);
    page_add(out, "", result->domain);
    buf_print(out, "\"><td><b>%s</b>", probe_report_label(status));
    page_add(out, "<th scope=row>", result->domain);
    page_add(out, "<td>", result->has_mode ? policy_mode_text(result->mode) : "");
    page_markup(out, "<td>");
    if (result->at != NULL)
        page_add(out, "<p>at ", result->at);
    if (probe_report_is_line(result, options)) {
        page_add_some(out, "", &result->checks[PROBE_CHECK_MX].summary);
        page_add_some(out, "<p>reports: ", &result->reports);
    } else {
        add_details(result, options, out);
    }
    page_markup(out, "\n");
}

/* --- before the first domain --- */

void probe_html_begin(int64_t now, bool quiet, struct buf *out)
{
    static const struct page_frame frame = {
        .program = "mta-sts-probe",
        .title = "MTA-STS",
        .heading = "MTA-STS: what sending mail servers find",
        .made = "Checked by mta-sts-probe on ",
        .caption = "The checks of each domain, by the names that are explained below.",
        .quiet_caption = " Domains that are ok are left out.",
        .columns = { "Status", "Domain", "Mode", "Checks" },
        .choices = { "ok", "warn: with warnings", "FAIL: failing", "?: unknown" },
        .not_good = "all but ok",
    };

    page_begin(&frame, now, quiet, out);
}

/* --- after the last domain --- */

static void add_legend(struct buf *out)
{
    page_markup(out, "<dl class=\"legend\">\n");
    for (size_t i = 0; i < PROBE_STATUSES; i++) {
        int status = page_worst_first[PROBE_STATUSES - 1 - i];
        page_markup(out, "<dt>");
        page_label(out, probe_report_label(status), status);
        page_add(out, "<dd>", meanings[status]);
        page_markup(out, "\n");
    }
    page_markup(out, "<dt><b>-</b><dd>Not looked at: the line of the check has the reason.\n</dl>\n");
}

static void add_explanation(enum probe_check_name check, struct buf *out)
{
    const struct probe_explanation *text = probe_explain_check(check);

    buf_print(out, "<section id=\"_%s\">\n<h3>%s: ", probe_check_text(check), probe_check_text(check));
    page_add(out, "", text->looks_at);
    page_add(out, "</h3>\n<p>", text->why);
    page_add(out, "</p>\n<h4>" PROBE_EXPLAIN_MAIL "</h4>\n<p>", text->mail);
    page_add(out, "</p>\n<h4>" PROBE_EXPLAIN_ACT "</h4>\n<p>", text->act);
    page_markup(out, "</p>\n</section>\n");
}

static void add_summary(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out)
{
    page_markup(out, "<section id=\"_summary\">\n<h2>Summary</h2>\n<ul class=\"counts\">\n");
    for (size_t i = 0; i < PROBE_STATUSES; i++)
        page_count(counts->of[page_worst_first[i]], probe_report_words(page_worst_first[i]), page_worst_first[i], out);
    page_markup(out, "</ul>\n<p>");
    probe_report_total(counts, ms, out);
    probe_report_left(counts, out);
    page_markup(out, is_lost ? "; out of memory: some results are missing</p>\n</section>\n" : "</p>\n</section>\n");
}

void probe_html_end(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out)
{
    page_end_table(out);
    page_markup(out, "<section id=\"_checks\">\n<h2>The checks</h2>\n");
    add_legend(out);
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        add_explanation((enum probe_check_name)i, out);
    page_markup(out, "</section>\n");
    add_summary(counts, ms, is_lost, out);
    page_end(out);
}
