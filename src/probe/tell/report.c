#include "probe/tell/report.h"
#include "base/buf.h"
#include "ini/write.h"
#include "policy/model.h"
#include "probe/judge/result.h"
#include "read/finding.h"

#include "base/words.h"

#include <string.h>

enum { WIDTH = 80, CHECK_COLUMN = 8, TEXT_COLUMN = 16, BAR_CELLS = 30, PER_SECOND = 1000, HUNDREDTHS = 10 };

static const struct {
    const char *label, *words, *colour;
} labels[PROBE_STATUSES] = {
    [PROBE_STATUS_OK] = { "ok", "ok", "\033[32m" },
    [PROBE_STATUS_WARNING] = { "warn", "with warnings", "\033[33m" },
    [PROBE_STATUS_CRITICAL] = { "FAIL", "failing", "\033[1;31m" },
    [PROBE_STATUS_UNKNOWN] = { "?", "unknown", "\033[35m" },
};

const char *probe_report_label(int status)
{
    return labels[status].label;
}

static bool is_skipped(const struct probe_check *check)
{
    return check->state == PROBE_SKIPPED && probe_check_status(check) == PROBE_STATUS_OK;
}

const char *probe_report_check_label(const struct probe_check *check)
{
    return is_skipped(check) ? "-" : labels[probe_check_status(check)].label;
}

const char *probe_report_words(int status)
{
    return labels[status].words;
}

static void spaces(struct buf *out, size_t n)
{
    buf_print(out, "%*s", (int)n, "");
}

/* Adds TEXT, any bytes, from column AT on; further lines are indented by INDENT. */
static void add_text(struct buf *out, const char *text, size_t len, size_t at, size_t indent)
{
    struct buf ascii = { 0 };

    write_ascii(&ascii, text, len);
    write_wrapped(out, ascii.text != NULL ? ascii.text : "", at, indent, WIDTH);
    out->failed |= ascii.failed;
    buf_free(&ascii);
}

/* Adds TEXT in the colour of STATUS, filled up to WIDTH columns. */
static void add_label(struct buf *out, const char *text, int status, size_t width, bool colour)
{
    size_t len = strlen(text);

    buf_print(out, "%s%s%s", colour ? labels[status].colour : "", text, colour ? "\033[m" : "");
    spaces(out, width > len ? width - len : 1);
}

void probe_report_finding(const struct probe_findings *findings, size_t i, struct buf *out)
{
    const struct probe_finding *finding = &findings->list[i];

    if (finding->line > 0)
        buf_print(out, "line %u: ", finding->line);
    buf_print(out, "%s", probe_finding_text(findings, finding));
}

void probe_report_left_out(const struct probe_findings *findings, struct buf *out)
{
    if (findings->left_out > 0)
        buf_print(out, "and %zu more of the same kind", findings->left_out);
}

static void add_findings(const struct probe_findings *findings, struct buf *out)
{
    struct buf line = { 0 };

    for (size_t i = 0; i < findings->count; i++) {
        buf_free(&line);
        probe_report_finding(findings, i, &line);
        spaces(out, TEXT_COLUMN);
        if (line.text != NULL)
            add_text(out, line.text, line.len, TEXT_COLUMN, TEXT_COLUMN + 2);
    }
    if (findings->left_out > 0) {
        spaces(out, TEXT_COLUMN);
        probe_report_left_out(findings, out);
        buf_add(out, "\n", 1);
    }
    out->failed |= line.failed;
    buf_free(&line);
}

/* Adds the check's summary and then its findings. Without a summary, the first finding stands on the check's line. */
static void add_check(const struct probe_result *result, enum probe_check_name name, const struct probe_report_options *options,
                      struct buf *out)
{
    const struct probe_check *check = &result->checks[name];
    int status = probe_check_status(check);
    struct buf lines = { 0 };

    spaces(out, 2);
    add_label(out, probe_report_check_label(check), status, CHECK_COLUMN - 2, options->colour && !is_skipped(check));
    buf_print(out, "%-8s", probe_check_text(name));
    if (check->summary.len > 0)
        add_text(out, check->summary.text, check->summary.len, TEXT_COLUMN, TEXT_COLUMN);
    add_findings(&check->findings, &lines);
    if (check->summary.len == 0 && lines.len > TEXT_COLUMN)
        buf_add(out, lines.text + TEXT_COLUMN, lines.len - TEXT_COLUMN);
    else if (lines.len > 0)
        buf_add(out, lines.text, lines.len);
    else if (check->summary.len == 0)
        buf_add(out, "\n", 1);
    if (name == PROBE_CHECK_INI && result->publish.len > 0)
        buf_print(out, "%*s%s\n", 2, "", result->publish.text);
    out->failed |= lines.failed;
    buf_free(&lines);
}

static void add_head(const struct probe_result *result, int status, const struct probe_report_options *options, struct buf *out)
{
    add_label(out, labels[status].label, status, CHECK_COLUMN - 2, options->colour);
    buf_print(out, "%s", result->domain);
    if (result->has_mode)
        buf_print(out, ": mode %s", policy_mode_text(result->mode));
    if (result->at != NULL)
        buf_print(out, ", at %s", result->at);
}

/* What is left to do with the section of a domain that is fine. */
static bool has_remark_on_file(const struct probe_result *result)
{
    return result->checks[PROBE_CHECK_INI].findings.count > 0;
}

/* Without -f, the check ini says nothing. */
bool probe_report_shows(const struct probe_result *result, enum probe_check_name name, const struct probe_report_options *options)
{
    const struct probe_check *check = &result->checks[name];

    if (name == PROBE_CHECK_INI && check->state == PROBE_SKIPPED)
        return false;
    return !options->brief || probe_check_status(check) != PROBE_STATUS_OK ||
           (name == PROBE_CHECK_INI && has_remark_on_file(result));
}

bool probe_report_is_line(const struct probe_result *result, const struct probe_report_options *options)
{
    return options->brief && probe_status(result) == PROBE_STATUS_OK && result->effect.len == 0 && !has_remark_on_file(result);
}

/* Adds what is no check, with its NAME; nothing if TEXT is empty. */
static void add_part(const char *name, const struct buf *text, struct buf *out)
{
    if (text->len == 0)
        return;
    buf_print(out, "  %s: ", name);
    add_text(out, text->text, text->len, strlen(name) + 4, CHECK_COLUMN);
}

void probe_report(const struct probe_result *result, const struct probe_report_options *options, struct buf *out)
{
    int status = probe_status(result);
    const struct buf *mx = &result->checks[PROBE_CHECK_MX].summary;

    add_head(result, status, options, out);
    if (probe_report_is_line(result, options)) {
        buf_print(out, "%s%s\n", mx->len > 0 ? ", " : "", mx->len > 0 ? mx->text : "");
        add_part("reports", &result->reports, out);
        return;
    }
    buf_add(out, "\n", 1);
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        if (probe_report_shows(result, (enum probe_check_name)i, options))
            add_check(result, (enum probe_check_name)i, options, out);
    add_part("mail", &result->effect, out);
    add_part("reports", &result->reports, out);
    buf_add(out, "\n", options->apart ? 1 : 0);
}

static size_t done(const struct probe_report_counts *counts)
{
    size_t n = 0;

    for (size_t i = 0; i < PROBE_STATUSES; i++)
        n += counts->of[i];
    return n;
}

void probe_report_total(const struct probe_report_counts *counts, unsigned long ms, struct buf *out)
{
    size_t all = done(counts);

    buf_print(out, "%zu domain%s in %lu.%02lu s", all, words_plural(all), ms / PER_SECOND, ms % PER_SECOND / HUNDREDTHS);
}

void probe_report_left(const struct probe_report_counts *counts, struct buf *out)
{
    if (counts->left > 0)
        buf_print(out, "; stopped, %zu not looked at", counts->left);
}

void probe_report_summary(const struct probe_report_counts *counts, unsigned long ms, struct buf *out)
{
    probe_report_total(counts, ms, out);
    for (int i = 0; i < PROBE_STATUSES; i++)
        buf_print(out, "%s %zu %s", i > 0 ? "," : ":", counts->of[i], labels[i].words);
    probe_report_left(counts, out);
    buf_add(out, "\n", 1);
}

void probe_report_bar(const struct probe_report_counts *counts, size_t total, unsigned long ms, struct buf *out)
{
    size_t all = done(counts), cells = total > 0 ? all * BAR_CELLS / total : 0;
    unsigned long left = all > 0 ? (unsigned long)((double)ms * (double)(total - all) / (double)all) / PER_SECOND : 0;

    buf_add(out, "[", 1);
    for (size_t i = 0; i < BAR_CELLS; i++)
        buf_add(out, i < cells ? "#" : ".", 1);
    buf_print(out, "] %zu/%zu, %zu FAIL, %zu warn", all, total, counts->of[PROBE_STATUS_CRITICAL],
              counts->of[PROBE_STATUS_WARNING]);
    if (all > 0)
        buf_print(out, ", %lu:%02lu left", left / 60, left % 60);
}
