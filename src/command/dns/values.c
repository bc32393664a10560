/*
 * values: what a form of a DNS provider asks for: name, type and value, with tabs between them. A text of any length is whole,
 * and as it is, but for control characters: a line end would begin another record.
 */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/record.h"

#include <string.h>

enum { DELETE = 0x7f };

static void print_value(struct buf *out, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c < ' ' || c == DELETE)
            buf_print(out, "\\%03u", c);
        else
            buf_add(out, data + i, 1);
    }
}

void dns_values(struct buf *out, const struct dns_list *list)
{
    if (list->opens)
        buf_print(out, "%s# %s\n", list->first ? "" : "\n", list->origin);
    for (size_t i = 0; i < list->count; i++) {
        const struct dns_record *record = &list->records[i];
        if (record->type == NULL)
            continue;
        size_t len = strlen(record->data);
        if (strcmp(record->type, "CNAME") == 0)
            len--;
        buf_print(out, "%.*s\t%s\t", (int)dns_relative_len(list, record), record->name, record->type);
        print_value(out, record->data, len);
        buf_print(out, "\n");
    }
}
