#include "page/frame.h"

#include "base/buf.h"
#include "base/utc.h"
#include "page/text.h"

#include <stddef.h>
#include <stdint.h>

/* page.css and page.js, each with its SHA-256 in base64. */
extern const char page_css[], page_css_sha256[], page_js[], page_js_sha256[];

/* Parts of a time as utc_write() has it. */
enum { DAY_LEN = 10, MINUTE_AT = 11, MINUTE_LEN = 5 };

const int page_worst_first[PAGE_STATUSES] = { 2, 3, 1, 0 };

static void add_head(const struct page_frame *frame, const char *now, struct buf *out)
{
    page_markup(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    buf_print(out,
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; "
              "script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
              page_css_sha256, page_js_sha256);
    page_markup(out, "<meta name=\"viewport\" content=\"width=device-width\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n"
                     "<link rel=\"icon\" href=\"data:,\">\n<title>");
    buf_print(out, "%s, %.*s", frame->title, DAY_LEN, now);
    page_markup(out, "</title>\n<style>");
    page_markup(out, page_css);
    page_markup(out, "</style>\n</head>\n");
}

static void add_tools(const struct page_frame *frame, struct buf *out)
{
    page_markup(
        out, "<div id=\"_tools\" role=\"search\" aria-label=\"Domains\" hidden>\n"
             "<label for=\"_find\">Find <input id=\"_find\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>\n"
             "<label for=\"_status\">Status <select id=\"_status\"><option value=\"0123\">all");
    buf_print(out, "<option value=\"123\">%s", frame->not_good);
    for (size_t i = 0; i < PAGE_STATUSES; i++)
        buf_print(out, "<option value=\"%d\">%s", page_worst_first[i], frame->choices[page_worst_first[i]]);
    page_markup(out, "</select></label>\n<button id=\"_open\" type=\"button\">Open or close all</button>\n"
                     "<output id=\"_shown\"></output>\n</div>\n");
}

static void add_table(const struct page_frame *frame, bool quiet, struct buf *out)
{
    buf_print(out, "<table id=\"_table\">\n<caption>%s%s</caption>\n<thead><tr>", frame->caption,
              quiet ? frame->quiet_caption : "");
    for (size_t i = 0; i < PAGE_COLUMNS; i++)
        buf_print(out, "<th scope=\"col\">%s", frame->columns[i]);
    page_markup(out, "</thead>\n<tbody>\n");
}

void page_begin(const struct page_frame *frame, int64_t now, bool quiet, struct buf *out)
{
    char time[UTC_SIZE];

    utc_write(now, time);
    add_head(frame, time, out);
    buf_print(out,
              "<body>\n<header>\n<h1>%s</h1>\n<p>%s<time datetime=\"%s\">%.*s %.*s UTC</time>.</p>\n</header>\n<main>\n"
              "<p id=\"_part\">Without a summary, this page is not complete: the run was stopped, or is not over yet. "
              "Reload it later, or run %s again.</p>\n<section>\n<h2>Domains</h2>\n",
              frame->heading, frame->made, time, DAY_LEN, time, MINUTE_LEN, time + MINUTE_AT, frame->program);
    add_tools(frame, out);
    add_table(frame, quiet, out);
}

void page_end_table(struct buf *out)
{
    page_markup(out, "</table>\n</section>\n");
}

void page_count(size_t count, const char *what, int status, struct buf *out)
{
    buf_print(out, "<li class=\"s%d%s\"><strong>%zu</strong> <span>%s</span></li>\n", status, count == 0 ? " none" : "", count,
              what);
}

void page_end(struct buf *out)
{
    page_markup(out, "</main>\n<script>");
    page_markup(out, page_js);
    page_markup(out, "</script>\n</body>\n</html>\n");
}
