#include "base/buf.h"
#include "base/list.h"
#include "base/terminal.h"
#include "base/words.h"
#include "command/common.h"
#include "command/dns/delegate.h"
#include "command/dns/record.h"
#include "config/audit.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/argument.h"
#include "policy/domain.h"

#include <limits.h>
#include <stdarg.h>
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

static void add_message(struct messages *messages, unsigned line, bool warning, const char *text)
{
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

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    add_message(to, line, warning, text);
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
    const bool any = index_names(index, "*");
    const size_t domains = index_domains(index) - any;
    const bool colour = terminal_has_colour();

    for (size_t i = 0; i < messages->count; i++)
        (void)printf("%s%s%s\n", colour ? colour_of(&messages->list[i]) : "", messages->list[i].text, colour ? PLAIN : "");
    (void)printf("%s: %zu domain%s%s, %zu error%s, %zu warning%s\n", index_file(index), domains, words_plural(domains),
                 any ? " and [*]" : "", messages->errors, words_plural(messages->errors), messages->warnings,
                 words_plural(messages->warnings));
}

static void free_messages(struct messages *messages)
{
    for (size_t i = 0; i < messages->count; i++)
        free(messages->list[i].text);
    free(messages->list);
}

/* What stands in the way of DOMAIN's delegation to a zone comes after all lines of the file. FORMAT follows the domain. */
__attribute__((format(printf, 4, 5))) static void add_refusal(struct messages *messages, const struct index *index,
                                                              const char *domain, const char *format, ...)
{
    struct buf text = { 0 };
    char what[1024];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(what, sizeof what, format, list);
    va_end(list);
    buf_print(&text, "%s: [%s] %s", index_file(index), domain, what);
    if (text.failed)
        messages->failed = true;
    else
        add_message(messages, UINT_MAX, false, text.text);
    buf_free(&text);
}

/* Adds each record of DOMAIN that ZONE would lack, and why. */
static void check_records(struct messages *messages, struct dns_list *list, struct index *index, const char *domain,
                          const char *zone, const struct index_verdict *verdict)
{
    messages->failed |= !dns_list_make(list, index, domain, zone, verdict, 0);
    for (size_t i = 0; i < list->count && list->values.mistake == NULL && !messages->failed; i++)
        if (list->records[i].type == NULL)
            add_refusal(messages, index, domain, "%s: %s", list->records[i].name, list->records[i].why);
}

/* Adds what keeps the domains of the file from being delegated to ZONE. */
static void check_delegation(struct messages *messages, struct index *index, const char *zone)
{
    char domain[DOMAIN_MAX + 1];
    struct dns_list list = { 0 }; /* of the domain before: the next one is often in the same section */
    size_t at = 0;

    while (!messages->failed && index_next_domain(index, &at, domain)) {
        const struct index_verdict *verdict = NULL;
        struct buf why = { 0 };
        if (strcmp(domain, "*") == 0)
            continue;
        if (!dns_delegate_can(index, domain, zone, &why))
            add_refusal(messages, index, domain, "%s", why.text != NULL ? why.text : "");
        else if (!index_find_named(index, domain, domain, &verdict))
            messages->failed = true;
        else if (verdict != NULL && verdict->found == INDEX_POLICY)
            check_records(messages, &list, index, domain, zone, verdict);
        messages->failed |= why.failed;
        verdict_drop(verdict);
        buf_free(&why);
    }
    dns_list_free(&list);
}

/* Reads the arguments. ZONE is "" without --delegate. False, perhaps with a complaint, where one is wrong. */
static bool read_arguments(int argc, char *argv[], bool *quiet, char zone[DOMAIN_MAX + 1])
{
    struct buf why = { 0 };

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-q") == 0) {
            *quiet = true;
        } else if (strcmp(argv[i], "--delegate") != 0 || i + 1 == argc) {
            return false;
        } else if (!argument_host(argv[++i], zone, &why)) {
            command_complain_of(&why);
            return false;
        }
    }
    return true;
}

int command_check(struct index *index, int argc, char *argv[], struct buf *out)
{
    bool quiet = false;
    char zone[DOMAIN_MAX + 1] = "";
    struct messages messages = { 0 };
    const struct audit audit = { &messages, true, on_problem, NULL, NULL };

    if (!read_arguments(argc, argv, &quiet, zone))
        return COMMAND_USAGE;
    messages.failed = !index_audit(index, &audit) || messages.failed;
    if (zone[0] != '\0')
        check_delegation(&messages, index, zone);
    out->failed = messages.failed;
    if (messages.count > 0)
        qsort(messages.list, messages.count, sizeof *messages.list, by_line);
    if (!quiet && !out->failed)
        print_messages(&messages, index);
    free_messages(&messages);
    return messages.errors > 0 ? COMMAND_WRONG : COMMAND_FINE;
}
