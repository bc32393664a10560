#include "probe/options.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "probe/judge/lifetime.h"
#include "probe/reports.h"
#include "probe/run.h"
#include "probe/tell/format.h"
#include "program/arguments.h"
#include "program/colour.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
    PORT_MAX = 65535,
    TIMEOUT_DEFAULT_S = 30,
    TIMEOUT_MAX_S = 60, /* RFC 8461 3.3 */
    DOMAIN_DEFAULT_S = 60,
    DOMAIN_MAX_S = 3600,
    MS = 1000,
    CONNECT_MS = 10000,
    DNS_MS = 10000,
    SLOW_MS = 2000,
    HTTPS_PORT = 443,
    SMTP_PORT = 25,
    JOBS_DEFAULT = 64
};

static const char *take_file(struct probe_settings *settings, const char *value)
{
    if (settings->file != NULL)
        return "only one file, and call the program once for each";
    settings->file = value;
    return value[0] != '\0' ? NULL : "the name of a file";
}

static const char *take_reports(struct probe_settings *settings, const char *value)
{
    if (settings->reports != NULL)
        return "it once, with the folder that has all reports";
    settings->reports = value;
    return value[0] != '\0' ? NULL : "the name of a report, a mailbox or a folder";
}

static const char *take_days(struct probe_settings *settings, const char *value)
{
    settings->passed[PROBE_REPORTS_DAYS] = value;
    return NULL;
}

static const char *take_reporters(struct probe_settings *settings, const char *value)
{
    settings->passed[PROBE_REPORTS_REPORTERS] = value;
    return NULL;
}

static const char *take_window(struct probe_settings *settings, const char *value)
{
    settings->passed[PROBE_REPORTS_WINDOW] = value;
    return NULL;
}

static const char *take_verifiers(struct probe_settings *settings, const char *value)
{
    settings->passed[PROBE_REPORTS_AUTHSERV_ID] = value;
    return NULL;
}

static const char *take_jobs(struct probe_settings *settings, const char *value)
{
    return arguments_number(value, 1, PROBE_RUN_JOBS_MAX, &settings->jobs) ? NULL : "a number from 1 to 256";
}

static const char *take_quiet(struct probe_settings *settings, const char *value)
{
    (void)value;
    settings->quiet = true;
    return NULL;
}

static const char *take_verbose(struct probe_settings *settings, const char *value)
{
    (void)value;
    settings->verbose = true;
    return NULL;
}

static const char *set_format(struct probe_settings *settings, enum probe_format format)
{
    if (settings->format != PROBE_FORMAT_TEXT && settings->format != format)
        return "only one of --json and --html";
    settings->format = format;
    return NULL;
}

static const char *take_json(struct probe_settings *settings, const char *value)
{
    (void)value;
    return set_format(settings, PROBE_FORMAT_JSON);
}

static const char *take_html(struct probe_settings *settings, const char *value)
{
    (void)value;
    return set_format(settings, PROBE_FORMAT_HTML);
}

static const char *take_colour(struct probe_settings *settings, const char *value)
{
    return colour_read(value, &settings->colour) ? NULL : COLOUR_WORDS;
}

/* --help has its way beside any other. */
static const char *set_action(struct probe_settings *settings, enum probe_action action, const char *subject)
{
    if (settings->action == PROBE_ACTION_HELP)
        return NULL;
    if (settings->action != PROBE_ACTION_DOMAINS)
        return "only one of --explain, --import, --suggest, --tlsa, --update and --version, and that once";
    settings->action = action;
    settings->subject = subject;
    return NULL;
}

static const char *take_explain(struct probe_settings *settings, const char *value)
{
    return set_action(settings, PROBE_ACTION_EXPLAIN, value);
}

static const char *take_import(struct probe_settings *settings, const char *value)
{
    return set_action(settings, PROBE_ACTION_IMPORT, value);
}

static const char *take_suggest(struct probe_settings *settings, const char *value)
{
    return set_action(settings, PROBE_ACTION_SUGGEST, value);
}

static const char *take_tlsa(struct probe_settings *settings, const char *value)
{
    return set_action(settings, PROBE_ACTION_TLSA, value);
}

static const char *take_update(struct probe_settings *settings, const char *value)
{
    /* The next option was taken for the format. */
    return value[0] == '-' ? "a format behind it, such as nsupdate" : set_action(settings, PROBE_ACTION_UPDATE, value);
}

static const char *take_replace(struct probe_settings *settings, const char *value)
{
    (void)value;
    settings->replaces = true;
    return NULL;
}

static const char *take_delegate(struct probe_settings *settings, const char *value)
{
    settings->zone = value;
    return NULL;
}

static const char *take_primary(struct probe_settings *settings, const char *value)
{
    settings->primary = value;
    return value[0] != '\0' ? NULL : "a name server: 192.0.2.53, or [2001:db8::53]:5353";
}

static const char *take_at(struct probe_settings *settings, const char *value)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (settings->context.at != NULL)
        return "only one address, and call the program once for each";
    settings->context.at = value;
    return inet_pton(AF_INET, value, address) == 1 || inet_pton(AF_INET6, value, address) == 1
               ? NULL
               : "an address of the policy host, as in 192.0.2.80 or 2001:db8::80";
}

static const char *take_dns(struct probe_settings *settings, const char *value)
{
    settings->context.dns.servers = value;
    return value[0] != '\0' ? NULL : "192.0.2.53,[2001:db8::53]:5353 for example, or root";
}

static const char *take_anchors(struct probe_settings *settings, const char *value)
{
    settings->context.dns.anchors = value;
    return value[0] != '\0' ? NULL : "the name of a file";
}

static const char *take_ca(struct probe_settings *settings, const char *value)
{
    settings->ca_file = value;
    return value[0] != '\0' ? NULL : "the name of a file";
}

static const char *take_https_port(struct probe_settings *settings, const char *value)
{
    return arguments_number(value, 1, PORT_MAX, &settings->context.fetch.https_port) ? NULL : "a number from 1 to 65535";
}

static const char *take_smtp_port(struct probe_settings *settings, const char *value)
{
    return arguments_number(value, 1, PORT_MAX, &settings->context.fetch.smtp_port) ? NULL : "a number from 1 to 65535";
}

static const char *take_helo(struct probe_settings *settings, const char *value)
{
    settings->context.fetch.helo = value;
    return domain_fault(value, strlen(value)) == DOMAIN_FINE ? NULL : "this machine's name, as in probe.example.org";
}

static const char *take_timeout(struct probe_settings *settings, const char *value)
{
    struct probe_fetch_options *fetch = &settings->context.fetch;
    unsigned seconds;

    if (!arguments_number(value, 1, TIMEOUT_MAX_S, &seconds))
        return "seconds, from 1 to 60";
    fetch->total_ms = seconds * MS;
    fetch->connect_ms = fetch->total_ms < CONNECT_MS ? fetch->total_ms : CONNECT_MS;
    return NULL;
}

static const char *take_domain_timeout(struct probe_settings *settings, const char *value)
{
    unsigned seconds;

    if (!arguments_number(value, 1, DOMAIN_MAX_S, &seconds))
        return "seconds, from 1 to 3600";
    settings->context.domain_ms = seconds * MS;
    return NULL;
}

static const char *take_warn_days(struct probe_settings *settings, const char *value)
{
    return arguments_number(value, 0, INT_MAX, &settings->context.warn_days) ? NULL : "a number of days";
}

static const char *take_help(struct probe_settings *settings, const char *value)
{
    (void)value;
    settings->action = PROBE_ACTION_HELP;
    return NULL;
}

static const char *take_version(struct probe_settings *settings, const char *value)
{
    return set_action(settings, PROBE_ACTION_VERSION, value);
}

enum {
    DOMAINS = 1 << PROBE_ACTION_DOMAINS,
    EXPLAIN = 1 << PROBE_ACTION_EXPLAIN,
    IMPORT = 1 << PROBE_ACTION_IMPORT,
    SUGGEST = 1 << PROBE_ACTION_SUGGEST,
    TLSA = 1 << PROBE_ACTION_TLSA,
    UPDATE = 1 << PROBE_ACTION_UPDATE,
    HELP = 1 << PROBE_ACTION_HELP,
    ABOUT = 1 << PROBE_ACTION_VERSION,
    MANY = DOMAINS | UPDATE,
    FETCHES = MANY | IMPORT | SUGGEST,
    ASKS = FETCHES | TLSA
};

const struct probe_option probe_options[] = {
    { 'f', MANY, "file", "FILE", "all domains of this policies.ini, compared with it", take_file },
    { 'j', MANY | IMPORT, "jobs", "N", "how many domains at once; default: 64", take_jobs },
    { 'q', MANY, "quiet", NULL, "prints nothing about domains that are fine", take_quiet },
    { 'v', DOMAINS, "verbose", NULL, "with -f or -q: prints every check of every domain", take_verbose },
    { '\0', DOMAINS, "json", NULL, "prints one JSON object for each domain", take_json },
    { '\0', DOMAINS, "html", NULL, "prints one page about all domains, for a browser", take_html },
    { '\0', DOMAINS, "reports", "PATH", "with -f: adds the verdicts of mta-sts-reports", take_reports },
    { '\0', DOMAINS, "days", "N", "with --reports: as for mta-sts-reports", take_days },
    { '\0', DOMAINS, "reporters", "N", "with --reports: as for mta-sts-reports", take_reporters },
    { '\0', DOMAINS, "window", "N", "with --reports: as for mta-sts-reports", take_window },
    { '\0', DOMAINS, "authserv-id", "NAME", "with --reports: as for mta-sts-reports", take_verifiers },
    { '\0', DOMAINS, "color", "WHEN", "auto, always or never; NO_COLOR is never", take_colour },
    { '\0', EXPLAIN, "explain", "CHECK|KIND", "explains a check, or a finding by its kind", take_explain },
    { '\0', IMPORT, "import", NULL, "prints sections for what is served for the domains", take_import },
    { '\0', SUGGEST, "suggest", "DOMAIN", "prints a section for policies.ini", take_suggest },
    { '\0', TLSA, "tlsa", "MX", "prints the TLSA records of its certificate", take_tlsa },
    { '\0', UPDATE, "update", "FORMAT", "with -f: prints the DNS changes that are safe now", take_update },
    { '\0', UPDATE, "replace", NULL, "with --update: replaces other people's records", take_replace },
    { '\0', UPDATE, "delegate", "ZONE", "with --update: delegated domains have their records in ZONE", take_delegate },
    { '\0', UPDATE, "primary", "SERVER", "with --update: asks it for the records", take_primary },
    { '\0', DOMAINS, "at", "ADDRESS", "asks for all policies at this address, not in the DNS", take_at },
    { '\0', FETCHES, "warn-days", "N", "warns N days before expiry; default: by its lifetime", take_warn_days },
    { '\0', ASKS, "timeout", "SECONDS", "how long one connection may take; default: 30", take_timeout },
    { '\0', ASKS, "domain-timeout", "S", "how many seconds one domain may take; default: 60", take_domain_timeout },
    { '\0', ASKS, "dns", "SERVERS", "name servers: 192.0.2.53,[2001:db8::53]:5353, or root", take_dns },
    { '\0', ASKS, "trust-anchor", "FILE", "trust anchors for DNSSEC; default: the root key", take_anchors },
    { '\0', ASKS, "ca", "FILE", "the authorities to trust, in PEM", take_ca },
    { '\0', ASKS, "helo", "NAME", "the name in EHLO; default: this machine's", take_helo },
    { '\0', FETCHES, "https-port", "N", "default: 443", take_https_port },
    { '\0', ASKS, "smtp-port", "N", "default: 25", take_smtp_port },
    { 'h', HELP, "help", NULL, "prints this help", take_help },
    { '\0', ABOUT, "version", NULL, "prints the version", take_version },
};

_Static_assert(sizeof probe_options / sizeof probe_options[0] == PROBE_OPTIONS, "their number");

void probe_options_default(struct probe_settings *settings)
{
    *settings = (struct probe_settings) { .jobs = JOBS_DEFAULT };
    settings->context = (struct probe_context) {
        .dns = { .timeout_ms = DNS_MS },
        .fetch = { .connect_ms = CONNECT_MS,
                   .total_ms = TIMEOUT_DEFAULT_S * MS,
                   .https_port = HTTPS_PORT,
                   .smtp_port = SMTP_PORT },
        .domain_ms = DOMAIN_DEFAULT_S * MS,
        .warn_days = PROBE_LIFETIME_DECIDES,
        .slow_ms = SLOW_MS,
    };
}

static const char usage[] = "usage: mta-sts-probe [OPTION...] DOMAIN...\n"
                            "       mta-sts-probe [OPTION...] -f policies.ini [DOMAIN...]\n"
                            "       mta-sts-probe [OPTION...] -f policies.ini --update FORMAT [DOMAIN...]\n"
                            "\n"
                            "Looks at a deployment of MTA-STS as a sending mail server does (RFC 8461).\n"
                            "Reports what is wrong, what that does to mail, and what to do.\n"
                            "\n";

static struct arguments_option option(size_t number)
{
    const struct probe_option *of = &probe_options[number];

    return (struct arguments_option) { of->letter, of->word, of->argument, of->does };
}

struct arguments_options probe_options_all(probe_options_take_fn *take, void *to)
{
    return (struct arguments_options) { "mta-sts-probe", PROBE_OPTIONS, option, take, to };
}

void probe_options_usage(struct buf *out)
{
    const struct arguments_options all = probe_options_all(NULL, NULL);

    buf_print(out, "%s", usage);
    arguments_usage(&all, out);
}
