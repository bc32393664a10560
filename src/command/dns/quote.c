#include "command/dns/quote.h"

#include "base/buf.h"

#include <string.h>

enum { TXT_STRING_MAX = 255 };

void dns_quote_json(struct buf *out, const char *text)
{
    buf_add_json(out, text, strlen(text));
}

void dns_quote_terraform(struct buf *out, const char *text)
{
    struct buf escaped = { 0 };

    for (; *text != '\0'; text++) {
        if ((text[0] == '$' || text[0] == '%') && text[1] == '{')
            buf_add(&escaped, text, 1);
        buf_add(&escaped, text, 1);
    }
    buf_add_json(out, escaped.text, escaped.len);
    out->failed |= escaped.failed;
    buf_free(&escaped);
}

/* Appends C as it stands between quotes in a zone file. */
static void add_byte(struct buf *out, unsigned char c)
{
    if (c < ' ' || c > '~')
        buf_print(out, "\\%03u", c);
    else
        buf_print(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
}

void dns_quote_txt(struct buf *out, const char *text)
{
    buf_add(out, "\"", 1);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i > 0 && i % TXT_STRING_MAX == 0)
            buf_add(out, "\" \"", 3);
        add_byte(out, (unsigned char)text[i]);
    }
    buf_add(out, "\"", 1);
}

void dns_quote_data(struct buf *out, const char *type, const char *data)
{
    if (strcmp(type, "TXT") == 0)
        dns_quote_txt(out, data);
    else
        buf_print(out, "%s", data);
}
