/* mta-sts-probe: looks at a deployment of MTA-STS (RFC 8461) as a sending mail server does. Floor 11. */
#include "base/buf.h"
#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/ask/hosts.h"
#include "probe/options.h"
#include "probe/read/cert.h"
#include "probe/read/result.h"
#include "probe/run.h"
#include "probe/tell/explain.h"
#include "probe/tell/suggest.h"
#include "probe/wanted.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

static const char usage[] = "usage: mta-sts-probe [OPTION...] DOMAIN...\n"
                            "       mta-sts-probe [OPTION...] -f policies.ini [DOMAIN...]\n"
                            "\n"
                            "Looks at a deployment of MTA-STS as a sending mail server does (RFC 8461), and tells\n"
                            "what a fault does to mail and what to do.\n"
                            "\n";

static const char statuses[] = "\n"
                               "Exit status: 0 ok, 1 warnings, 2 a check failed, 3 could not tell. Manual: mta-sts-probe(1)\n";

static int print_usage(void)
{
    struct buf list = { 0 };

    (void)fputs(usage, stdout);
    probe_options_usage(stdout);
    probe_explain_list(&list);
    (void)printf("\nChecks:\n%s%s", list.text != NULL ? list.text : "", statuses);
    buf_free(&list);
    return fflush(stdout) == 0 ? PROBE_STATUS_OK : PROBE_STATUS_UNKNOWN;
}

static int complain(const char *what)
{
    (void)fprintf(stderr, "mta-sts-probe: %s\n", what);
    return PROBE_STATUS_UNKNOWN;
}

/* Prints OUT. The exit status, which is STATUS where all of it was written. */
static int print(struct buf *out, int status)
{
    bool good = !out->failed && (out->len == 0 || fwrite(out->text, 1, out->len, stdout) == out->len) && fflush(stdout) == 0;

    buf_free(out);
    return good ? status : complain("cannot write, or out of memory");
}

static int explain(const char *name)
{
    struct buf out = { 0 };

    if (probe_explain(name, &out))
        return print(&out, PROBE_STATUS_OK);
    probe_explain_list(&out);
    (void)fprintf(stderr, "mta-sts-probe: --explain: write one of these checks, or the kind of a finding:\n%s",
                  out.text != NULL ? out.text : "");
    buf_free(&out);
    return PROBE_STATUS_UNKNOWN;
}

/* NAME, a mail domain or a host, in normal form; false, and said so, where it is none. */
static bool read_name(const char *name, bool is_domain, char normal[DOMAIN_MAX + 1])
{
    size_t len = strlen(name);

    if (is_domain && domain_from_host(name, normal)) {
        (void)fprintf(stderr, "mta-sts-probe: %s is the policy host; write %s\n", name, normal);
        return false;
    }
    if (len > 1 && name[len - 1] == '.')
        len--;
    enum domain_fault fault = is_domain ? domain_policy_fault(name, len) : domain_fault(name, len);
    if (fault == DOMAIN_FINE) {
        domain_normal(name, len, normal);
        return true;
    }
    (void)fprintf(stderr, "mta-sts-probe: \"%s\" %s; write a name, as in example.org\n", name, domain_fault_phrase(fault));
    return false;
}

static int ask(const struct probe_settings *settings,
               int (*question)(const struct probe_options *, struct probe_dns *, const char *, struct buf *))
{
    char name[DOMAIN_MAX + 1];
    struct buf out = { 0 };

    if (!read_name(settings->subject, settings->action == PROBE_SUGGEST, name))
        return PROBE_STATUS_UNKNOWN;
    struct probe_dns *dns = probe_dns_new(&settings->probe.dns);
    int status = dns != NULL ? question(&settings->probe, dns, name, &out) : PROBE_STATUS_UNKNOWN;
    probe_dns_free(dns);
    return print(&out, status);
}

static bool wants_colour(enum probe_colour colour)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

    if (colour != PROBE_COLOUR_AUTO)
        return colour == PROBE_COLOUR_ALWAYS;
    return isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
}

static int run(const struct probe_settings *settings, struct probe_file *file, const char *const *domains, atomic_bool *stop)
{
    const bool many = settings->count != 1;
    const struct probe_run run = {
        .options = &settings->probe,
        .file = file,
        .domains = domains,
        .count = settings->count,
        .jobs = settings->jobs,
        .json = settings->json,
        .quiet = settings->quiet,
        .summary = many,
        .bar = many && !settings->quiet && isatty(STDERR_FILENO),
        .report = { wants_colour(settings->colour), many, !settings->verbose && (file != NULL || settings->quiet) && many },
        .stop = stop,
    };

    return probe_run(&run);
}

/* The domains are read into memory of their own, and the file, if there is one, is opened. */
static int look(const struct probe_settings *settings, atomic_bool *stop)
{
    char(*names)[DOMAIN_MAX + 1] = calloc(settings->count + 1, sizeof *names);
    const char **domains = calloc(settings->count + 1, sizeof *domains);
    struct probe_file *file = NULL;
    struct buf why = { 0 };
    bool good = names != NULL && domains != NULL;

    for (size_t i = 0; good && i < settings->count; i++) {
        good = read_name(settings->domains[i], true, names[i]);
        domains[i] = names[i];
    }
    if (good && settings->file != NULL) {
        file = probe_file_open(settings->file, &why);
        good = file != NULL;
        if (!good)
            (void)complain(why.text != NULL ? why.text : "out of memory");
    }
    int status = good ? run(settings, file, domains, stop) : PROBE_STATUS_UNKNOWN;
    probe_file_close(file);
    buf_free(&why);
    free((void *)domains);
    free(names);
    return status;
}

static int act(const struct probe_settings *settings, atomic_bool *stop)
{
    if (settings->action == PROBE_SUGGEST)
        return ask(settings, probe_suggest);
    return settings->action == PROBE_TLSA ? ask(settings, probe_tlsa) : look(settings, stop);
}

int main(int argc, char *argv[])
{
    struct probe_settings settings;
    atomic_bool stop = false;
    char why[256];

    if (!probe_options_read(argc, argv, &settings))
        return PROBE_STATUS_UNKNOWN;
    if (settings.action == PROBE_HELP)
        return print_usage();
    if (settings.action == PROBE_VERSION)
        return puts("mta-sts-probe " VERSION) >= 0 && fflush(stdout) == 0 ? PROBE_STATUS_OK : PROBE_STATUS_UNKNOWN;
    if (settings.action == PROBE_EXPLAIN)
        return explain(settings.subject);

    struct probe_trust *trust = probe_trust_new(settings.ca_file, why, sizeof why);
    struct probe_hosts *hosts = probe_hosts_new();
    int status;
    settings.probe.trust = trust;
    settings.probe.hosts = hosts;
    settings.probe.stop = settings.probe.dns.stop = settings.probe.fetch.stop = &stop;
    if (trust == NULL)
        status = complain(why);
    else if (hosts == NULL || !probe_fetch_init())
        status = complain("out of memory");
    else
        status = act(&settings, &stop);
    probe_hosts_free(hosts);
    probe_trust_free(trust);
    return status;
}
