/*
 * nsupdate: dynamic updates (RFC 2136) for nsupdate and knsupdate, one for each domain. There is no line for the server or the
 * zone: nsupdate asks for both, and a line that the user writes before the first update holds for all of them.
 */
#include "base/buf.h"
#include "command/dns/format.h"
#include "command/dns/quote.h"
#include "command/dns/record.h"

#include <inttypes.h>
#include <string.h>

/*
 * A name server ignores an added CNAME beside other records, and other records beside a CNAME, and reports no error (RFC 2136
 * 3.4.2.2). ABSENT are types of other people's records that would do that: the update fails if there is one. REPLACED are the
 * types that this program prints for such a name. BEGINS is the first character of the name.
 */
static const struct rule {
    const char *type;
    char begins;
    const char *absent[3], *replaced[4];
} rules[] = {
    { "CNAME", 'm', { "CAA", "TXT" }, { "A", "AAAA", "CNAME" } },
    { "CNAME", '_', { "CAA" }, { "CNAME", "TXT" } },
    { "A", 'm', { NULL }, { "A", "AAAA", "CNAME" } },
    { "AAAA", 'm', { NULL }, { "A", "AAAA", "CNAME" } },
    { "TXT", '_', { "CNAME" }, { "TXT" } },
};

static const struct rule *find_rule(const struct dns_record *record)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].type, record->type) == 0 && rules[i].begins == record->name[0])
            return &rules[i];
    return NULL;
}

/* True if record I is the first of its name that can be made. */
static bool is_first_of_name(const struct dns_list *list, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (list->records[before].type != NULL && strcmp(list->records[before].name, list->records[i].name) == 0)
            return false;
    return list->records[i].type != NULL;
}

static void print_lines(struct buf *out, const struct dns_list *list, bool prerequisites)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct dns_record *record = &list->records[i];
        const struct rule *rule = is_first_of_name(list, i) ? find_rule(record) : NULL;
        if (rule == NULL)
            continue;
        for (const char *const *types = prerequisites ? rule->absent : rule->replaced; *types != NULL; types++)
            buf_print(out, "%s %s. %s\n", prerequisites ? "prereq nxrrset" : "update delete", record->name, *types);
    }
}

void dns_nsupdate_add(struct buf *out, const struct dns_record *record)
{
    buf_print(out, "update add %s. %" PRIu32 " %s ", record->name, record->ttl, record->type);
    dns_quote_data(out, record->type, record->data);
    buf_print(out, "\n");
}

void dns_nsupdate(struct buf *out, const struct dns_list *list)
{
    buf_print(out, "; %s\n", list->origin);
    print_lines(out, list, true);
    print_lines(out, list, false);
    for (size_t i = 0; i < list->count; i++)
        if (list->records[i].type != NULL)
            dns_nsupdate_add(out, &list->records[i]);
    buf_print(out, "send\n");
}
