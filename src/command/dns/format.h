/* The formats of the command dns. A format is a file of this folder, and a row of the table in format.c. */
#ifndef COMMAND_DNS_FORMAT_H
#define COMMAND_DNS_FORMAT_H

#include "base/buf.h"
#include "command/dns/record.h"

#include <stdbool.h>

/* Appends LIST to OUT. */
typedef void dns_print_fn(struct buf *out, const struct dns_list *list);

/* Appends what stands before the first list, or after the last one, to OUT. */
typedef void dns_frame_fn(struct buf *out);

struct dns_format {
    const char *name;
    dns_print_fn *print;
    dns_frame_fn *head, *tail; /* or NULL */
    bool prints_missing;       /* lists without a record that can be made are printed, too */
};

/* Returns format number I of the table, or NULL at its end. The first is the default. */
const struct dns_format *dns_format_at(size_t i);

/* Returns the format NAME, or NULL if there is none. */
const struct dns_format *dns_format_find(const char *name);

/* Appends the names of all formats to OUT, with ", " between them. */
void dns_format_names(struct buf *out);

/* What the rows of the table name. Each is in the file of its format. */
dns_frame_fn dns_zone_head, dns_json_head, dns_json_tail, dns_terraform_head, dns_terraform_tail, dns_external_head,
    dns_external_tail;
dns_print_fn dns_zone, dns_json, dns_nsupdate, dns_dnscontrol, dns_octodns, dns_terraform, dns_external, dns_values;

/* Appends the line for nsupdate that adds RECORD, which has a type. */
void dns_nsupdate_add(struct buf *out, const struct dns_record *record);

#endif
