#include "probe/tell/comment.h"

#include "base/buf.h"
#include "probe/tell/report.h"

#include <string.h>

enum { WIDTH = 100 };

void probe_comment_add(struct buf *out, const char *text)
{
    struct buf ascii = { 0 }, lines = { 0 };

    probe_report_add_ascii(&ascii, text, strlen(text));
    probe_report_wrap(&lines, ascii.text != NULL ? ascii.text : "", 2, 0, WIDTH);
    for (const char *line = lines.text; line != NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        buf_print(out, "; %.*s%s\n", (int)len, line, len > 0 && line[len - 1] == '\\' ? " ." : "");
        line += len + (line[len] != '\0');
    }
    out->failed |= ascii.failed || lines.failed;
    buf_free(&ascii);
    buf_free(&lines);
}
