/* Quoted texts in the languages of the formats. TEXT is any text; see buf_add_json() (base/buf.h). In a zone file, bytes that are
 * not printable ASCII are written as escapes. */
#ifndef COMMAND_DNS_QUOTE_H
#define COMMAND_DNS_QUOTE_H

#include "base/buf.h"

/* Appends TEXT to OUT, in quotes: a string in JSON, YAML and JavaScript. */
void dns_quote_json(struct buf *out, const char *text);

/* The same for a JSON file of Terraform, where ${ and %{ begin a template (as do "$${" and "%%{" not). */
void dns_quote_terraform(struct buf *out, const char *text);

/*
 * Appends TEXT as the data of a TXT record in a zone file (RFC 1035 5.1): quoted strings of at most 255 bytes each
 * (RFC 1035 3.3), with a space between them.
 */
void dns_quote_txt(struct buf *out, const char *text);

/* Appends the DATA of a record of TYPE as it is in a zone file: that of a TXT record by dns_quote_txt(), any other as it is. */
void dns_quote_data(struct buf *out, const char *type, const char *data);

#endif
