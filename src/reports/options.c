#include "reports/options.h"

#include "base/buf.h"
#include "base/utc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    UNKNOWN = 3, /* the exit status */
    MESSAGE_SIZE = 2048,
    USAGE_COLUMN = 22,
    /* Two weeks have each day of the week twice; two reporters can differ. The manual has more about it. */
    DAYS_DEFAULT = 14,
    REPORTERS_DEFAULT = 2,
    WINDOW_DEFAULT = 30,
    WINDOW_MAX = 366,
    REPORTERS_MAX = 200
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

static bool read_number(const char *text, unsigned most, unsigned *number)
{
    char *end;

    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || n < 1 || n > most)
        return false;
    *number = (unsigned)n;
    return true;
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

static const char *take_json(struct reports_settings *settings, const char *value)
{
    (void)value;
    settings->json = true;
    return NULL;
}

static const char *take_colour(struct reports_settings *settings, const char *value)
{
    static const char *const words[] = {
        [REPORTS_COLOUR_AUTO] = "auto", [REPORTS_COLOUR_ALWAYS] = "always", [REPORTS_COLOUR_NEVER] = "never"
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], value) != 0)
            continue;
        settings->colour = (enum reports_colour)i;
        return NULL;
    }
    return "auto, always or never";
}

static const char *take_days(struct reports_settings *settings, const char *value)
{
    return read_number(value, WINDOW_MAX, &settings->days) ? NULL : "a number of days, from 1 to 366";
}

static const char *take_reporters(struct reports_settings *settings, const char *value)
{
    return read_number(value, REPORTERS_MAX, &settings->reporters) ? NULL : "a number from 1 to 200";
}

static const char *take_window(struct reports_settings *settings, const char *value)
{
    return read_number(value, WINDOW_MAX, &settings->window) ? NULL : "a number of days, from 1 to 366";
}

static const char *take_now(struct reports_settings *settings, const char *value)
{
    return utc_read(value, &settings->now) ? NULL : "a time in UTC, as in 2026-11-26T07:00:00Z";
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
static const struct option {
    char letter;                        /* '\0': none */
    const char *word, *argument, *does; /* ARGUMENT: NULL if it takes no value */
    const char *(*take)(struct reports_settings *settings, const char *value);
} options[] = {
    { 'f', "file", "FILE", "the policies; default: as for mta-sts", take_file },
    { 'q', "quiet", NULL, "prints nothing about domains that are fine", take_quiet },
    { 'v', "verbose", NULL, "prints what each verdict is made of, and what to do", take_verbose },
    { '\0', "json", NULL, "prints one JSON object for each domain", take_json },
    { '\0', "color", "WHEN", "auto, always or never; NO_COLOR is never", take_colour },
    { '\0', "days", "N", "how many days with reports are enough; default: 14", take_days },
    { '\0', "reporters", "N", "how many reporters are enough; default: 2", take_reporters },
    { '\0', "window", "N", "reports of the last N days count; default: 30", take_window },
    { '\0', "now", "TIME", "judges as at that time: 2026-11-26T07:00:00Z", take_now },
    { 'h', "help", NULL, "prints this help", take_help },
    { '\0', "version", NULL, "prints the version", take_version },
};

enum { OPTIONS = sizeof options / sizeof options[0] };

static const struct option *find(char letter, const char *word, size_t len)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (letter != '\0' ? options[i].letter == letter
                           : strlen(options[i].word) == len && memcmp(options[i].word, word, len) == 0)
            return &options[i];
    return NULL;
}

struct arguments {
    int count, at; /* AT: the next one to read */
    char **all;
    struct reports_settings *settings;
};

/* Takes OPTION, which is NULL if no option has that name. VALUE is NULL if it is the next argument, or if OPTION takes none. */
static bool take(struct arguments *arguments, const struct option *option, const char *value)
{
    const char *argument = arguments->all[arguments->at - 1], *instead;

    if (option == NULL) {
        (void)reports_error("%s: there is no such option; \"mta-sts-reports -h\" lists them", argument);
        return false;
    }
    if (option->argument == NULL && value != NULL) {
        (void)reports_error("%s: takes no value; write --%s", argument, option->word);
        return false;
    }
    if (option->argument != NULL && value == NULL) {
        if (arguments->at == arguments->count) {
            (void)reports_error("%s: needs a value; write %s %s", argument, argument, option->argument);
            return false;
        }
        value = arguments->all[arguments->at++];
    }
    instead = option->take(arguments->settings, value);
    if (instead != NULL)
        (void)reports_error("%s: write %s", argument, instead);
    return instead == NULL;
}

/* "-vf" before "FILE", or "-vfFILE". */
static bool take_letters(struct arguments *arguments, const char *letters)
{
    while (*letters != '\0') {
        const struct option *option = find(*letters++, "", 0);
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

    return take(arguments, find('\0', word, len), word[len] == '=' ? word + len + 1 : NULL);
}

static bool is_possible(const struct reports_settings *settings)
{
    if (settings->action != REPORTS_READ || settings->days <= settings->window)
        return true;
    (void)reports_error("--days %u: write --window %u or more, too: only reports of the last %u days count", settings->days,
                        settings->days, settings->window);
    return false;
}

bool reports_options_read(int argc, char *argv[], struct reports_settings *settings)
{
    struct arguments arguments = { .count = argc, .at = 1, .all = argv, .settings = settings };
    bool only_paths = false;

    *settings = (struct reports_settings) {
        .days = DAYS_DEFAULT, .reporters = REPORTERS_DEFAULT, .window = WINDOW_DEFAULT, .now = time(NULL), .paths = argv
    };
    while (arguments.at < argc) {
        char *argument = argv[arguments.at++];
        if (only_paths || argument[0] != '-' || argument[1] == '\0')
            settings->paths[settings->count++] = argument;
        else if (strcmp(argument, "--") == 0)
            only_paths = true;
        else if (!(argument[1] == '-' ? take_word(&arguments, argument + 2) : take_letters(&arguments, argument + 1)))
            return false;
    }
    return is_possible(settings);
}

void reports_options_usage(struct buf *out)
{
    buf_print(out, "usage: mta-sts-reports [OPTION...] [PATH...]\n"
                   "\n"
                   "Reads TLS reports (RFC 8460), and says of each domain of policies.ini whether\n"
                   "mode enforce is safe. PATH: a report, a mail, an mbox, a Maildir, or a folder of\n"
                   "these; default: standard input.\n"
                   "\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        char call[USAGE_COLUMN + 1], letter[8] = "   ";
        if (options[i].letter != '\0')
            (void)snprintf(letter, sizeof letter, "-%c,", options[i].letter);
        (void)snprintf(call, sizeof call, "%s --%s %s", letter, options[i].word,
                       options[i].argument != NULL ? options[i].argument : "");
        buf_print(out, "  %-*s %s\n", USAGE_COLUMN, call, options[i].does);
    }
    buf_print(out, "\nExit status: 0 ready, 1 wait, 2 not yet, 3 unknown. Manual: mta-sts-reports(1)\n");
}
