#include "base/buf.h"
#include "command/common.h"
#include "command/dns/delegate.h"
#include "command/dns/format.h"
#include "command/dns/record.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/argument.h"
#include "policy/domain.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TTL_DEFAULT = 300 };

/* What is printed, and how. */
struct request {
    struct index *index;
    struct buf *out;
    const struct dns_format *format;
    const char *zone;    /* of --delegate, or NULL */
    bool owners, others; /* with it: print the owners' records; those of the zone */
    bool mute;           /* complain of no argument: that is done later */
    uint32_t ttl;
    struct dns_list list;
    char origin[DOMAIN_MAX + 1];    /* of the list before */
    char zone_name[DOMAIN_MAX + 1]; /* ZONE in normal form */
};

/* Prints REQUEST's list, unless the format has nothing to print for it. */
static void print_list(struct request *request)
{
    struct dns_list *list = &request->list;

    if (request->out->failed || (list->made == 0 && !request->format->prints_missing))
        return;
    list->first = request->origin[0] == '\0';
    list->opens = strcmp(request->origin, list->origin) != 0;
    request->format->print(request->out, list);
    (void)memcpy(request->origin, list->origin, strlen(list->origin) + 1);
    command_print(request->out);
}

/* False, with a complaint, where the records of DOMAIN cannot be in the zone of --delegate. */
static bool fits(const struct request *request, const char *domain)
{
    struct buf why = { 0 };

    if (request->zone == NULL || dns_delegate_can(request->index, domain, request->zone, &why))
        return true;
    if (request->mute)
        buf_free(&why);
    else
        command_complain_of(&why);
    return false;
}

/* Prints the records by which the owner of DOMAIN delegates the others. False, with a complaint, where that is not possible. */
static bool print_owner(struct request *request, const char *domain)
{
    const struct index_verdict *verdict;

    if (!index_find(request->index, domain, &verdict)) {
        request->out->failed = true;
        return false;
    }
    bool known = verdict != NULL && (verdict->found != INDEX_UNSURE || index_names(request->index, domain));
    verdict_drop(verdict);
    if (!known) {
        if (!request->mute)
            verdict_drop(command_find_policy(request->index, domain, request->out));
        return false;
    }
    if (!fits(request, domain))
        return false;
    request->out->failed |= !dns_list_delegate(&request->list, domain, request->zone, request->ttl);
    print_list(request);
    return true;
}

/* Prints the records of DOMAIN. False, with a complaint, where one of them cannot be made. */
static bool print_domain(struct request *request, const char *domain)
{
    const struct index_verdict *verdict = command_find_policy(request->index, domain, request->out);

    if ((verdict == NULL && !index_names(request->index, domain)) || !fits(request, domain)) {
        verdict_drop(verdict);
        return false;
    }
    request->out->failed |= !dns_list_make(&request->list, request->index, domain, request->zone, verdict, request->ttl);
    print_list(request);
    const char *mistake = request->list.values.mistake;
    if (mistake != NULL && verdict != NULL && !request->out->failed)
        command_complain(mistake);
    verdict_drop(verdict);
    return verdict != NULL && mistake == NULL;
}

/* print_domain() or print_owner(). */
typedef bool print_fn(struct request *request, const char *domain);

static bool print_all(struct request *request, print_fn *print)
{
    char domain[DOMAIN_MAX + 1];
    size_t at = 0;
    bool good = true;

    while (!request->out->failed && index_next_domain(request->index, &at, domain)) {
        if (strcmp(domain, "*") != 0) {
            good &= print(request, domain);
        } else if (print == print_domain) {
            request->out->failed |= !dns_list_make_any(&request->list);
            print_list(request);
        }
    }
    return command_names_all(request->index, request->mute, request->out) && good;
}

/* Writes the policy domain ARGUMENT to DOMAIN, in normal form. False, with a complaint, where it is none. */
static bool read_domain(const struct request *request, const char *argument, char domain[DOMAIN_MAX + 1])
{
    struct buf why = { 0 };

    if (!request->mute)
        return command_read_domain(argument, domain);
    bool good = argument_domain(argument, domain, &why);
    buf_free(&why);
    return good;
}

/* Reads the arguments into DOMAINS, each domain once, with room for them in NAMES. False, with a complaint, where one is none. */
static bool read_domains(struct request *request, size_t count, char *argv[], char (*names)[DOMAIN_MAX + 1], const char **domains,
                         size_t *found)
{
    bool good = true;

    *found = 0;
    for (size_t i = 0; i < count; i++) {
        if (read_domain(request, argv[i], names[i]))
            domains[(*found)++] = names[i];
        else
            good = false;
    }
    request->out->failed |= !argument_once(domains, found);
    return good;
}

static bool print_named(struct request *request, print_fn *print, size_t count, char *argv[])
{
    char(*names)[DOMAIN_MAX + 1] = calloc(count, sizeof *names);
    const char **domains = calloc(count, sizeof *domains);
    size_t found = 0;
    bool good = names != NULL && domains != NULL;

    request->out->failed |= !good;
    good = good && read_domains(request, count, argv, names, domains, &found);
    for (size_t i = 0; i < found && !request->out->failed; i++)
        good &= print(request, domains[i]);
    free((void *)domains);
    free(names);
    return good;
}

/* Prints the domains that the arguments name, or all. False, with a complaint, where a record cannot be made. */
static bool print_lists(struct request *request, print_fn *print, int argc, char *argv[])
{
    return argc > 0 ? print_named(request, print, (size_t)argc, argv) : print_all(request, print);
}

static bool print_request(struct request *request, int argc, char *argv[])
{
    bool good = true;

    /* The remarks of a zone file are about what changes; the owners' records do not. */
    if (request->format->head != NULL && (request->others || request->format->head != dns_zone_head))
        request->format->head(request->out);
    request->mute = request->others;
    if (request->owners)
        good = print_lists(request, print_owner, argc, argv);
    request->mute = false;
    if (request->others)
        good &= print_lists(request, print_domain, argc, argv);
    if (request->format->tail != NULL)
        request->format->tail(request->out);
    dns_list_free(&request->list);
    return good;
}

static bool read_ttl(struct request *request, const char *text)
{
    char *end;

    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || n > INT32_MAX) {
        command_complain("dns -T: write a TTL in seconds");
        return false;
    }
    request->ttl = (uint32_t)n;
    return true;
}

static bool read_format(struct request *request, const char *text)
{
    struct buf why = { 0 };

    request->format = dns_format_find(text);
    if (request->format != NULL)
        return true;
    buf_print(&why, "dns --format: write one of ");
    dns_format_names(&why);
    command_complain_of(&why);
    return false;
}

static bool read_zone(struct request *request, const char *text)
{
    struct buf why = { 0 };

    if (!argument_host(text, request->zone_name, &why)) {
        command_complain_of(&why);
        return false;
    }
    request->zone = request->zone_name;
    request->owners = request->others;
    return true;
}

static bool read_part(struct request *request, const char *text)
{
    request->owners = strcmp(text, "owners") == 0;
    request->others = strcmp(text, "zone") == 0;
    if (request->zone != NULL && (request->owners || request->others))
        return true;
    command_complain("dns --only: write owners or zone, after --delegate ZONE");
    return false;
}

static const struct option {
    const char *name;
    bool (*read)(struct request *request, const char *text); /* false, with a complaint, where TEXT is wrong or "" */
} options[] = { { "-T", read_ttl }, { "--format", read_format }, { "--delegate", read_zone }, { "--only", read_part } };

/* Reads the options. Returns how many arguments they are, or -1 where one is wrong. */
static int read_options(struct request *request, int argc, char *argv[])
{
    int n = 0;

    while (n < argc && argv[n][0] == '-') {
        size_t i = 0;
        while (i < sizeof options / sizeof *options && strcmp(options[i].name, argv[n]) != 0)
            i++;
        if (i == sizeof options / sizeof *options || !options[i].read(request, n + 1 < argc ? argv[n + 1] : ""))
            return -1;
        n += 2;
    }
    return n;
}

int command_dns(struct index *index, int argc, char *argv[], struct buf *out)
{
    struct request request = { .index = index, .out = out, .format = dns_format_at(0), .ttl = TTL_DEFAULT, .others = true };
    int options_read = read_options(&request, argc - 1, argv + 1);

    if (options_read < 0)
        return COMMAND_USAGE;
    return print_request(&request, argc - 1 - options_read, argv + 1 + options_read) ? COMMAND_FINE : COMMAND_WRONG;
}
