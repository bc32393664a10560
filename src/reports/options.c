#include "reports/options.h"

#include "base/buf.h"
#include "base/utc.h"
#include "program/arguments.h"
#include "program/colour.h"
#include "reports/receive/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    UNKNOWN = 3, /* the exit status */
    MESSAGE_SIZE = 2048,
    /* Two weeks have each day of the week twice; two reporters can differ. The manual has more about it. */
    DAYS_DEFAULT = 14,
    REPORTERS_DEFAULT = 2,
    WINDOW_DEFAULT = 30,
    WINDOW_MAX = 366,
    REPORTERS_MAX = 200,
    THREADS_MAX = 9999,
    MAX_REPORTS_MAX = 1000000,
    MAX_MB_MAX = 4000,
    KEEP_MAX = 36500
};

int reports_error(const char *format, ...)
{
    char text[MESSAGE_SIZE];
    struct buf shown = { 0 };
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= 0)
        buf_add_shown(&shown, text, strlen(text), sizeof text);
    (void)fprintf(stderr, "mta-sts-reports: %s\n", shown.text != NULL ? shown.text : "out of memory");
    buf_free(&shown);
    return UNKNOWN;
}

static const char *take_file(struct reports_settings *settings, const char *value)
{
    settings->file = value;
    return value[0] != '\0' ? NULL : "the name of a file";
}

static const char *take_quiet(struct reports_settings *settings, const char *value)
{
    (void)value;
    settings->quiet = true;
    return NULL;
}

static const char *take_verbose(struct reports_settings *settings, const char *value)
{
    (void)value;
    settings->verbose = true;
    return NULL;
}

static const char *set_format(struct reports_settings *settings, enum reports_format format)
{
    if (settings->format != REPORTS_TEXT && settings->format != format)
        return "only one of --json and --html";
    settings->format = format;
    return NULL;
}

static const char *take_json(struct reports_settings *settings, const char *value)
{
    (void)value;
    return set_format(settings, REPORTS_JSON);
}

static const char *take_html(struct reports_settings *settings, const char *value)
{
    (void)value;
    return set_format(settings, REPORTS_HTML);
}

static const char *take_colour(struct reports_settings *settings, const char *value)
{
    return colour_read(value, &settings->colour) ? NULL : COLOUR_WORDS;
}

static const char *take_days(struct reports_settings *settings, const char *value)
{
    return arguments_number(value, 1, WINDOW_MAX, &settings->days) ? NULL : "a number of days, from 1 to 366";
}

static const char *take_reporters(struct reports_settings *settings, const char *value)
{
    return arguments_number(value, 1, REPORTERS_MAX, &settings->reporters) ? NULL : "a number from 1 to 200";
}

static const char *take_window(struct reports_settings *settings, const char *value)
{
    return arguments_number(value, 1, WINDOW_MAX, &settings->window) ? NULL : "a number of days, from 1 to 366";
}

static const char *take_verifiers(struct reports_settings *settings, const char *value)
{
    settings->verifiers = value;
    return value[strspn(value, ",")] != '\0' && value[strcspn(value, " ;()\"")] == '\0'
               ? NULL
               : "the name that your mail server puts into Authentication-Results, as in mx.example.org";
}

static const char *take_now(struct reports_settings *settings, const char *value)
{
    return utc_read(value, &settings->now) ? NULL : "a time in UTC, as in 2026-11-26T07:00:00Z";
}

static const char *take_receive(struct reports_settings *settings, const char *value)
{
    settings->receive.folder = value;
    return value[0] != '\0' ? NULL : "the name of a folder";
}

static const char *take_threads(struct reports_settings *settings, const char *value)
{
    return arguments_number(value, 1, THREADS_MAX, &settings->receive.threads) ? NULL : "a number from 1 to 9999";
}

static const char *take_max_reports(struct reports_settings *settings, const char *value)
{
    return arguments_number(value, 1, MAX_REPORTS_MAX, &settings->receive.reports) ? NULL : "a number from 1 to 1000000";
}

static const char *take_max_mb(struct reports_settings *settings, const char *value)
{
    return arguments_number(value, 1, MAX_MB_MAX, &settings->receive.megabytes) ? NULL : "a number of megabytes, from 1 to 4000";
}

static const char *take_keep(struct reports_settings *settings, const char *value)
{
    return arguments_number(value, 1, KEEP_MAX, &settings->receive.kept) ? NULL : "a number of days, from 1 to 36500";
}

static const char *take_help(struct reports_settings *settings, const char *value)
{
    (void)value;
    settings->action = REPORTS_HELP;
    return NULL;
}

static const char *take_version(struct reports_settings *settings, const char *value)
{
    (void)value;
    settings->action = REPORTS_VERSION;
    return NULL;
}

/* TAKE puts VALUE (NULL: the option has none) into SETTINGS. It returns NULL, or what to write instead. */
static const struct {
    struct arguments_option is;
    const char *(*take)(struct reports_settings *settings, const char *value);
} options[] = {
    { { 'f', "file", "FILE", "the policies; default: as for mta-sts" }, take_file },
    { { 'q', "quiet", NULL, "prints nothing about domains that are fine" }, take_quiet },
    { { 'v', "verbose", NULL, "prints what each verdict is made of, and what to do" }, take_verbose },
    { { '\0', "json", NULL, "prints one JSON object for each domain" }, take_json },
    { { '\0', "html", NULL, "prints one page about all domains, for a browser" }, take_html },
    { { '\0', "color", "WHEN", "auto, always or never; NO_COLOR is never" }, take_colour },
    { { '\0', "days", "N", "how many days with reports are enough; default: 14" }, take_days },
    { { '\0', "reporters", "N", "how many reporters are enough; default: 2" }, take_reporters },
    { { '\0', "window", "N", "reports of the last N days count; default: 30" }, take_window },
    { { '\0', "authserv-id", "NAME", "only signed mails count, as the server NAME found" }, take_verifiers },
    { { '\0', "now", "TIME", "judges as at that time: 2026-11-26T07:00:00Z" }, take_now },
    { { '\0', "receive", "DIR", "takes reports into DIR, by FastCGI" }, take_receive },
    { { 't', "threads", "N", "takes up to N reports at a time; default: 16" }, take_threads },
    { { '\0', "max-reports", "N", "takes up to N of a domain a day; default: 1000" }, take_max_reports },
    { { '\0', "max-mb", "N", "takes up to N MB of a domain a day; default: 32" }, take_max_mb },
    { { '\0', "keep", "N", "keeps reports for N days; default: 93" }, take_keep },
    { { 'h', "help", NULL, "prints this help" }, take_help },
    { { '\0', "version", NULL, "prints the version" }, take_version },
};

static struct arguments_option option(size_t number)
{
    return options[number].is;
}

static const char *take(void *to, size_t number, const char *value)
{
    return options[number].take(to, value);
}

static struct arguments_options all_options(struct reports_settings *settings)
{
    return (struct arguments_options) { "mta-sts-reports", sizeof options / sizeof options[0], option, take, settings };
}

/* What the process was started for, unless the arguments say another thing. */
static bool choose_action(struct reports_settings *settings)
{
    const char *folder = settings->receive.folder;

    if (settings->action != REPORTS_READ)
        return true;
    if (settings->listener >= 0)
        settings->action = REPORTS_RECEIVE;
    else if (folder != NULL)
        (void)reports_error("--receive %s: reports come by FastCGI: start this by spawn-fcgi, systemd or lighttpd; or as CGI "
                            "program, with the folder in MTA_STS_REPORTS",
                            folder);
    if (settings->listener >= 0 && folder == NULL)
        settings->receive.folder = getenv("MTA_STS_REPORTS");
    return settings->listener >= 0 || folder == NULL;
}

static bool is_possible(const struct reports_settings *settings)
{
    if (settings->action != REPORTS_READ || settings->days <= settings->window)
        return true;
    (void)reports_error("--days %u: write --window %u or more, too: only reports of the last %u days count", settings->days,
                        settings->days, settings->window);
    return false;
}

bool reports_options_read(int argc, char *argv[], int listener, struct reports_settings *settings)
{
    const struct arguments_options all = all_options(settings);
    struct buf why = { 0 };

    *settings = (struct reports_settings) { .days = DAYS_DEFAULT,
                                            .reporters = REPORTERS_DEFAULT,
                                            .window = WINDOW_DEFAULT,
                                            .now = time(NULL),
                                            .paths = argv,
                                            .listener = listener,
                                            .receive = { .reports = RECEIVE_REPORTS,
                                                         .megabytes = RECEIVE_MEGABYTES,
                                                         .kept = RECEIVE_KEPT,
                                                         .threads = RECEIVE_THREADS } };
    bool good = arguments_read(&all, argc, argv, &settings->count, &why);
    if (!good)
        (void)reports_error("%s", why.text != NULL ? why.text : "out of memory");
    buf_free(&why);
    return good && choose_action(settings) && is_possible(settings);
}

void reports_options_usage(struct buf *out)
{
    const struct arguments_options all = all_options(NULL);

    buf_print(out, "usage: mta-sts-reports [OPTION...] [PATH...]\n"
                   "       mta-sts-reports --receive DIR    FastCGI: spawn-fcgi or systemd starts it\n"
                   "       MTA_STS_REPORTS=DIR mta-sts-reports    CGI: arguments are ignored\n"
                   "\n"
                   "Reads TLS reports (RFC 8460), and says of each domain of policies.ini whether\n"
                   "mode enforce is safe. PATH: a report, a mail, an mbox, a Maildir, or a folder of\n"
                   "these; default: standard input.\n"
                   "\n");
    arguments_usage(&all, out);
    buf_print(out, "\nExit status: 0 ready, 1 wait, 2 not yet, 3 unknown. Manual: mta-sts-reports(1)\n");
}
