#include "probe/actions.h"

#include "base/buf.h"
#include "policy/argument.h"
#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/ask/resolver.h"
#include "probe/check/context.h"
#include "probe/check/error.h"
#include "probe/check/file.h"
#include "probe/import.h"
#include "probe/judge/cert.h"
#include "probe/judge/result.h"
#include "probe/names.h"
#include "probe/options.h"
#include "probe/reports.h"
#include "probe/run.h"
#include "probe/suggest.h"
#include "probe/tell/explain.h"
#include "probe/tell/format.h"
#include "probe/tlsa.h"
#include "probe/updates.h"
#include "program/colour.h"
#include "program/status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

/* Prints OUT and frees it. Returns STATUS, or unknown where not all of it could be written. */
static int print(struct buf *out, int status)
{
    bool lacks = out->failed;

    errno = 0;
    bool good = !lacks && (out->len == 0 || fwrite(out->text, 1, out->len, stdout) == out->len) && fflush(stdout) == 0;
    int error = errno;
    buf_free(out);
    if (good)
        return status;
    return lacks ? probe_error("out of memory") : probe_error("cannot write: %s", strerror(error));
}

/* --- texts --- */

static int print_help(const struct probe_settings *settings)
{
    struct buf out = { 0 };

    (void)settings;
    probe_options_usage(&out);
    buf_print(&out, "\nChecks:\n");
    probe_explain_list(&out);
    buf_print(&out, "\nExit status: 0 ok, 1 warnings, 2 a check failed, 3 unknown. Manual: mta-sts-probe(1)\n");
    return print(&out, PROBE_STATUS_OK);
}

static int print_version(const struct probe_settings *settings)
{
    struct buf out = { 0 };

    (void)settings;
    buf_print(&out, "mta-sts-probe " VERSION "\nwith ");
    probe_fetch_library(&out);
    buf_print(&out, ", ");
    probe_dns_library(&out);
    buf_print(&out, ", ");
    probe_cert_library(&out);
    buf_print(&out, "\n");
    return print(&out, PROBE_STATUS_OK);
}

static int explain(const struct probe_settings *settings)
{
    struct buf out = { 0 };

    if (probe_explain(settings->subject, &out))
        return print(&out, PROBE_STATUS_OK);
    int status = probe_error("--explain %s: write a kind of finding (--explain CHECK lists them), or one of these checks:",
                             settings->subject);
    probe_explain_list(&out);
    (void)fputs(out.text != NULL ? out.text : "", stderr);
    buf_free(&out);
    return status;
}

/* --- one name --- */

typedef int ask_fn(const struct probe_context *context, struct probe_dns *dns, const char *name, struct buf *out);

/* Asks about the subject, a name that READ reads. */
static int ask_one(const struct probe_settings *settings, probe_names_read_fn *read, ask_fn *ask)
{
    char name[DOMAIN_MAX + 1];
    struct buf out = { 0 };

    if (!probe_names_read(settings->subject, read, name))
        return PROBE_STATUS_UNKNOWN;
    struct probe_dns *dns = probe_dns_new(&settings->context.dns);
    int status = dns != NULL ? ask(&settings->context, dns, name, &out) : probe_error(PROBE_ERROR_NO_RESOLVER);
    probe_dns_free(dns);
    return print(&out, status);
}

static int suggest(const struct probe_settings *settings)
{
    return ask_one(settings, argument_domain, probe_suggest);
}

static int print_tlsa(const struct probe_settings *settings)
{
    return ask_one(settings, argument_host, probe_tlsa);
}

/* --- domains --- */

/* Probes DOMAINS, or those of FILE where there are none. */
static int run(const struct probe_settings *settings, struct probe_file *file, const struct probe_reports *reports,
               const char *const *domains)
{
    const bool many = settings->count != 1;
    const struct probe_run run = {
        .context = &settings->context,
        .file = file,
        .reports = reports,
        .domains = domains,
        .count = settings->count,
        .jobs = settings->jobs,
        .format = settings->format,
        .quiet = settings->quiet,
        .summary = many || probe_format_needs_end(settings->format),
        .bar = many && !settings->quiet && isatty(STDERR_FILENO),
        .report = { colour_is_wanted(settings->colour), many, !settings->verbose && (file != NULL || settings->quiet) && many },
    };

    return probe_run(&run);
}

/* Before the first probe: mta-sts-reports may take a minute, and what it cannot read is known at once. */
static int run_with_reports(const struct probe_settings *settings, struct probe_file *file, const char *const *domains)
{
    const struct probe_reports_source source = { settings->program, settings->file, settings->reports, settings->passed,
                                                 settings->quiet };
    struct probe_reports *reports;
    int status = PROBE_STATUS_UNKNOWN;

    if (settings->reports == NULL)
        return run(settings, file, NULL, domains);
    reports = probe_reports_read(&source);
    if (reports != NULL)
        status = run(settings, file, reports, domains);
    probe_reports_free(reports);
    return status;
}

/* All domains of FILE: there may be others. */
static int run_whole(const struct probe_settings *settings, struct probe_file *file, const char *const *domains)
{
    struct buf why = { 0 };
    bool whole = settings->count > 0 || probe_file_is_whole(file, &why);

    if (!whole)
        (void)probe_error("%s", why.text != NULL ? why.text : "out of memory");
    buf_free(&why);
    int status = run_with_reports(settings, file, domains);
    return whole ? status : status_worse(status, PROBE_STATUS_CRITICAL);
}

static int run_with_file(const struct probe_settings *settings, const char *const *domains)
{
    struct buf why = { 0 };
    struct probe_file *file = probe_file_open(settings->file, &why);
    int status;

    if (file == NULL)
        status = probe_error("%s", why.text != NULL ? why.text : "out of memory");
    else if (settings->action == PROBE_ACTION_UPDATE)
        status = probe_updates_run(settings, file, domains);
    else
        status = run_whole(settings, file, domains);
    probe_file_close(file);
    buf_free(&why);
    return status;
}

static int run_all(const struct probe_settings *settings, const char *const *domains)
{
    return settings->file != NULL ? run_with_file(settings, domains) : run(settings, NULL, NULL, domains);
}

static int import_all(const struct probe_settings *settings, const char *const *domains)
{
    return probe_import(&settings->context, domains, settings->count, settings->jobs);
}

/* Passes the domains in normal form to USE; each only once, where their records or sections would be there twice. */
static int with_domains(const struct probe_settings *settings,
                        int (*use)(const struct probe_settings *settings, const char *const *domains))
{
    char(*names)[DOMAIN_MAX + 1] = calloc(settings->count + 1, sizeof *names);
    const char **domains = calloc(settings->count + 1, sizeof *domains);
    bool good = names != NULL && domains != NULL;
    int status = PROBE_STATUS_UNKNOWN;

    for (size_t i = 0; good && i < settings->count; i++) {
        good = probe_names_read_domain(settings->domains[i], names[i]);
        domains[i] = names[i];
    }
    struct probe_settings once = *settings;
    if (good && settings->action != PROBE_ACTION_DOMAINS)
        good = argument_once(domains, &once.count);
    if (good)
        status = use(&once, domains);
    free((void *)domains);
    free(names);
    return status;
}

static int run_probes(const struct probe_settings *settings)
{
    return with_domains(settings, run_all);
}

static int run_import(const struct probe_settings *settings)
{
    return with_domains(settings, import_all);
}

/* --- the table --- */

static const struct {
    int (*run)(const struct probe_settings *settings);
    bool asks;
} actions[] = {
    [PROBE_ACTION_DOMAINS] = { run_probes, true }, [PROBE_ACTION_EXPLAIN] = { explain, false },
    [PROBE_ACTION_IMPORT] = { run_import, true },  [PROBE_ACTION_SUGGEST] = { suggest, true },
    [PROBE_ACTION_TLSA] = { print_tlsa, true },    [PROBE_ACTION_UPDATE] = { run_probes, true },
    [PROBE_ACTION_HELP] = { print_help, false },   [PROBE_ACTION_VERSION] = { print_version, false },
};

bool probe_action_asks(enum probe_action action)
{
    return actions[action].asks;
}

int probe_action_run(const struct probe_settings *settings)
{
    return actions[settings->action].run(settings);
}
