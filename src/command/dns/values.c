/* values: what a form of a DNS provider asks for: name, type and value, with tabs between them. A text of any length is whole. */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/record.h"

#include <string.h>

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
        buf_print(out, "%.*s\t%s\t%.*s\n", (int)dns_relative_len(list, record), record->name, record->type, (int)len,
                  record->data);
    }
}
