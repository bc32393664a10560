#include "probe/tell/format.h"

#include "base/buf.h"
#include "probe/judge/result.h"
#include "probe/tell/html.h"
#include "probe/tell/json.h"
#include "probe/tell/report.h"
#include <stddef.h>
#include <stdint.h>

static void json_result(const struct probe_result *result, const struct probe_report_options *options, struct buf *out)
{
    (void)options;
    probe_json(result, out);
}

static void text_end(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out)
{
    (void)is_lost;
    probe_report_summary(counts, ms, out);
}

static const struct {
    void (*begin)(int64_t now, bool quiet, struct buf *out); /* NULL: nothing stands there */
    void (*result)(const struct probe_result *result, const struct probe_report_options *options, struct buf *out);
    void (*end)(const struct probe_report_counts *counts, unsigned long ms, bool is_lost, struct buf *out);
} formats[] = {
    [PROBE_FORMAT_TEXT] = { NULL, probe_report, text_end },
    [PROBE_FORMAT_JSON] = { NULL, json_result, NULL },
    [PROBE_FORMAT_HTML] = { probe_html_begin, probe_html_row, probe_html_end },
};

void probe_format_begin(enum probe_format format, int64_t now, bool quiet, struct buf *out)
{
    if (formats[format].begin != NULL)
        formats[format].begin(now, quiet, out);
}

void probe_format_result(enum probe_format format, const struct probe_result *result, const struct probe_report_options *options,
                         struct buf *out)
{
    formats[format].result(result, options, out);
}

void probe_format_end(enum probe_format format, const struct probe_report_counts *counts, unsigned long ms, bool is_lost,
                      struct buf *out)
{
    if (formats[format].end != NULL)
        formats[format].end(counts, ms, is_lost, out);
}

bool probe_format_needs_end(enum probe_format format)
{
    return formats[format].begin != NULL;
}
