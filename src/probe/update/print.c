#include "probe/update/print.h"
#include "policy/place.h"

#include "base/buf.h"
#include "base/list.h"
#include "command/dns/format.h"
#include "command/dns/record.h"
#include "probe/ask/dns_servers.h"
#include "probe/judge/compare.h"
#include "probe/update/domain.h"
#include "probe/update/plan.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* --- formats of changes --- */

static void begin_nsupdate(const struct update_print *print, struct buf *out)
{
    char server[PROBE_DNS_SERVER_SIZE];
    const char *at = print->server;

    if (at == NULL || !probe_dns_servers_next(&at, server))
        return;
    char *port = strchr(server, '@');
    if (port != NULL)
        *port = ' ';
    buf_print(out, "server %s\n", server);
}

static void begin_json(const struct update_print *print, struct buf *out)
{
    (void)print;
    buf_print(out, "[");
}

static const struct way {
    const char *format;
    void (*begin)(const struct update_print *print, struct buf *out);
    void (*domain)(const struct update *update, struct buf *out);
    const char *between, *end;
    bool prints_obstacles; /* domains without a change are printed, too, if something stands in their way */
} ways[] = {
    { "nsupdate", begin_nsupdate, update_nsupdate, "", "", false },
    { "json", begin_json, update_json, ",", "\n]\n", true },
};

/* NULL: the format is one of whole sets. */
static const struct way *find_way(const struct update_print *print)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].format, print->format->name) == 0)
            return &ways[i];
    return NULL;
}

static void print_change(struct update_print *print, const struct way *way, const struct update *update, struct buf *out)
{
    if (!update_changes(update) && (!way->prints_obstacles || update->obstacles.len == 0))
        return;
    if (print->begun)
        buf_print(out, "%s", way->between);
    else
        way->begin(print, out);
    way->domain(update, out);
    print->begun = true;
}

/* --- whole sets --- */

static void add(struct dns_list *list, const struct dns_record *record)
{
    struct dns_record *records = list_grow(list->records, list->count, 1, &list->room, sizeof *records);

    list->tlsrpt.failed |= records == NULL;
    if (records == NULL)
        return;
    list->records = records;
    records[list->count++] = *record;
    list->made++;
}

/* Adds the records that are to stand at NAME after STEP. */
static void add_name(struct dns_list *list, const struct update *update, const struct update_name *name, enum update_step step)
{
    bool changes = step == UPDATE_CHANGE;

    if (name->wanted_count == 0 && !name->is_mistaken)
        return;
    for (size_t i = 0; i < name->seen_count; i++) {
        const struct update_record *seen = &name->seen[i];
        if (!changes || update_stays(name, seen, update->replaces))
            add(list, &(struct dns_record) { .name = name->name, .type = seen->type, .data = seen->data, .ttl = PROBE_TTL });
    }
    for (size_t i = 0; changes && i < name->wanted_count; i++)
        add(list, &name->wanted[i]);
}

static void print_whole(struct update_print *print, const struct update *update)
{
    struct dns_list list = { .domain = update->list.domain, .origin = update->list.origin, .leaving = update->list.leaving };

    print->changes |= update_changes(update);
    print->is_unknown |= !update_is_known(update);
    for (size_t i = 0; i < PLACES && list.domain != NULL; i++)
        add_name(&list, update, &update->names[i], update->steps[i]);
    print->whole.failed |= list.tlsrpt.failed;
    if (list.count > 0) {
        list.first = print->origin[0] == '\0';
        list.opens = strcmp(print->origin, list.origin) != 0;
        print->format->print(&print->whole, &list);
        (void)memcpy(print->origin, list.origin, strlen(list.origin) + 1);
    }
    free(list.records);
}

static void end_whole(struct update_print *print, struct buf *out)
{
    if (print->format->head != NULL)
        print->format->head(out);
    if (print->whole.text != NULL)
        buf_add(out, print->whole.text, print->whole.len);
    if (print->format->tail != NULL)
        print->format->tail(out);
    out->failed |= print->whole.failed;
}

/* --- both --- */

void update_print(struct update_print *print, const struct update *update, struct buf *out)
{
    const struct way *way = find_way(print);

    if (way != NULL)
        print_change(print, way, update, out);
    else
        print_whole(print, update);
}

void update_print_end(struct update_print *print, bool is_lost, struct buf *out, struct buf *errors)
{
    const struct way *way = find_way(print);

    if (way != NULL && print->begun && !is_lost)
        buf_print(out, "%s", way->end);
    else if (way == NULL && print->changes && (print->is_unknown || is_lost))
        buf_print(errors, "mta-sts-probe: --update %s: nothing is printed, since the set would lack records that are not known\n",
                  print->format->name);
    else if (way == NULL && print->changes)
        end_whole(print, out);
    buf_free(&print->whole);
}
