#include "command/dns/quote.h"
#include "base/buf.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

enum { TXT_STRING_MAX = 255, BASIC_MAX = 0xFFFF };

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

/*
 * Appends the first character of TEXT, which has LEN bytes, as JSON has it. Returns its length. An escape is a character of
 * Unicode, and has four digits; in YAML, two of them are no character beyond these.
 */
static size_t add_character(struct buf *out, const char *text, size_t len)
{
    unsigned character = 0;
    size_t n = utf8_read((const unsigned char *)text, len, &character);

    if (n > 1 && character <= BASIC_MAX)
        buf_print(out, "\\u%04x", character);
    else if (n > 1)
        buf_add(out, text, n);
    else
        add_byte(out, *text, false);
    return n > 1 ? n : 1;
}

void dns_quote_json_part(struct buf *out, const char *text, size_t len)
{
    buf_add(out, "\"", 1);
    for (size_t i = 0; i < len;)
        i += add_character(out, text + i, len - i);
    buf_add(out, "\"", 1);
}

void dns_quote_json(struct buf *out, const char *text)
{
    dns_quote_json_part(out, text, strlen(text));
}

void dns_quote_terraform(struct buf *out, const char *text)
{
    buf_add(out, "\"", 1);
    for (size_t len = strlen(text), i = 0; i < len;) {
        if ((text[i] == '$' || text[i] == '%') && text[i + 1] == '{')
            buf_add(out, text + i, 1);
        i += add_character(out, text + i, len - i);
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

void dns_quote_data(struct buf *out, const char *type, const char *data)
{
    if (strcmp(type, "TXT") == 0)
        dns_quote_txt(out, data);
    else
        buf_print(out, "%s", data);
}
