/* zone: a fragment of a zone file (RFC 1035 5.1), with comments. */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/quote.h"
#include "command/dns/record.h"

#include <inttypes.h>
#include <stddef.h>

static const char order[] =
    "; 1. Publish mta-sts.<domain>, get its certificate, and check that "
    "https://mta-sts.<domain>/.well-known/mta-sts.txt is the policy.\n"
    "; 2. Then publish _mta-sts.<domain>. After each change: the policy first, then its new id (RFC 8461 8.1).\n\n";

static const char leaving[] =
    "; Leaving MTA-STS (RFC 8461 8.3):\n"
    ";   1. Serve this policy, mode none, with a max_age of about a day. Then publish the new id below.\n"
    ";   2. Wait until all earlier policies have expired: as long as the longest max_age of any of them.\n"
    ";   3. Remove these records, then the section.\n";

void dns_zone_head(struct buf *out)
{
    buf_print(out, "%s", order);
}

static void print_record(struct buf *out, const struct dns_record *record)
{
    if (record->type == NULL) {
        buf_print(out, "; %s: %s\n", record->name, record->why);
        return;
    }
    buf_print(out, "%s. %" PRIu32 " IN %s ", record->name, record->ttl, record->type);
    dns_quote_data(out, record->type, record->data);
    buf_print(out, "\n");
}

void dns_zone(struct buf *out, const struct dns_list *list)
{
    if (list->opens && list->heading != NULL)
        buf_print(out, "; %s. %s\n", list->origin, list->heading);
    if (list->leaving)
        buf_print(out, "%s", leaving);
    for (size_t i = 0; i < list->count; i++)
        print_record(out, &list->records[i]);
    buf_print(out, "\n");
}
