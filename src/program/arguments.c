#include "program/arguments.h"

#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE_COLUMN = 24 };

struct reading {
    const struct arguments_options *options;
    int argc, at; /* AT: the next one to read */
    char **argv;
    const char *argument; /* the one that is read now */
    struct buf *why;
};

/* The number of the option with LETTER, or, if that is '\0', with WORD; their count if there is none. */
static size_t find(const struct arguments_options *options, char letter, const char *word, size_t len)
{
    size_t i = 0;

    for (; i < options->count; i++) {
        struct arguments_option option = options->option(i);
        if (letter != '\0' ? option.letter == letter : strlen(option.word) == len && memcmp(option.word, word, len) == 0)
            break;
    }
    return i;
}

/* Takes OPTION, which has NUMBER. VALUE is NULL if it is the next argument, or if OPTION takes none. */
static bool take_known(struct reading *r, const struct arguments_option *option, size_t number, const char *value)
{
    const char *instead = NULL;

    if (option->argument == NULL && value != NULL) {
        buf_print(r->why, "%s: takes no value; write --%s", r->argument, option->word);
        return false;
    }
    if (option->argument != NULL && value == NULL && r->at == r->argc) {
        buf_print(r->why, "%s: needs a value; write %s %s", r->argument, r->argument, option->argument);
        return false;
    }
    if (option->argument != NULL && value == NULL)
        value = r->argv[r->at++];
    instead = r->options->take(r->options->to, number, value);
    if (instead != NULL)
        buf_print(r->why, "%s: write %s", r->argument, instead);
    return instead == NULL;
}

static bool take(struct reading *r, size_t number, const char *value)
{
    if (number < r->options->count) {
        const struct arguments_option option = r->options->option(number);
        return take_known(r, &option, number, value);
    }
    buf_print(r->why, "%s: there is no such option; \"%s -h\" lists them", r->argument, r->options->program);
    return false;
}

/* "-qf" before "FILE", or "-qfFILE". */
static bool take_letters(struct reading *r, const char *letters)
{
    while (*letters != '\0') {
        size_t number = find(r->options, *letters++, "", 0);
        bool with_value = number < r->options->count && r->options->option(number).argument != NULL && *letters != '\0';
        if (!take(r, number, with_value ? letters : NULL))
            return false;
        if (with_value)
            break;
    }
    return true;
}

static bool take_word(struct reading *r, const char *word)
{
    size_t len = strcspn(word, "=");

    return take(r, find(r->options, '\0', word, len), word[len] == '=' ? word + len + 1 : NULL);
}

bool arguments_read(const struct arguments_options *options, int argc, char *argv[], size_t *count, struct buf *why)
{
    struct reading reading = { .options = options, .argc = argc, .at = 1, .argv = argv, .why = why };
    bool no_options = false, good = true;

    *count = 0;
    while (good && reading.at < argc) {
        char *argument = argv[reading.at++];
        reading.argument = argument;
        if (no_options || argument[0] != '-' || argument[1] == '\0')
            argv[(*count)++] = argument;
        else if (strcmp(argument, "--") == 0)
            no_options = true;
        else
            good = argument[1] == '-' ? take_word(&reading, argument + 2) : take_letters(&reading, argument + 1);
    }
    return good;
}

bool arguments_number(const char *text, unsigned least, unsigned most, unsigned *number)
{
    char *end;

    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || n < least || n > most)
        return false;
    *number = (unsigned)n;
    return true;
}

void arguments_usage(const struct arguments_options *options, struct buf *out)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct arguments_option option = options->option(i);
        char call[USAGE_COLUMN + 1], letter[8] = "   ";
        if (option.letter != '\0')
            (void)snprintf(letter, sizeof letter, "-%c,", option.letter);
        (void)snprintf(call, sizeof call, "%s --%s %s", letter, option.word, option.argument != NULL ? option.argument : "");
        buf_print(out, "  %-*s %s\n", USAGE_COLUMN, call, option.does);
    }
}
