#include "probe/arguments.h"

#include "base/buf.h"
#include "probe/check/error.h"
#include "probe/options.h"
#include "probe/reports.h"
#include "program/arguments.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool reject(const char *argument, const char *write)
{
    (void)probe_error("%s: write %s", argument, write);
    return false;
}

struct arguments {
    struct probe_settings *settings;
    bool given[PROBE_OPTIONS];
};

static const char *take(void *to, size_t number, const char *value)
{
    struct arguments *arguments = to;

    arguments->given[number] = true;
    return probe_options[number].take(arguments->settings, value);
}

/* The first option with the effect on ACTIONS alone. */
static const struct probe_option *find_action(unsigned actions)
{
    size_t i = 0;

    while (probe_options[i].actions != actions)
        i++;
    return &probe_options[i];
}

/* DASHES and WORD, an option or a name, do nothing where the action is SETTINGS->action. */
static void refuse(const struct probe_settings *settings, const char *dashes, const char *word)
{
    const char *subject = settings->subject;

    (void)probe_error("%s%s: has no effect here; write --%s%s%s without it", dashes, word,
                      find_action(1U << settings->action)->word, subject != NULL ? " " : "", subject != NULL ? subject : "");
}

/* Without an option that stands for an action, those that belong to one do nothing. */
static void refuse_option(const struct probe_settings *settings, const struct probe_option *option)
{
    if (settings->action == PROBE_ACTION_DOMAINS)
        (void)probe_error("--%s: has no effect here; write --%s, too", option->word, find_action(option->actions)->word);
    else
        refuse(settings, "--", option->word);
}

static bool is_of_use(const struct arguments *arguments)
{
    const struct probe_settings *settings = arguments->settings;
    bool good = true;

    for (size_t i = 0; i < PROBE_OPTIONS; i++) {
        if (!arguments->given[i] || (probe_options[i].actions & 1U << settings->action) != 0)
            continue;
        refuse_option(settings, &probe_options[i]);
        good = false;
    }
    return good;
}

/* Do the options for mta-sts-reports have an effect? */
static bool passes_on(const struct probe_settings *settings)
{
    for (size_t i = 0; i < PROBE_REPORTS_OPTIONS; i++)
        if (settings->passed[i] != NULL && settings->reports == NULL)
            return reject(probe_reports_option_text((enum probe_reports_option)i), "--reports with it");
    return settings->reports == NULL || settings->file != NULL || reject("--reports", "-f FILE with it");
}

static bool is_enough(const struct arguments *arguments)
{
    const struct probe_settings *settings = arguments->settings;

    switch (settings->action) {
    case PROBE_ACTION_DOMAINS:
        if (!passes_on(settings))
            return false;
        return settings->file != NULL || settings->count > 0 || reject("nothing to look at", "a mail domain, or -f FILE");
    case PROBE_ACTION_IMPORT:
        return settings->count > 0 || reject("--import", "the domains to import behind it");
    case PROBE_ACTION_UPDATE:
        return settings->file != NULL || reject("--update", "-f FILE with it");
    default:
        if (settings->count > 0)
            refuse(settings, "", settings->domains[0]);
        return settings->count == 0;
    }
}

bool probe_arguments_read(int argc, char *argv[], struct probe_settings *settings)
{
    struct arguments arguments = { .settings = settings };
    const struct arguments_options options = probe_options_all(take, &arguments);
    struct buf why = { 0 };

    probe_options_default(settings);
    settings->program = argc > 0 ? argv[0] : "";
    settings->domains = argv;
    bool good = arguments_read(&options, argc, argv, &settings->count, &why);
    if (!good)
        (void)probe_error("%s", why.text != NULL ? why.text : "out of memory");
    buf_free(&why);
    return good && (settings->action == PROBE_ACTION_HELP || (is_of_use(&arguments) && is_enough(&arguments)));
}
