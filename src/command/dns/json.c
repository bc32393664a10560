/* json: an array of objects, one for each domain. Later versions may add members; none is renamed or removed. */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/quote.h"
#include "command/dns/record.h"

#include <inttypes.h>
#include <stddef.h>

static void print_text(struct buf *out, const char *before, const char *text)
{
    buf_print(out, "%s", before);
    dns_quote_json(out, text);
}

static void print_made(struct buf *out, const struct dns_record *record)
{
    print_text(out, "{\"name\":", record->name);
    print_text(out, ",\"type\":", record->type);
    buf_print(out, ",\"ttl\":%" PRIu32, record->ttl);
    print_text(out, ",\"data\":", record->data);
    buf_print(out, ",\"order\":%u", record->order);
    print_text(out, ",\"why\":", record->why);
    buf_print(out, "}");
}

static void print_missing(struct buf *out, const struct dns_record *record)
{
    print_text(out, "{\"name\":", record->name);
    print_text(out, ",\"why\":", record->why);
    buf_print(out, "}");
}

/* Prints those records of LIST that can be made, or the others. */
static void print_array(struct buf *out, const struct dns_list *list, bool made)
{
    const char *separator = "\n    ";

    buf_print(out, "[");
    for (size_t i = 0; i < list->count; i++) {
        if ((list->records[i].type != NULL) != made)
            continue;
        buf_print(out, "%s", separator);
        separator = ",\n    ";
        if (made)
            print_made(out, &list->records[i]);
        else
            print_missing(out, &list->records[i]);
    }
    buf_print(out, "]");
}

void dns_json_head(struct buf *out)
{
    buf_print(out, "[");
}

void dns_json(struct buf *out, const struct dns_list *list)
{
    print_text(out, list->first ? "\n  {\"domain\":" : ",\n  {\"domain\":", list->domain);
    print_text(out, ",\"origin\":", list->origin);
    buf_print(out, ",\"leaving\":%s,\"records\":", list->leaving ? "true" : "false");
    print_array(out, list, true);
    buf_print(out, ",\"missing\":");
    print_array(out, list, false);
    buf_print(out, "}");
}

void dns_json_tail(struct buf *out)
{
    buf_print(out, "\n]\n");
}
