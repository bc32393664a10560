/* For nftw(). */
#define _XOPEN_SOURCE 700 // NOLINT(bugprone-reserved-identifier)

#include "scratch.h"

#include "base/buf.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 10 /* that nftw() may open at a time */ };

int scratch_enter(void **state)
{
    const char *below = getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe)
    struct buf path = { 0 };

    buf_print(&path, "%s/mta-sts-XXXXXX", below != NULL ? below : "/tmp");
    *state = path.text;
    return path.failed || mkdtemp(path.text) == NULL || chdir(path.text) != 0 ? -1 : 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

int scratch_leave(void **state)
{
    int error = chdir("/") != 0 || nftw(*state, drop, FILES, FTW_DEPTH | FTW_PHYS) != 0;

    free(*state);
    return error;
}
