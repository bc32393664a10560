#include "command/dns/format.h"
#include "base/buf.h"

#include <string.h>

static const struct dns_format formats[] = {
    { "zone", dns_zone, dns_zone_head, NULL, true },
    { "json", dns_json, dns_json_head, dns_json_tail, true },
    { "nsupdate", dns_nsupdate, NULL, NULL, false },
    { "dnscontrol", dns_dnscontrol, NULL, NULL, false },
    { "octodns", dns_octodns, NULL, NULL, false },
    { "terraform", dns_terraform, dns_terraform_head, dns_terraform_tail, false },
    { "external", dns_external, dns_external_head, dns_external_tail, false },
    { "values", dns_values, NULL, NULL, false },
};

const struct dns_format *dns_format_at(size_t i)
{
    return i < sizeof formats / sizeof *formats ? &formats[i] : NULL;
}

const struct dns_format *dns_format_find(const char *name)
{
    const struct dns_format *format;

    for (size_t i = 0; (format = dns_format_at(i)) != NULL; i++)
        if (strcmp(format->name, name) == 0)
            return format;
    return NULL;
}

void dns_format_names(struct buf *out)
{
    const struct dns_format *format;

    for (size_t i = 0; (format = dns_format_at(i)) != NULL; i++)
        buf_print(out, "%s%s", i > 0 ? ", " : "", format->name);
}
