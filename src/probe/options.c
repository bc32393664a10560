#include "probe/options.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "probe/check/error.h"
#include "probe/judge/lifetime.h"
#include "probe/run.h"
#include "probe/tell/format.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    USAGE_COLUMN = 24,
    JOBS_DEFAULT = 64
};

/* Puts VALUE (NULL: the option has none) into SETTINGS. Returns NULL, or what to write instead where VALUE is not valid. */
typedef const char *take_fn(struct probe_settings *settings, const char *value);

static bool read_number(const char *text, unsigned least, unsigned most, unsigned *number)
{
    char *end;

    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || n < least || n > most)
        return false;
    *number = (unsigned)n;
    return true;
}

static const char *take_file(struct probe_settings *settings, const char *value)
{
    settings->file = value;
    return value[0] != '\0' ? NULL : "the name of a file";
}

static const char *take_jobs(struct probe_settings *settings, const char *value)
{
    return read_number(value, 1, PROBE_RUN_JOBS_MAX, &settings->jobs) ? NULL : "a number from 1 to 256";
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
        return "one of --json and --html alone";
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
    static const char *const words[] = {
        [PROBE_COLOUR_AUTO] = "auto", [PROBE_COLOUR_ALWAYS] = "always", [PROBE_COLOUR_NEVER] = "never"
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], value) != 0)
            continue;
        settings->colour = (enum probe_colour)i;
        return NULL;
    }
    return "auto, always or never";
}

static const char *set_action(struct probe_settings *settings, enum probe_action action, const char *subject)
{
    if (settings->action != PROBE_ACTION_DOMAINS && settings->action != action)
        return "one of --explain, --import, --suggest and --tlsa alone";
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

static const char *take_dns(struct probe_settings *settings, const char *value)
{
    settings->context.dns.servers = value;
    return NULL;
}

static const char *take_anchors(struct probe_settings *settings, const char *value)
{
    settings->context.dns.anchors = value;
    return value[0] != '\0' ? NULL : "the name of a file";
}

static const char *take_ca(struct probe_settings *settings, const char *value)
{
    settings->ca_file = value;
    return NULL;
}

static const char *take_https_port(struct probe_settings *settings, const char *value)
{
    return read_number(value, 1, PORT_MAX, &settings->context.fetch.https_port) ? NULL : "a number from 1 to 65535";
}

static const char *take_smtp_port(struct probe_settings *settings, const char *value)
{
    return read_number(value, 1, PORT_MAX, &settings->context.fetch.smtp_port) ? NULL : "a number from 1 to 65535";
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

    if (!read_number(value, 1, TIMEOUT_MAX_S, &seconds))
        return "seconds, from 1 to 60";
    fetch->total_ms = seconds * MS;
    fetch->connect_ms = fetch->total_ms < CONNECT_MS ? fetch->total_ms : CONNECT_MS;
    return NULL;
}

static const char *take_domain_timeout(struct probe_settings *settings, const char *value)
{
    unsigned seconds;

    if (!read_number(value, 1, DOMAIN_MAX_S, &seconds))
        return "seconds, from 1 to 3600";
    settings->context.domain_ms = seconds * MS;
    return NULL;
}

static const char *take_warn_days(struct probe_settings *settings, const char *value)
{
    return read_number(value, 0, INT_MAX, &settings->context.warn_days) ? NULL : "a number of days";
}

static const char *take_help(struct probe_settings *settings, const char *value)
{
    (void)value;
    settings->action = PROBE_ACTION_HELP;
    return NULL;
}

static const char *take_version(struct probe_settings *settings, const char *value)
{
    (void)value;
    settings->action = PROBE_ACTION_VERSION;
    return NULL;
}

static const struct option {
    char letter; /* '\0': none */
    const char *word, *argument, *does;
    take_fn *take;
} options[] = {
    { 'f', "file", "FILE", "all domains of this policies.ini, compared with it", take_file },
    { 'j', "jobs", "N", "how many domains at once; default: 64", take_jobs },
    { 'q', "quiet", NULL, "prints nothing about domains that are fine", take_quiet },
    { 'v', "verbose", NULL, "with -f or -q: prints every check of every domain", take_verbose },
    { '\0', "json", NULL, "prints one JSON object for each domain", take_json },
    { '\0', "html", NULL, "prints one page about all domains, for a browser", take_html },
    { '\0', "color", "WHEN", "auto, always or never; NO_COLOR is never", take_colour },
    { '\0', "explain", "CHECK", "what a check looks at, why, and what to do", take_explain },
    { '\0', "import", NULL, "prints sections for what is served for the domains", take_import },
    { '\0', "suggest", "DOMAIN", "prints a section for policies.ini", take_suggest },
    { '\0', "tlsa", "MX", "prints the TLSA records of its certificate", take_tlsa },
    { '\0', "warn-days", "N", "warns N days before a certificate ends; default: 1/5", take_warn_days },
    { '\0', "timeout", "SECONDS", "how long one connection may take; default: 30", take_timeout },
    { '\0', "domain-timeout", "S", "how many seconds one domain may take; default: 60", take_domain_timeout },
    { '\0', "dns", "SERVERS", "name servers: 192.0.2.53,[2001:db8::53]:5353, or root", take_dns },
    { '\0', "trust-anchor", "FILE", "the keys to validate DNSSEC by; default: the root's", take_anchors },
    { '\0', "ca", "FILE", "the authorities to trust, in PEM", take_ca },
    { '\0', "helo", "NAME", "the name in EHLO; default: this machine's", take_helo },
    { '\0', "https-port", "N", "default: 443", take_https_port },
    { '\0', "smtp-port", "N", "default: 25", take_smtp_port },
    { 'h', "help", NULL, "prints this help", take_help },
    { '\0', "version", NULL, "prints the version", take_version },
};

enum { OPTIONS = sizeof options / sizeof options[0] };

static const char usage[] = "usage: mta-sts-probe [OPTION...] DOMAIN...\n"
                            "       mta-sts-probe [OPTION...] -f policies.ini [DOMAIN...]\n"
                            "\n"
                            "Looks at a deployment of MTA-STS as a sending mail server does (RFC 8461).\n"
                            "Reports what is wrong, what that does to mail, and what to do.\n"
                            "\n";

void probe_options_usage(struct buf *out)
{
    buf_print(out, "%s", usage);
    for (size_t i = 0; i < OPTIONS; i++) {
        char call[USAGE_COLUMN + 1], letter[8] = "   ";
        if (options[i].letter != '\0')
            (void)snprintf(letter, sizeof letter, "-%c,", options[i].letter);
        (void)snprintf(call, sizeof call, "%s --%s %s", letter, options[i].word,
                       options[i].argument != NULL ? options[i].argument : "");
        buf_print(out, "  %-*s %s\n", USAGE_COLUMN, call, options[i].does);
    }
}

static const struct option *find_letter(char letter)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (letter != '\0' && options[i].letter == letter)
            return &options[i];
    return NULL;
}

static const struct option *find_word(const char *word, size_t len)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strlen(options[i].word) == len && memcmp(options[i].word, word, len) == 0)
            return &options[i];
    return NULL;
}

static bool reject(const char *argument, const char *write)
{
    (void)probe_error("%s: write %s", argument, write);
    return false;
}

struct arguments {
    int count, at; /* AT: the next one to read */
    char **all;
    struct probe_settings *settings;
};

/* Reads OPTION (NULL: there is none of that name) with VALUE; NULL: the next argument, if the option takes a value. */
static bool take(struct arguments *arguments, const struct option *option, const char *value)
{
    const char *argument = arguments->all[arguments->at - 1], *instead;

    if (option == NULL)
        return reject(argument, "an option that exists; \"mta-sts-probe -h\" lists them");
    if (option->argument == NULL && value != NULL)
        return reject(argument, "it without a value");
    if (option->argument != NULL && value == NULL) {
        if (arguments->at == arguments->count)
            return reject(argument, "a value after it");
        value = arguments->all[arguments->at++];
    }
    instead = option->take(arguments->settings, value);
    return instead == NULL || reject(argument, instead);
}

/* "-qf" before "FILE", or "-qfFILE". */
static bool take_letters(struct arguments *arguments, const char *letters)
{
    while (*letters != '\0') {
        const struct option *option = find_letter(*letters++);
        bool with_value = option != NULL && option->argument != NULL && *letters != '\0';
        if (!take(arguments, option, with_value ? letters : NULL))
            return false;
        if (with_value)
            break;
    }
    return true;
}

static bool take_word(struct arguments *arguments, const char *word)
{
    size_t len = strcspn(word, "=");

    return take(arguments, find_word(word, len), word[len] == '=' ? word + len + 1 : NULL);
}

static bool is_enough(const struct probe_settings *settings)
{
    if (settings->action == PROBE_ACTION_IMPORT) {
        if (settings->file != NULL || settings->format != PROBE_FORMAT_TEXT)
            return reject("--import", "it without -f, --json and --html");
        return settings->count > 0 || reject("--import", "the domains that it is to import");
    }
    if (settings->action != PROBE_ACTION_DOMAINS && settings->count > 0)
        return reject(settings->domains[0], "no domain with that option");
    if (settings->action == PROBE_ACTION_DOMAINS && settings->file == NULL && settings->count == 0)
        return reject("nothing to look at", "a mail domain, or -f FILE");
    return true;
}

bool probe_options_read(int argc, char *argv[], struct probe_settings *settings)
{
    struct arguments arguments = { argc, 1, argv, settings };
    bool only_domains = false;

    *settings = (struct probe_settings) { .jobs = JOBS_DEFAULT, .domains = argv };
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
    while (arguments.at < argc) {
        char *argument = argv[arguments.at++];
        if (only_domains || argument[0] != '-')
            settings->domains[settings->count++] = argument;
        else if (strcmp(argument, "--") == 0)
            only_domains = true;
        else if (!(argument[1] == '-' ? take_word(&arguments, argument + 2) : take_letters(&arguments, argument + 1)))
            return false;
    }
    return is_enough(settings);
}
