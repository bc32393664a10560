#include "probe/tell/html.h"

#include "base/buf.h"
#include "ini/write.h"
#include "policy/model.h"
#include "probe/judge/result.h"
#include "probe/tell/explain.h"
#include "probe/tell/report.h"
#include "read/finding.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

/* page.css and page.js, each with its SHA-256 in base64. */
extern const char page_css[], page_css_sha256[], page_js[], page_js_sha256[];

enum { TM_YEAR = 1900 };

static const int worst_first[] = { PROBE_STATUS_CRITICAL, PROBE_STATUS_UNKNOWN, PROBE_STATUS_WARNING, PROBE_STATUS_OK };

static const char *const meanings[PROBE_STATUSES] = {
    [PROBE_STATUS_OK] = "All senders accept it.",
    [PROBE_STATUS_WARNING] = "It works, but some senders refuse it, or it will not work for long.",
    [PROBE_STATUS_CRITICAL] = "It violates RFC 8461, or all senders refuse it.",
    [PROBE_STATUS_UNKNOWN] =
        "Unknown: a name server or a connection to an MX host failed, for example. Try again, or from another machine.",
};

/* --- text --- */

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void probe_html_text(struct buf *out, const char *text, size_t len)
{
    struct buf ascii = { 0 };

    write_ascii(&ascii, text, len);
    for (size_t i = 0; i < ascii.len; i++) {
        const char *instead = entity(ascii.text[i]);
        buf_add(out, instead != NULL ? instead : ascii.text + i, instead != NULL ? strlen(instead) : 1);
    }
    out->failed |= ascii.failed;
    buf_free(&ascii);
}

static void add_markup(struct buf *out, const char *markup)
{
    buf_add(out, markup, strlen(markup));
}

/* Adds BEFORE, which is markup, and TEXT, which is not. */
static void add(struct buf *out, const char *before, const char *text)
{
    add_markup(out, before);
    probe_html_text(out, text, strlen(text));
}

/* The same, where TEXT may be empty: then nothing is added. */
static void add_some(struct buf *out, const char *before, const struct buf *text)
{
    if (text->len == 0)
        return;
    add_markup(out, before);
    probe_html_text(out, text->text, text->len);
}

/* --- a domain --- */

static void add_label(struct buf *out, const char *label, int status)
{
    buf_print(out, "<b class=s%d>%s</b> ", status, label);
}

static void add_findings(const struct probe_findings *findings, struct buf *out)
{
    struct buf text = { 0 };

    for (size_t i = 0; i < findings->count; i++) {
        buf_free(&text);
        probe_report_finding(findings, i, &text);
        add_some(out, "<dd>", &text);
        out->failed |= text.failed;
    }
    buf_free(&text);
    probe_report_left_out(findings, &text);
    add_some(out, "<dd>", &text);
    out->failed |= text.failed;
    buf_free(&text);
}

static void add_check(const struct probe_result *result, enum probe_check_name name, struct buf *out)
{
    const struct probe_check *check = &result->checks[name];
    int status = probe_check_status(check);

    add_markup(out, "<dt>");
    if (check->state == PROBE_SKIPPED && status == PROBE_STATUS_OK)
        add_markup(out, "<b>-</b> ");
    else
        add_label(out, probe_report_check_label(check), status);
    add(out, "", probe_check_text(name));
    if (check->summary.len == 0 && check->findings.count == 0)
        add_markup(out, "<dd>");
    add_some(out, "<dd>", &check->summary);
    add_findings(&check->findings, out);
    if (name == PROBE_CHECK_INI && result->publish.len > 0) {
        add_some(out, "<dd><code>", &result->publish);
        add_markup(out, "</code>");
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
            add_label(out, label, status);
        buf_print(out, "%s%s", any ? ", " : "", probe_check_text((enum probe_check_name)i));
        any = true;
    }
    return any;
}

/* Adds what is wrong, in a few words; where nothing is, what MX hosts there are. */
static void add_title(const struct probe_result *result, struct buf *out)
{
    bool any = false;

    for (size_t i = 0; worst_first[i] != PROBE_STATUS_OK; i++) {
        struct buf names = { 0 };
        if (add_names(result, worst_first[i], probe_report_label(worst_first[i]), &names))
            buf_print(out, "%s%s", any ? " " : "", names.text != NULL ? names.text : "");
        any |= names.len > 0;
        out->failed |= names.failed;
        buf_free(&names);
    }
    if (!any && result->checks[PROBE_CHECK_MX].summary.len > 0)
        add_some(out, "", &result->checks[PROBE_CHECK_MX].summary);
    else if (!any)
        add_markup(out, "checks");
}

static void add_details(const struct probe_result *result, const struct probe_report_options *options, struct buf *out)
{
    add_markup(out, "<details><summary>");
    add_title(result, out);
    add_markup(out, "</summary><dl>");
    add_some(out, "<dt>mail<dd>", &result->effect);
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        if (probe_report_shows(result, (enum probe_check_name)i, options))
            add_check(result, (enum probe_check_name)i, out);
    add_markup(out, "</dl></details>");
}

void probe_html_row(const struct probe_result *result, const struct probe_report_options *options, struct buf *out)
{
    int status = probe_status(result);

    buf_print(out, "<tr class=s%d id=\"", status);
    add(out, "", result->domain);
    buf_print(out, "\"><td><b>%s</b>", probe_report_label(status));
    add(out, "<th scope=row>", result->domain);
    add(out, "<td>", result->has_mode ? policy_mode_text(result->mode) : "");
    add_markup(out, "<td>");
    if (probe_report_is_line(result, options))
        add_some(out, "", &result->checks[PROBE_CHECK_MX].summary);
    else
        add_details(result, options, out);
    add_markup(out, "\n");
}

/* --- before the first domain --- */

/* The forms of a time: for the attribute datetime, for people, and without the hour. */
enum time_form { TIME_EXACT, TIME_SHOWN, TIME_DAY };

static void add_time(int64_t now, enum time_form form, struct buf *out)
{
    time_t seconds = (time_t)now;
    struct tm utc;

    if (gmtime_r(&seconds, &utc) == NULL)
        return;
    buf_print(out, "%04d-%02d-%02d", utc.tm_year + TM_YEAR, utc.tm_mon + 1, utc.tm_mday);
    if (form == TIME_EXACT)
        buf_print(out, "T%02d:%02d:%02dZ", utc.tm_hour, utc.tm_min, utc.tm_sec);
    else if (form == TIME_SHOWN)
        buf_print(out, " %02d:%02d UTC", utc.tm_hour, utc.tm_min);
}

static void add_head(int64_t now, struct buf *out)
{
    add_markup(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    buf_print(out,
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; "
              "script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
              page_css_sha256, page_js_sha256);
    add_markup(out, "<meta name=\"viewport\" content=\"width=device-width\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n"
                    "<link rel=\"icon\" href=\"data:,\">\n<title>MTA-STS, ");
    add_time(now, TIME_DAY, out);
    add_markup(out, "</title>\n<style>");
    add_markup(out, page_css);
    add_markup(out, "</style>\n</head>\n");
}

static void add_tools(struct buf *out)
{
    add_markup(
        out, "<div id=\"_tools\" role=\"search\" aria-label=\"Domains\" hidden>\n"
             "<label for=\"_find\">Find <input id=\"_find\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>\n"
             "<label for=\"_status\">Status <select id=\"_status\"><option value=\"0123\">all<option value=\"123\">all but ok");
    for (size_t i = 0; i < PROBE_STATUSES; i++) {
        int status = worst_first[i];
        buf_print(out, "<option value=\"%d\">%s", status, probe_report_label(status));
        if (strcmp(probe_report_label(status), probe_report_words(status)) != 0)
            buf_print(out, ": %s", probe_report_words(status));
    }
    add_markup(out, "</select></label>\n<button id=\"_open\" type=\"button\">Open or close all</button>\n"
                    "<output id=\"_shown\"></output>\n</div>\n");
}

void probe_html_begin(int64_t now, bool quiet, struct buf *out)
{
    add_head(now, out);
    add_markup(out, "<body>\n<header>\n<h1>MTA-STS: what sending mail servers find</h1>\n<p>Checked by mta-sts-probe on "
                    "<time datetime=\"");
    add_time(now, TIME_EXACT, out);
    add_markup(out, "\">");
    add_time(now, TIME_SHOWN, out);
    add_markup(out, "</time>.</p>\n</header>\n<main>\n"
                    "<p id=\"_part\">Without a summary, this page is not complete: the run was stopped, or is not over yet. "
                    "Reload it later, or run mta-sts-probe again.</p>\n"
                    "<section>\n<h2>Domains</h2>\n");
    add_tools(out);
    add_markup(out, "<table id=\"_table\">\n<caption>The checks of each domain, by the names that are explained below.");
    add_markup(out, quiet ? " Domains that are ok are left out." : "");
    add_markup(out, "</caption>\n<thead><tr><th scope=\"col\">Status<th scope=\"col\">Domain<th scope=\"col\">Mode"
                    "<th scope=\"col\">Checks</thead>\n<tbody>\n");
}

/* --- after the last domain --- */

static void add_legend(struct buf *out)
{
    add_markup(out, "<dl class=\"legend\">\n");
    for (size_t i = 0; i < PROBE_STATUSES; i++) {
        int status = worst_first[PROBE_STATUSES - 1 - i];
        add_markup(out, "<dt>");
        add_label(out, probe_report_label(status), status);
        add(out, "<dd>", meanings[status]);
        add_markup(out, "\n");
    }
    add_markup(out, "<dt><b>-</b><dd>Not looked at: the line of the check has the reason.\n</dl>\n");
}

static void add_explanation(enum probe_check_name check, struct buf *out)
{
    const struct probe_explanation *text = probe_explain_check(check);

    buf_print(out, "<section id=\"_%s\">\n<h3>%s: ", probe_check_text(check), probe_check_text(check));
    add(out, "", text->looks_at);
    add(out, "</h3>\n<p>", text->why);
    add(out, "</p>\n<h4>" PROBE_EXPLAIN_MAIL "</h4>\n<p>", text->mail);
    add(out, "</p>\n<h4>" PROBE_EXPLAIN_ACT "</h4>\n<p>", text->act);
    add_markup(out, "</p>\n</section>\n");
}

static void add_summary(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out)
{
    add_markup(out, "<section id=\"_summary\">\n<h2>Summary</h2>\n<ul class=\"counts\">\n");
    for (size_t i = 0; i < PROBE_STATUSES; i++) {
        int status = worst_first[i];
        buf_print(out, "<li class=\"s%d%s\"><strong>%zu</strong> <span>%s</span></li>\n", status,
                  counts->of[status] == 0 ? " none" : "", counts->of[status], probe_report_words(status));
    }
    add_markup(out, "</ul>\n<p>");
    probe_report_total(counts, ms, out);
    probe_report_left(counts, out);
    add_markup(out, is_lost ? "; out of memory: some results are missing</p>\n</section>\n" : "</p>\n</section>\n");
}

void probe_html_end(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out)
{
    add_markup(out, "</table>\n</section>\n<section id=\"_checks\">\n<h2>The checks</h2>\n");
    add_legend(out);
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        add_explanation((enum probe_check_name)i, out);
    add_markup(out, "</section>\n");
    add_summary(counts, ms, is_lost, out);
    add_markup(out, "</main>\n<script>");
    add_markup(out, page_js);
    add_markup(out, "</script>\n</body>\n</html>\n");
}
