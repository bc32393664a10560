/* dnscontrol: JavaScript for dnsconfig.js. D_EXTEND() adds to a D() above it, of the domain or of one that it is below. */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/quote.h"
#include "command/dns/record.h"

#include <inttypes.h>
#include <stddef.h>

void dns_dnscontrol(struct buf *out, const struct dns_list *list)
{
    buf_print(out, "D_EXTEND(");
    dns_quote_json(out, list->origin);
    for (size_t i = 0; i < list->count; i++) {
        const struct dns_record *record = &list->records[i];
        if (record->type == NULL)
            continue;
        buf_print(out, ",\n    %s(", record->type);
        buf_add_json(out, record->name, dns_relative_len(list, record));
        buf_print(out, ", ");
        dns_quote_json(out, record->data);
        buf_print(out, ", TTL(%" PRIu32 "))", record->ttl);
    }
    buf_print(out, "\n);\n");
}
