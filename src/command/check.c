#include "base/buf.h"
#include "base/list.h"
#include "base/terminal.h"
#include "base/words.h"
#include "command/common.h"
#include "config/audit.h"
#include "config/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN "\033[m"

struct message {
    unsigned line;
    size_t order; /* of the messages of one line */
    bool warning;
    char *text;
};

struct messages {
    struct message *list;
    size_t count, room, errors, warnings;
    bool failed;
};

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    struct messages *messages = to;
    struct message *list = list_grow(messages->list, messages->count, 1, &messages->room, sizeof *list);

    if (list == NULL) {
        messages->failed = true;
        return;
    }
    messages->list = list;
    list[messages->count] = (struct message) { line, messages->count, warning, strdup(text) };
    messages->failed |= list[messages->count].text == NULL;
    messages->count++;
    *(warning ? &messages->warnings : &messages->errors) += 1;
}

static int by_line(const void *a, const void *b)
{
    const struct message *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static const char *colour_of(const struct message *message)
{
    return message->warning ? YELLOW : RED;
}

static void print_messages(const struct messages *messages, const struct index *index)
{
    const size_t domains = index_domains(index);
    const bool colour = terminal_has_colour();

    for (size_t i = 0; i < messages->count; i++)
        (void)printf("%s%s%s\n", colour ? colour_of(&messages->list[i]) : "", messages->list[i].text, colour ? PLAIN : "");
    (void)printf("%s: %zu domain%s, %zu error%s, %zu warning%s\n", index_file(index), domains, words_plural(domains),
                 messages->errors, words_plural(messages->errors), messages->warnings, words_plural(messages->warnings));
}

static void free_messages(struct messages *messages)
{
    for (size_t i = 0; i < messages->count; i++)
        free(messages->list[i].text);
    free(messages->list);
}

int command_check(struct index *index, int argc, char *argv[], struct buf *out)
{
    bool quiet = argc == 2 && strcmp(argv[1], "-q") == 0;
    struct messages messages = { 0 };
    const struct audit audit = { &messages, true, on_problem, NULL, NULL };

    if (argc > 1 && !quiet)
        return COMMAND_USAGE;
    out->failed = !index_audit(index, &audit) || messages.failed;
    if (messages.count > 0)
        qsort(messages.list, messages.count, sizeof *messages.list, by_line);
    if (!quiet && !out->failed)
        print_messages(&messages, index);
    free_messages(&messages);
    return messages.errors > 0 ? COMMAND_WRONG : COMMAND_FINE;
}
