/*
 * terraform: a .tf.json file with the map local.mta_sts_records, for the for_each of a resource of any provider.
 * external: the same map as an external data source wants it, each value a JSON text for jsondecode().
 */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/quote.h"
#include "command/dns/record.h"

#include <inttypes.h>
#include <stddef.h>

typedef void quote_fn(struct buf *out, const char *text);

/* Prints record I and the data of all others of its name and type as one object. */
static void print_object(struct buf *out, const struct dns_list *list, size_t i, quote_fn *quote)
{
    const struct dns_record *record = &list->records[i];
    const char *separator = "";

    buf_print(out, "{\"origin\":");
    quote(out, list->origin);
    buf_print(out, ",\"name\":");
    quote(out, record->name);
    buf_print(out, ",\"type\":\"%s\",\"ttl\":%" PRIu32 ",\"values\":[", record->type, record->ttl);
    for (; i < list->count; i++) {
        if (!dns_same(record, &list->records[i]))
            continue;
        buf_print(out, "%s", separator);
        quote(out, list->records[i].data);
        separator = ",";
    }
    buf_print(out, "]}");
}

/* Prints the key of RECORD and a colon, and a comma before it unless it is the first of all. */
static void print_key(struct buf *out, const struct dns_record *record, bool first)
{
    buf_print(out, "%s\n    \"%s %s\": ", first ? "" : ",", record->name, record->type);
}

void dns_terraform_head(struct buf *out)
{
    buf_print(out, "{\"locals\": {\"mta_sts_records\": {");
}

void dns_terraform(struct buf *out, const struct dns_list *list)
{
    bool first = list->first;

    for (size_t i = 0; i < list->count; i++) {
        if (!dns_is_first(list, i))
            continue;
        print_key(out, &list->records[i], first);
        print_object(out, list, i, dns_quote_terraform);
        first = false;
    }
}

void dns_terraform_tail(struct buf *out)
{
    buf_print(out, "\n}}}\n");
}

void dns_external_head(struct buf *out)
{
    buf_print(out, "{");
}

void dns_external(struct buf *out, const struct dns_list *list)
{
    bool first = list->first;

    for (size_t i = 0; i < list->count; i++) {
        struct buf object = { 0 };
        if (!dns_is_first(list, i))
            continue;
        print_object(&object, list, i, dns_quote_json);
        print_key(out, &list->records[i], first);
        if (object.text != NULL)
            dns_quote_json(out, object.text);
        out->failed |= object.failed;
        buf_free(&object);
        first = false;
    }
}

void dns_external_tail(struct buf *out)
{
    buf_print(out, "\n}\n");
}
