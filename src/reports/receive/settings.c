#include "reports/receive/settings.h"

#include "base/buf.h"
#include "base/say.h"
#include "reports/receive/spool.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { MEGABYTE = 1 << 20, SHOWN_MAX = 256 };

static bool refuse(const char *folder, int error, say_line *to)
{
    struct buf text = { 0 };

    buf_add_shown(&text, folder, strlen(folder), SHOWN_MAX);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's and musl's is safe
    buf_print(&text, ": reports cannot be written there: %s; make this folder, and let user id %ld write to it", strerror(error),
              (long)geteuid());
    to(text.failed ? "out of memory" : text.text);
    buf_free(&text);
    return false;
}

bool receive_open(const struct receive_settings *settings, struct spool *spool, say_line *to)
{
    const char *folder = settings->folder;

    if (folder == NULL || folder[0] == '\0') {
        to("no folder for reports: set MTA_STS_REPORTS, or write --receive DIR");
        return false;
    }
    *spool = (struct spool) { .folder = spool_open(folder),
                              .reports = settings->reports,
                              .bytes = (size_t)settings->megabytes * MEGABYTE,
                              .days = settings->kept };
    if (spool->folder < 0)
        return refuse(folder, errno, to);
    if (faccessat(spool->folder, ".", W_OK | X_OK, 0) == 0)
        return true;
    int error = errno;
    (void)close(spool->folder);
    return refuse(folder, error, to);
}
