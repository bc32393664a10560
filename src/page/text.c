#include "page/text.h"

#include "base/buf.h"
#include "ini/write.h"

#include <string.h>

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void page_text(struct buf *out, const char *text, size_t len)
{
    struct buf ascii = { 0 };

    write_ascii(&ascii, text, len);
    for (size_t i = 0; i < ascii.len; i++) {
        const char *instead = entity(ascii.text[i]);
        buf_add(out, instead != NULL ? instead : ascii.text + i, instead != NULL ? strlen(instead) : 1);
    }
    out->failed |= ascii.failed;
    buf_free(&ascii);
}

void page_markup(struct buf *out, const char *markup)
{
    buf_add(out, markup, strlen(markup));
}

void page_add(struct buf *out, const char *before, const char *text)
{
    page_markup(out, before);
    page_text(out, text, strlen(text));
}

void page_add_some(struct buf *out, const char *before, const struct buf *text)
{
    if (text->len == 0)
        return;
    page_markup(out, before);
    page_text(out, text->text, text->len);
}

void page_label(struct buf *out, const char *label, int status)
{
    buf_print(out, "<b class=s%d>%s</b> ", status, label);
}
