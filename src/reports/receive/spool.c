#include "reports/receive/spool.h"

#include "base/clock.h"
#include "base/file.h"
#include "reports/receive/day.h"
#include "reports/take/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_SIZE = 64, PART_SIZE = 80, NAMES_TRIED = 100, FOLDER_MODE = 0750, FILE_MODE = 0640 };
enum { LOCK_MS = 2000, LOCK_AGAIN_MS = 2 };

struct spool_file {
    int day, fd;
    size_t room, len;
    char name[NAME_SIZE], part[PART_SIZE];
};

static enum spool_result result_of(int error)
{
    if (error == EWOULDBLOCK)
        return SPOOL_BUSY;
    return error == ENOSPC || error == EDQUOT ? SPOOL_DISK_FULL : SPOOL_FAILED;
}

int spool_open(const char *folder)
{
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* --- folders --- */

/* Opens the folder NAME of AT, which it makes if there is none. -1 with errno on an error. */
static int open_or_make(int at, const char *name, bool *made)
{
    *made = mkdirat(at, name, FOLDER_MODE) == 0;
    if (!*made && errno != EEXIST)
        return -1;
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Keeps others from the folder FD until it is closed. False with errno on an error: EWOULDBLOCK where one of them does not leave
 * it, since the reports of other domains are not to wait for it. */
static bool lock(int fd)
{
    const int64_t end = clock_ms() + LOCK_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || clock_ms() >= end)
            return false;
        (void)poll(NULL, 0, LOCK_AGAIN_MS);
    }
    return true;
}

/* Returns FD, locked. Where it cannot be locked, closes it and returns -1 with errno. */
static int locked(int fd)
{
    if (fd < 0 || lock(fd))
        return fd;
    int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

static int open_domain(const struct spool *spool, const char *domain)
{
    bool made;

    return locked(open_or_make(spool->folder, domain, &made));
}

static int open_day(const struct spool *spool, int domain, int64_t now)
{
    char today[DAY_SIZE];
    bool made;

    day_write(now, today);
    int fd = open_or_make(domain, today, &made);
    if (fd >= 0 && made)
        day_clean(domain, spool->days, now);
    return fd;
}

/* --- a new file --- */

/* Removes the part. */
static void abandon(struct spool_file *file)
{
    (void)close(file->fd);
    (void)unlinkat(file->day, file->part, 0);
    file->fd = -1;
}

/* Makes FILE's part, with names that nothing in its folder has. The folder of the domain is locked. */
static bool make_part(struct spool_file *file, bool gzip)
{
    for (unsigned i = 0; i < NAMES_TRIED; i++) {
        struct timespec now = { 0 };
        (void)clock_gettime(CLOCK_REALTIME, &now);
        (void)snprintf(file->name, sizeof file->name, "%lld.%09ld-%u.json%s", (long long)now.tv_sec, now.tv_nsec, i,
                       gzip ? ".gz" : "");
        (void)snprintf(file->part, sizeof file->part, WALK_PART_BEGIN "%s" WALK_PART_END, file->name);
        file->fd = openat(file->day, file->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
        if (file->fd < 0 && errno != EEXIST)
            return false;
        if (file->fd >= 0 && faccessat(file->day, file->name, F_OK, 0) != 0)
            return true;
        if (file->fd >= 0)
            abandon(file);
    }
    errno = EEXIST;
    return false;
}

/* Takes ROOM bytes from the disk now. Where the file system cannot, the size still counts for the day. A process that was stopped
 * and goes on has EINTR from some file systems. */
static int reserve(const struct spool_file *file)
{
    int error;

    do
        error = posix_fallocate(file->fd, 0, (off_t)file->room);
    while (error == EINTR);
    if ((error == EINVAL || error == EOPNOTSUPP) && ftruncate(file->fd, (off_t)file->room) == 0)
        return 0;
    return error;
}

/* May ROOM more bytes come, besides COUNT reports of BYTES? */
static bool has_room(const struct spool *spool, size_t count, size_t bytes, size_t room)
{
    return count < spool->reports && bytes <= spool->bytes && room <= spool->bytes - bytes;
}

static enum spool_result begin_in_day(const struct spool *spool, int domain, struct spool_file *file, bool gzip, int64_t now)
{
    struct day_sum sum;

    if (!day_count(file->day, now, &sum))
        return result_of(errno);
    if (!has_room(spool, sum.complete, sum.complete_bytes, file->room))
        return SPOOL_DAY_FULL;
    if (!has_room(spool, sum.complete + sum.parts, sum.complete_bytes + sum.part_bytes, file->room))
        return SPOOL_BUSY;
    /* If there is a complete file, these folders are on the disk for certain. */
    if (sum.complete == 0 && (fsync(domain) != 0 || fsync(spool->folder) != 0))
        return result_of(errno);
    if (!make_part(file, gzip))
        return result_of(errno);
    int error = reserve(file);
    if (error == 0)
        return SPOOL_FINE;
    errno = error;
    return result_of(error);
}

void spool_drop(struct spool_file *file)
{
    int error = errno;

    if (file->fd >= 0)
        abandon(file);
    if (file->day >= 0)
        (void)close(file->day);
    free(file);
    errno = error;
}

enum spool_result spool_begin(const struct spool *spool, const char *domain, size_t room, bool gzip, int64_t now,
                              struct spool_file **file)
{
    struct spool_file *new = malloc(sizeof *new);

    if (new == NULL)
        return SPOOL_FAILED;
    *new = (struct spool_file) { .day = -1, .fd = -1, .room = room };
    int fd = open_domain(spool, domain);
    new->day = fd >= 0 ? open_day(spool, fd, now) : -1;
    enum spool_result result = new->day >= 0 ? begin_in_day(spool, fd, new, gzip, now) : result_of(errno);
    if (result != SPOOL_FINE)
        spool_drop(new);
    else
        *file = new;
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = error;
    return result;
}

/* --- its bytes, its end --- */

enum spool_result spool_add(struct spool_file *file, const char *bytes, size_t len)
{
    file->len += len;
    return file_write(file->fd, bytes, len) ? SPOOL_FINE : result_of(errno);
}

/* Gives FILE its name while nobody counts: day_count() could see neither of the two. False with errno on an error. */
static bool rename_part(const struct spool_file *file)
{
    int domain = locked(openat(file->day, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

    if (domain < 0)
        return false;
    bool good = renameat(file->day, file->part, file->day, file->name) == 0;
    int error = errno;
    (void)close(domain);
    errno = error;
    return good;
}

/* Gives FILE its name, on the disk. False with errno on an error: then nothing has that name. */
static bool complete(const struct spool_file *file)
{
    if (file->len != file->room && ftruncate(file->fd, (off_t)file->len) != 0)
        return false;
    if (fsync(file->fd) != 0 || !rename_part(file))
        return false;
    if (fsync(file->day) == 0)
        return true;
    int error = errno;
    (void)unlinkat(file->day, file->name, 0);
    errno = error;
    return false;
}

enum spool_result spool_end(struct spool_file *file)
{
    if (!complete(file)) {
        enum spool_result result = result_of(errno);
        spool_drop(file);
        return result;
    }
    (void)close(file->fd);
    (void)close(file->day);
    free(file);
    return SPOOL_FINE;
}
