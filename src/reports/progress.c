#include "reports/progress.h"

#include "base/clock.h"
#include "reports/take/walk.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { EVERY_MS = 200, CELLS = 30, SECOND_MS = 1000, MINUTE = 60 };

void progress_begin(struct progress *progress, bool wanted, const char *const *paths, size_t count)
{
    *progress = (struct progress) { .is_shown = wanted && isatty(STDERR_FILENO), .begin = clock_ms() };
    for (size_t i = 0; progress->is_shown && i < count; i++)
        progress->total += walk_size(paths[i]);
}

static void draw(const struct progress *progress, size_t reports, int64_t passed)
{
    size_t total = progress->total, done = progress->done < total ? progress->done : total;

    (void)fputs("\r\033[K", stderr);
    if (total > 0) {
        int64_t left = (int64_t)((double)passed * (double)(total - done) / (double)(done > 0 ? done : 1)) / SECOND_MS;
        int cells = (int)((double)done / (double)total * (double)CELLS);
        (void)fprintf(stderr, "[%.*s%.*s] %d%%, %lld:%02lld left, ", cells, "##############################", CELLS - cells,
                      "..............................", (int)((double)done / (double)total * 100), (long long)left / MINUTE,
                      (long long)left % MINUTE);
    }
    (void)fprintf(stderr, "%zu reports", reports);
    (void)fflush(stderr);
}

void progress_add(struct progress *progress, size_t bytes, size_t reports)
{
    progress->done += bytes;
    if (!progress->is_shown)
        return;
    int64_t now = clock_ms();
    if (now - progress->drawn < EVERY_MS)
        return;
    progress->drawn = now;
    draw(progress, reports, now - progress->begin);
}

void progress_wipe(const struct progress *progress)
{
    if (progress->is_shown)
        (void)fputs("\r\033[K", stderr);
}
