#include "reports/receive/day.h"

#include "base/utc.h"
#include "reports/take/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_SECONDS = 3600, DAY_SECONDS = 86400 };

void day_write(int64_t now, char text[DAY_SIZE])
{
    char time[UTC_SIZE];

    utc_write(now, time);
    memcpy(text, time, DAY_SIZE - 1);
    text[DAY_SIZE - 1] = '\0';
}

/* Reads the day NAME into *BEGIN, in seconds since 1970 UTC. False if it is none; *BEGIN is then unchanged. */
static bool day_read(const char *name, int64_t *begin)
{
    char time[UTC_SIZE + 1];
    int n = snprintf(time, sizeof time, "%sT00:00:00Z", name);

    return n == UTC_SIZE - 1 && utc_read(time, begin);
}

/* Calls VISIT for each name in the folder FD but "." and "..", until it returns false. False with errno on an error. */
static bool each(int fd, bool (*visit)(int fd, const char *name, void *to), void *to)
{
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = own >= 0 ? fdopendir(own) : NULL;
    const struct dirent *entry;
    bool good = folder != NULL;

    if (own >= 0 && folder == NULL)
        (void)close(own);
    if (folder == NULL)
        return false;
    errno = 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this folder
    while (good && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            good = visit(fd, entry->d_name, to);
        errno = good ? 0 : errno;
    }
    int error = errno;
    (void)closedir(folder);
    errno = error;
    return good && error == 0;
}

/* --- counting --- */

struct counting {
    int64_t now;
    struct day_sum *sum;
};

static bool count(int fd, const char *name, void *to)
{
    const struct counting *counting = to;
    struct stat st;

    /* Another process may just have given it its name, or removed it. */
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    if (!S_ISREG(st.st_mode))
        return true;
    bool part = walk_is_part(name);
    if (part && (int64_t)st.st_mtime < counting->now - PART_SECONDS && unlinkat(fd, name, 0) == 0)
        return true;
    *(part ? &counting->sum->parts : &counting->sum->complete) += 1;
    *(part ? &counting->sum->part_bytes : &counting->sum->complete_bytes) += (size_t)st.st_size;
    return true;
}

bool day_count(int fd, int64_t now, struct day_sum *sum)
{
    struct counting counting = { now, sum };

    *sum = (struct day_sum) { 0 };
    return each(fd, count, &counting);
}

/* --- removing --- */

static bool remove_file(int fd, const char *name, void *to)
{
    (void)to;
    (void)unlinkat(fd, name, 0);
    return true;
}

struct cleaning {
    int64_t now;
    int64_t last;  /* the last day before that of NOW; -1: there is none */
    int64_t first; /* earlier days are over */
};

static bool find_last(int fd, const char *name, void *to)
{
    struct cleaning *cleaning = to;
    int64_t begin = -1;

    (void)fd;
    if (day_read(name, &begin) && begin < cleaning->now - cleaning->now % DAY_SECONDS && begin > cleaning->last)
        cleaning->last = begin;
    return true;
}

static bool clean_day(int fd, const char *name, void *to)
{
    const struct cleaning *cleaning = to;
    struct day_sum sum;
    int64_t begin;
    int day = day_read(name, &begin) ? openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

    if (day < 0)
        return true;
    const bool is_over = begin < cleaning->first;
    (void)(is_over ? each(day, remove_file, NULL) : day_count(day, cleaning->now, &sum));
    (void)close(day);
    if (is_over)
        (void)unlinkat(fd, name, AT_REMOVEDIR);
    return true;
}

void day_clean(int fd, unsigned days, int64_t now)
{
    struct cleaning cleaning = { .now = now, .last = -1 };

    if (each(fd, find_last, &cleaning) && cleaning.last >= 0)
        cleaning.first = cleaning.last - ((int64_t)days - 2) * DAY_SECONDS;
    (void)each(fd, clean_day, &cleaning);
}
