#include "reports/run.h"

#include "base/buf.h"
#include "base/words.h"
#include "config/index.h"
#include "config/open.h"
#include "config/standard.h"
#include "policy/domain.h"
#include "program/colour.h"
#include "program/status.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"
#include "reports/options.h"
#include "reports/progress.h"
#include "reports/read/report.h"
#include "reports/receive/fastcgi.h"
#include "reports/receive/settings.h"
#include "reports/take/mail.h"
#include "reports/take/sink.h"
#include "reports/take/unzip.h"
#include "reports/take/walk.h"
#include "reports/tell/html.h"
#include "reports/tell/json.h"
#include "reports/tell/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

enum { UNKNOWN = 3, DAY = 86400, NS_BITS = 30 };

struct run {
    const struct reports_settings *settings;
    struct index *index;
    struct sums sums;
    struct verdict_rules rules;
    struct html html;
    struct progress progress;
    size_t broken, others;
    struct buf named; /* the name in the last message about a file */
    bool out_of_memory;
    int status;
};

/* Prints OUT and empties it. False if that fails; why is on standard error. */
static bool print(struct buf *out)
{
    bool lacks = out->failed;

    errno = 0;
    bool good = !lacks && (out->len == 0 || fwrite(out->text, 1, out->len, stdout) == out->len);
    if (!good)
        (void)reports_error(lacks ? "out of memory" : "cannot write: %s", strerror(errno));
    buf_free(out);
    return good;
}

/* --- reading --- */

/* A mail may have hundreds of parts that are broken: only the first one is named. */
static void on_refuse(void *to, const char *name, const char *why)
{
    struct run *run = to;

    if (run->named.len > 0 && strcmp(run->named.text, name) == 0)
        return;
    run->named.len = 0;
    buf_print(&run->named, "%s", name);
    run->broken++;
    progress_wipe(&run->progress);
    (void)reports_error("%s: %s", name, why);
}

static void on_report(void *to, const char *name, const char *signer, const char *bytes, size_t len)
{
    struct run *run = to;
    struct report report;
    struct buf why = { 0 };

    bool good = report_read(bytes, len, &report, &why);
    /* What a report says of itself is not believed where who signed it is known. */
    report.is_unsigned = run->settings->verifiers != NULL && signer == NULL;
    if (signer != NULL)
        report.submitter = signer;
    if (good)
        run->out_of_memory |= !sums_add(&run->sums, &report);
    else if (why.failed || why.text == NULL)
        run->out_of_memory = true;
    else
        on_refuse(to, name, why.text);
    report_free(&report);
    buf_free(&why);
}

static void on_other(void *to)
{
    struct run *run = to;

    run->others++;
}

static void on_progress(void *to, size_t bytes)
{
    struct run *run = to;

    progress_add(&run->progress, bytes, run->sums.reports);
}

static bool stops(void *to)
{
    const struct run *run = to;

    return run->out_of_memory;
}

/* Reads all paths. False if one of them cannot be read, or memory runs out. */
static bool read_all(struct run *run)
{
    static const char *const standard_input[] = { "-" };
    const struct take_sink sink = { on_report, on_refuse, on_other, on_progress, stops, run, run->settings->verifiers };
    const struct reports_settings *settings = run->settings;
    const char *const *paths = settings->count > 0 ? (const char *const *)settings->paths : standard_input;
    size_t count = settings->count > 0 ? settings->count : 1;
    bool good = true;

    progress_begin(&run->progress, !settings->quiet, paths, count);
    for (size_t i = 0; i < count && !run->out_of_memory; i++)
        good &= walk_path(&sink, paths[i]);
    progress_wipe(&run->progress);
    sums_sort(&run->sums);
    if (run->out_of_memory)
        (void)reports_error("out of memory: name fewer files at once");
    return good && !run->out_of_memory;
}

/* --- printing --- */

/* Counts the domains, but for [*], and returns the length of the longest name. */
static size_t measure(struct run *run)
{
    char domain[DOMAIN_MAX + 1];
    size_t at = 0, longest = 0;

    while (index_next_domain(run->index, &at, domain)) {
        run->html.count += strcmp(domain, "*") != 0;
        if (strlen(domain) > longest)
            longest = strlen(domain);
    }
    return longest;
}

static bool is_quiet(const struct run *run, const struct verdict *verdict)
{
    return run->settings->quiet && verdict_status(verdict->word) == 0;
}

static void add_domain(struct run *run, const char *domain, const struct verdict *verdict, const struct text_options *options,
                       struct buf *out)
{
    if (run->settings->format == REPORTS_HTML)
        html_domain(&run->html, &run->sums, domain, verdict, &run->rules, out);
    else if (is_quiet(run, verdict))
        return;
    else if (run->settings->format == REPORTS_JSON)
        json_domain(&run->sums, domain, verdict, &run->rules, out);
    else
        text_domain(&run->sums, domain, verdict, &run->rules, options, out);
}

/* Judges DOMAIN and prints the verdict. False if memory runs out, or it cannot be written. */
static bool print_domain(struct run *run, const char *domain, const struct text_options *options)
{
    struct verdict verdict;
    struct buf out = { 0 };

    bool good = verdict_on_domain(run->index, domain, sums_find(&run->sums, domain), &run->rules, &verdict);
    if (good) {
        add_domain(run, domain, &verdict, options, &out);
        good = print(&out);
    } else {
        (void)reports_error("out of memory");
    }
    run->status = status_worse(run->status, verdict_status(verdict.word));
    verdict_free(&verdict);
    return good;
}

static bool print_domains(struct run *run, size_t longest)
{
    const struct text_options options = { colour_is_wanted(run->settings->colour), run->settings->verbose, longest };
    char domain[DOMAIN_MAX + 1];
    bool good = true;
    size_t at = 0;

    while (good && index_next_domain(run->index, &at, domain))
        if (strcmp(domain, "*") != 0)
            good = print_domain(run, domain, &options);
    return good;
}

static void add_count(struct buf *out, size_t count, const char *noun, const char *says)
{
    if (count > 0)
        buf_print(out, "%s%zu %s%s %s", out->len > 0 ? ", " : "", count, noun, words_plural(count), says);
}

/* Adds what does not count; nothing if all does. */
static void add_left_out(const struct run *run, struct buf *out)
{
    const struct sums *sums = &run->sums;

    add_count(out, sums->duplicates, "report", "read before");
    add_count(out, sums->unsigned_reports, "report", "unsigned");
    add_count(out, sums->foreign, "report", "of domains that policies.ini does not name");
    add_count(out, sums->old, "report", "older than the window");
    add_count(out, sums->early, "report", "of the future");
    add_count(out, run->broken, "file", "not readable");
    add_count(out, run->others, "file", "without a report");
}

/* What stands after the domains makes a page look complete: it is the last that is written. */
static bool print_html_end(struct run *run, const struct buf *left_out)
{
    struct buf reports = { 0 }, out = { 0 };

    buf_print(&reports, "%zu report%s read%s%s%s.", run->sums.reports, words_plural(run->sums.reports),
              left_out->len > 0 ? "; not counted: " : "", left_out->len > 0 ? left_out->text : "",
              run->rules.incomplete ? "; some files or folders cannot be read, and reports may be missing" : "");
    html_end(&run->html, &run->rules, reports.text != NULL ? reports.text : "", &out);
    out.failed |= reports.failed;
    buf_free(&reports);
    return print(&out);
}

static bool print_html_begin(struct run *run)
{
    struct buf out = { 0 };

    html_begin(&run->html, run->settings->now, &out);
    return print(&out);
}

static bool print_all(struct run *run)
{
    bool html = run->settings->format == REPORTS_HTML;
    size_t longest = measure(run);
    struct buf left_out = { 0 };

    add_left_out(run, &left_out);
    bool good = (!html || print_html_begin(run)) && print_domains(run, longest) && (!html || print_html_end(run, &left_out));
    errno = 0;
    if (good && fflush(stdout) != 0) {
        (void)reports_error("cannot write: %s", strerror(errno));
        good = false;
    }
    if (left_out.len > 0 && !run->settings->quiet)
        (void)reports_error("not counted: %s", left_out.text);
    buf_free(&left_out);
    return good;
}

/* --- the run --- */

/* A number that nobody can guess who does not see this process. */
static uint64_t random_number(const struct run *run)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_nsec << NS_BITS ^ (uint64_t)getpid() ^ (uint64_t)(uintptr_t)run;
}

static int run_with(const struct reports_settings *settings, struct index *index)
{
    struct run run = { .settings = settings,
                       .index = index,
                       .rules = { settings->days, settings->reporters, settings->now, false },
                       .html = { .quiet = settings->quiet } };

    sums_init(&run.sums, index, settings->now - (int64_t)settings->window * DAY, settings->now, random_number(&run));
    run.rules.incomplete = !read_all(&run);
    if (run.out_of_memory || !print_all(&run))
        run.status = UNKNOWN;
    else if (run.rules.incomplete)
        run.status = status_worse(run.status, UNKNOWN);
    sums_free(&run.sums);
    buf_free(&run.named);
    return run.status;
}

static int read_reports(const struct reports_settings *settings)
{
    struct buf why = { 0 };
    int status = UNKNOWN;

    if (settings->count == 0 && isatty(STDIN_FILENO))
        return reports_error("nothing to read: write the name of a report, a mailbox or a folder, or - for standard input");
    struct index *index = open_index(settings->file != NULL ? settings->file : standard_file(), OPEN_NEEDS, &why);
    if (index != NULL)
        status = run_with(settings, index);
    else
        (void)reports_error("%s", why.text != NULL ? why.text : "out of memory");
    index_free(index);
    buf_free(&why);
    return status;
}

static int receive(const struct reports_settings *settings)
{
    struct receive_settings receive = settings->receive;

    receive.file = settings->file != NULL ? settings->file : standard_file();
    return receive_fastcgi(settings->listener, &receive);
}

static int print_help(const struct reports_settings *settings)
{
    struct buf out = { 0 };

    (void)settings;
    reports_options_usage(&out);
    return print(&out) && fflush(stdout) == 0 ? 0 : UNKNOWN;
}

static int print_version(const struct reports_settings *settings)
{
    struct buf out = { 0 };

    (void)settings;
    buf_print(&out, "mta-sts-reports " VERSION "\nwith ");
    report_library(&out);
    buf_print(&out, ", ");
    unzip_library(&out);
    buf_print(&out, ", ");
    mail_library(&out);
    buf_print(&out, "\n");
    return print(&out) && fflush(stdout) == 0 ? 0 : UNKNOWN;
}

int reports_run(const struct reports_settings *settings)
{
    static int (*const actions[])(const struct reports_settings *) = {
        [REPORTS_READ] = read_reports, [REPORTS_RECEIVE] = receive, [REPORTS_HELP] = print_help, [REPORTS_VERSION] = print_version
    };

    return actions[settings->action](settings);
}
