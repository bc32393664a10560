#include "probe/arguments.h"

#include "probe/check/error.h"
#include "probe/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct probe_option *find_letter(char letter)
{
    for (size_t i = 0; i < PROBE_OPTIONS; i++)
        if (letter != '\0' && probe_options[i].letter == letter)
            return &probe_options[i];
    return NULL;
}

static const struct probe_option *find_word(const char *word, size_t len)
{
    for (size_t i = 0; i < PROBE_OPTIONS; i++)
        if (strlen(probe_options[i].word) == len && memcmp(probe_options[i].word, word, len) == 0)
            return &probe_options[i];
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
    bool given[PROBE_OPTIONS];
};

/* Takes OPTION, which is NULL if no option has that name. VALUE is NULL if it is the next argument, or if OPTION takes none. */
static bool take(struct arguments *arguments, const struct probe_option *option, const char *value)
{
    const char *argument = arguments->all[arguments->at - 1], *instead;

    if (option == NULL) {
        (void)probe_error("%s: there is no such option; \"mta-sts-probe -h\" lists them", argument);
        return false;
    }
    if (option->argument == NULL && value != NULL) {
        (void)probe_error("%s: takes no value; write --%s", argument, option->word);
        return false;
    }
    if (option->argument != NULL && value == NULL) {
        if (arguments->at == arguments->count) {
            (void)probe_error("%s: needs a value; write %s %s", argument, argument, option->argument);
            return false;
        }
        value = arguments->all[arguments->at++];
    }
    arguments->given[option - probe_options] = true;
    instead = option->take(arguments->settings, value);
    return instead == NULL || reject(argument, instead);
}

/* "-qf" before "FILE", or "-qfFILE". */
static bool take_letters(struct arguments *arguments, const char *letters)
{
    while (*letters != '\0') {
        const struct probe_option *option = find_letter(*letters++);
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

static bool is_enough(const struct arguments *arguments)
{
    const struct probe_settings *settings = arguments->settings;

    switch (settings->action) {
    case PROBE_ACTION_DOMAINS:
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
    struct arguments arguments = { .count = argc, .at = 1, .all = argv, .settings = settings };
    bool only_domains = false;

    probe_options_default(settings);
    settings->domains = argv;
    while (arguments.at < argc) {
        char *argument = argv[arguments.at++];
        if (only_domains || argument[0] != '-' || argument[1] == '\0')
            settings->domains[settings->count++] = argument;
        else if (strcmp(argument, "--") == 0)
            only_domains = true;
        else if (!(argument[1] == '-' ? take_word(&arguments, argument + 2) : take_letters(&arguments, argument + 1)))
            return false;
    }
    return settings->action == PROBE_ACTION_HELP || (is_of_use(&arguments) && is_enough(&arguments));
}
