#include "base/buf.h"
#include "command/common.h"
#include "command/dns/format.h"
#include "command/dns/record.h"
#include "config/index.h"
#include "policy/domain.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TTL_DEFAULT = 300 };

/* What is printed, and how. */
struct request {
    struct index *index;
    struct buf *out;
    const struct dns_format *format;
    uint32_t ttl;
    struct dns_list list;
    char origin[DOMAIN_MAX + 1]; /* of the list before */
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

/* Prints the records of DOMAIN. False, with a complaint, where one of them cannot be made. */
static bool print_domain(struct request *request, const char *domain)
{
    const struct index_verdict *verdict = command_find_policy(request->index, domain, request->out);

    if (verdict == NULL && !index_names(request->index, domain))
        return false;
    request->out->failed |= !dns_list_make(&request->list, request->index, domain, verdict, request->ttl);
    print_list(request);
    const char *mistake = request->list.values.mistake;
    if (mistake != NULL && verdict != NULL && !request->out->failed)
        command_complain(mistake);
    return verdict != NULL && mistake == NULL;
}

static bool print_all(struct request *request)
{
    char domain[DOMAIN_MAX + 1];
    size_t at = 0;
    bool good = true;

    while (!request->out->failed && index_next_domain(request->index, &at, domain)) {
        if (strcmp(domain, "*") != 0) {
            good &= print_domain(request, domain);
            continue;
        }
        request->out->failed |= !dns_list_make_any(&request->list);
        print_list(request);
    }
    return good;
}

static bool print_named(struct request *request, int argc, char *argv[])
{
    char domain[DOMAIN_MAX + 1];
    bool good = true;

    for (int i = 0; i < argc && !request->out->failed; i++)
        good &= command_read_domain(argv[i], domain) && print_domain(request, domain);
    return good;
}

/* Prints the domains that the arguments name, or all. False, with a complaint, where a record cannot be made. */
static bool print(struct request *request, int argc, char *argv[])
{
    if (request->format->head != NULL)
        request->format->head(request->out);
    bool good = argc > 0 ? print_named(request, argc, argv) : print_all(request);
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

static const struct option {
    const char *name;
    bool (*read)(struct request *request, const char *text); /* false, with a complaint, where TEXT is wrong or "" */
} options[] = { { "-T", read_ttl }, { "--format", read_format } };

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
    struct request request = { .index = index, .out = out, .format = dns_format_at(0), .ttl = TTL_DEFAULT };
    int options_read = read_options(&request, argc - 1, argv + 1);

    if (options_read < 0)
        return COMMAND_USAGE;
    return print(&request, argc - 1 - options_read, argv + 1 + options_read) ? COMMAND_FINE : COMMAND_WRONG;
}
