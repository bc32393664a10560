/* For madvise(). */
#define _DEFAULT_SOURCE // NOLINT(bugprone-reserved-identifier)
#include "base/file.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SETTLED_MS = 1100,
    CHECKED_BYTES_A_MS = 5000,
    FUTURE_MS = 2200,
    LINKS_MAX = 8,
    STEP_MS = 20,
    WAIT_MS = 10000,
    LARGE_BYTES = 4 << 20,
    HUGE_BYTES = 2 << 20,
    SMALL_BYTES = 65536
};

static const char *const texts[FILE_TROUBLES] = {
    [FILE_FINE] = "is fine",
    [FILE_CHANGED] = "changed while it was read; try again",
    [FILE_SYSTEM] = "cannot be read: ",
    [FILE_FOLDER] = "is a folder; give the name of the INI file in it",
    [FILE_KIND] = "is not a regular file; give the name of the INI file itself",
    [FILE_EMPTY] = "contains no section; write at least [example.org] with your domain, and mx = below it",
    [FILE_NO_DOMAINS] = "names no domain; write at least one, as in [example.org], or mode = none to leave",
    [FILE_ONLY_CR] = "has CR alone as line ends; save it with LF (Unix) or CRLF (Windows)",
    [FILE_UTF16] = "is UTF-16; save it as UTF-8",
    [FILE_LARGE] = "is too large; split it, the limit is 4 GiB",
    [FILE_BUSY] = "keeps changing, and was not read; write it elsewhere and rename it into place",
};

void file_print_trouble(const char *file, enum file_trouble trouble, int error, struct buf *out)
{
    buf_print(out, "%s: %s%s", file, texts[trouble], trouble == FILE_SYSTEM ? strerror(error) : "");
    if (trouble == FILE_SYSTEM && error == EACCES)
        buf_print(out, "; let user id %ld read it (chmod 644); if its folder was replaced, restart mta-sts", (long)geteuid());
}

static void take_stamp(const struct stat *st, struct file_stamp *stamp)
{
    *stamp = (struct file_stamp) { st->st_dev, st->st_ino, st->st_size, st->st_mtim, st->st_ctim };
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool file_same(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && same_time(&a->modified, &b->modified) &&
           same_time(&a->changed, &b->changed);
}

static enum file_trouble trouble_of(const struct stat *st)
{
    if (!S_ISREG(st->st_mode))
        return S_ISDIR(st->st_mode) ? FILE_FOLDER : FILE_KIND;
    if ((uintmax_t)st->st_size >= UINT32_MAX)
        return FILE_LARGE;
    return st->st_size == 0 ? FILE_EMPTY : FILE_FINE;
}

static enum file_trouble trouble_in(const char *text, size_t size)
{
    if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return FILE_UTF16;
    return memchr(text, '\n', size) == NULL && memchr(text, '\r', size) != NULL ? FILE_ONLY_CR : FILE_FINE;
}

/* Reads FD to its end. FILE_CHANGED if it does not have exactly SIZE bytes. */
static enum file_trouble read_whole(int fd, char *text, size_t size)
{
    size_t got = 0;

    while (got <= size) {
        ssize_t n = read(fd, text + got, size + 1 - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FILE_SYSTEM;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return got == size ? FILE_FINE : FILE_CHANGED;
}

/* Allocates SIZE bytes. Huge pages halve the time that it takes to read a large file. */
static char *make_room(size_t size)
{
    if (size < LARGE_BYTES)
        return malloc(size);
    size_t whole = (size + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
    char *room = aligned_alloc(HUGE_BYTES, whole);
#ifdef MADV_HUGEPAGE
    if (room != NULL)
        (void)madvise(room, whole, MADV_HUGEPAGE);
#endif
    return room;
}

static enum file_trouble read_open(int fd, const struct file_stamp *stamp, char **text, size_t *size)
{
    struct stat st;
    struct file_stamp now;

    if (fstat(fd, &st) != 0)
        return FILE_SYSTEM;
    enum file_trouble trouble = trouble_of(&st);
    if (trouble != FILE_FINE)
        return trouble;
    *size = (size_t)st.st_size;
    *text = make_room(*size + 1);
    /* A small file is read with what little is left: it may be the mended one. */
    if (*text == NULL || (*size > SMALL_BYTES && !memory_is_left())) {
        errno = ENOMEM;
        return FILE_SYSTEM;
    }
    trouble = read_whole(fd, *text, *size);
    if (trouble != FILE_FINE)
        return trouble;
    if (fstat(fd, &st) != 0)
        return FILE_SYSTEM;
    take_stamp(&st, &now);
    return file_same(stamp, &now) ? trouble_in(*text, *size) : FILE_CHANGED;
}

char *file_read_open(int fd, const struct file_stamp *stamp, size_t *size, enum file_trouble *trouble)
{
    char *text = NULL;

    *trouble = read_open(fd, stamp, &text, size);
    int error = errno;
    if (*trouble != FILE_FINE) {
        free(text);
        text = NULL;
    }
    errno = error;
    return text;
}

int file_open(const char *file, struct file_stamp *stamp, enum file_trouble *trouble)
{
    struct stat st;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *trouble = FILE_SYSTEM;
    if (fd >= 0 && fstat(fd, &st) == 0) {
        take_stamp(&st, stamp);
        return fd;
    }
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    /* open() fails for a folder under Landlock, and always for a socket: find out if it is one of these. */
    if ((error == EACCES || error == ENXIO) && stat(file, &st) == 0 && !S_ISREG(st.st_mode))
        *trouble = trouble_of(&st);
    errno = error;
    return -1;
}

char *file_read(const char *file, size_t *size, enum file_trouble *trouble)
{
    struct file_stamp stamp;
    int fd = file_open(file, &stamp, trouble);

    if (fd < 0)
        return NULL;
    char *text = file_read_open(fd, &stamp, size, trouble);
    int error = errno;
    (void)close(fd);
    errno = error;
    return text;
}

int64_t file_age(const struct timespec *time)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
    return (int64_t)(now.tv_sec - time->tv_sec) * 1000 + (now.tv_nsec - time->tv_nsec) / 1000000;
}

/* Returns the milliseconds from a file's last change until a program that serves it has read and checked it. */
static int64_t settled_after(const struct stat *st)
{
    return SETTLED_MS + (int64_t)st->st_size / CHECKED_BYTES_A_MS;
}

static bool changed_now(const struct stat *st)
{
    int64_t age = file_age(&st->st_ctim);

    return age >= 0 && age <= SETTLED_MS;
}

static bool path_changed(const char *path, int links);

/* path_changed() for the path that the symbolic link PATH points to. */
static bool target_changed(const char *path, int links)
{
    char target[PATH_MAX], whole[2 * PATH_MAX];
    const char *slash = strrchr(path, '/');
    ssize_t n = readlink(path, target, sizeof target - 1);

    if (n < 0 || links <= 0)
        return false;
    target[n] = '\0';
    int folder = target[0] == '/' || slash == NULL ? 0 : (int)(slash - path + 1);
    (void)snprintf(whole, sizeof whole, "%.*s%s", folder, path, target);
    return path_changed(whole, links - 1);
}

/*
 * True if a folder or a symbolic link in PATH changed within the last SETTLED_MS. PATH may then be another file with old times: a
 * link may point elsewhere, or a folder may have been renamed. At most LINKS links are followed.
 */
static bool path_changed(const char *path, int links)
{
    char part[2 * PATH_MAX];
    struct stat st;

    for (size_t at = 1; at == 1 || path[at - 1] != '\0'; at++) {
        if (path[at] != '/' && path[at] != '\0')
            continue;
        (void)snprintf(part, sizeof part, "%.*s", (int)at, path);
        if (lstat(part, &st) == 0 && !S_ISREG(st.st_mode) && changed_now(&st))
            return true;
        if (lstat(part, &st) == 0 && S_ISLNK(st.st_mode) && target_changed(part, links))
            return true;
        if (path[at] == '\0')
            break;
    }
    return false;
}

/* A state of the file, and when it was first seen (clock_ms()). This replaces the file's own times if they are in the future. */
struct unchanged {
    struct file_stamp stamp;
    int64_t since;
};

static bool is_settled(const struct stat *st, struct unchanged *unchanged)
{
    int64_t modified = file_age(&st->st_mtim), changed = file_age(&st->st_ctim), now = clock_ms();
    struct file_stamp stamp;

    take_stamp(st, &stamp);
    if (unchanged->since == 0 || !file_same(&stamp, &unchanged->stamp))
        *unchanged = (struct unchanged) { stamp, now };
    if (modified < 0 || changed < 0)
        return now - unchanged->since >= FUTURE_MS + settled_after(st) - SETTLED_MS;
    return modified > settled_after(st) && changed > settled_after(st);
}

enum file_trouble file_wait(const char *file)
{
    const struct timespec step = { 0, STEP_MS * 1000000L };
    struct unchanged unchanged = { .since = 0 };
    struct stat st;
    int64_t begin = clock_ms();
    /* Checked only once: any new file in a folder changes the folder's time, and could prolong the wait for ever. */
    bool moved = file[0] != '\0' && path_changed(file, LINKS_MAX);

    for (;;) {
        if (stat(file, &st) != 0)
            return FILE_FINE;
        if (is_settled(&st, &unchanged) && (!moved || clock_ms() - begin > settled_after(&st)))
            return FILE_FINE;
        if (clock_ms() - begin >= WAIT_MS + settled_after(&st))
            return FILE_BUSY;
        (void)nanosleep(&step, NULL);
    }
}

bool file_write(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

bool file_is_added_to(int fd)
{
    struct stat st;
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && (flags & O_APPEND) != 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}
