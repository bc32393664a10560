/*
 * octodns: YAML for octoDNS, a document for each zone. octoDNS wants the keys of every mapping in order, a backslash before each
 * semicolon, and a TXT record's text whole.
 */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/quote.h"
#include "command/dns/record.h"

#include <inttypes.h>
#include <string.h>

/* Returns the first name after LAST (NULL: the first of all) of a record that can be made, or NULL. */
static const struct dns_record *next_name(const struct dns_list *list, const struct dns_record *last)
{
    const struct dns_record *next = NULL;

    for (const struct dns_record *r = list->records; r < list->records + list->count; r++)
        if (r->type != NULL && (last == NULL || strcmp(r->name, last->name) > 0) &&
            (next == NULL || strcmp(r->name, next->name) < 0))
            next = r;
    return next;
}

static void print_value(struct buf *out, const char *data)
{
    struct buf escaped = { 0 };

    for (; *data != '\0'; data++)
        buf_print(&escaped, "%s%c", *data == ';' ? "\\" : "", *data);
    if (escaped.text != NULL)
        dns_quote_json(out, escaped.text);
    out->failed |= escaped.failed;
    buf_free(&escaped);
}

/* Prints record I, and the values of all others of its name and type. */
static void print_record(struct buf *out, const struct dns_list *list, size_t i)
{
    const struct dns_record *record = &list->records[i];
    const char *separator = strcmp(record->type, "CNAME") == 0 ? "value: " : "values:\n    - ";

    buf_print(out, "  - ttl: %" PRIu32 "\n    type: %s\n    ", record->ttl, record->type);
    for (; i < list->count; i++) {
        if (!dns_same(record, &list->records[i]))
            continue;
        buf_print(out, "%s", separator);
        print_value(out, list->records[i].data);
        separator = "\n    - ";
    }
    buf_print(out, "\n");
}

void dns_octodns(struct buf *out, const struct dns_list *list)
{
    if (list->opens)
        buf_print(out, "--- # %s.yaml\n", list->origin);
    for (const struct dns_record *name = NULL; (name = next_name(list, name)) != NULL;) {
        buf_print(out, "%.*s:\n", (int)dns_relative_len(list, name), name->name);
        for (size_t i = 0; i < list->count; i++)
            if (dns_is_first(list, i) && strcmp(list->records[i].name, name->name) == 0)
                print_record(out, list, i);
    }
}
