#include "command/dns/quote.h"
#include "base/buf.h"

#include <stdbool.h>
#include <string.h>

enum { TXT_STRING_MAX = 255 };

/* Appends BYTE as it stands between quotes: in a zone file, or in JSON. */
static void add_byte(struct buf *out, char byte, bool zone)
{
    unsigned char c = (unsigned char)byte;

    if (c < ' ' || c > '~')
        buf_print(out, zone ? "\\%03u" : "\\u%04x", c);
    else if (c == '"' || c == '\\')
        buf_print(out, "\\%c", c);
    else
        buf_add(out, &byte, 1);
}

void dns_quote_json_part(struct buf *out, const char *text, size_t len)
{
    buf_add(out, "\"", 1);
    for (size_t i = 0; i < len; i++)
        add_byte(out, text[i], false);
    buf_add(out, "\"", 1);
}

void dns_quote_json(struct buf *out, const char *text)
{
    dns_quote_json_part(out, text, strlen(text));
}

void dns_quote_terraform(struct buf *out, const char *text)
{
    buf_add(out, "\"", 1);
    for (; *text != '\0'; text++) {
        if ((text[0] == '$' || text[0] == '%') && text[1] == '{')
            buf_add(out, text, 1);
        add_byte(out, *text, false);
    }
    buf_add(out, "\"", 1);
}

void dns_quote_txt(struct buf *out, const char *text)
{
    buf_add(out, "\"", 1);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i > 0 && i % TXT_STRING_MAX == 0)
            buf_add(out, "\" \"", 3);
        add_byte(out, text[i], true);
    }
    buf_add(out, "\"", 1);
}
