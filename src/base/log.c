#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

enum { LOG_EVERY_MS = 60000 };

void log_form(const char *line, struct buf *text)
{
    buf_print(text, "mta-sts: %s\n", line);
}

/* One write() a line: lines of several threads do not mix. */
void log_line(const char *line)
{
    struct pollfd log = { STDERR_FILENO, POLLOUT, 0 };
    struct buf text = { 0 };

    log_form(line, &text);
    if (text.text != NULL && poll(&log, 1, 0) == 1)
        (void)file_write(STDERR_FILENO, text.text, text.len);
    buf_free(&text);
}

bool log_is_due(_Atomic int64_t *last)
{
    int64_t now = clock_ms(), before = atomic_load(last);

    return (before == 0 || now - before >= LOG_EVERY_MS) && atomic_compare_exchange_strong(last, &before, now);
}
