#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TAKEN_MS = 1100, STEP_MS = 20, WAIT_MS = 10000 };

static const char *const texts[FILE_TROUBLES] = {
    [FILE_FINE] = "is fine",
    [FILE_CHANGED] = "changed while it was read; try again",
    [FILE_SYSTEM] = "cannot be read: ",
    [FILE_KIND] = "is no regular file; give the name of the INI file itself",
    [FILE_EMPTY] = "holds no section; write at least [example.org] with your domain, and mx = below it",
    [FILE_UTF16] = "is UTF-16; save it as UTF-8",
    [FILE_LARGE] = "is too large; split it, 4 GiB are the most",
    [FILE_BUSY] = "is written to all the time, and is not read; write it elsewhere and rename it into place",
};

void file_print_trouble(const char *file, enum file_trouble trouble, int error, struct buf *out)
{
    buf_print(out, "%s: %s%s", file, texts[trouble], trouble == FILE_SYSTEM ? strerror(error) : "");
    if (trouble == FILE_SYSTEM && error == EACCES)
        buf_print(out, "; the user with the id %ld has to be able to read it; where its folder was replaced, restart mta-sts",
                  (long)geteuid());
}

void file_stamp(const struct stat *st, struct file_stamp *stamp)
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
        return FILE_KIND;
    if ((uintmax_t)st->st_size >= UINT32_MAX)
        return FILE_LARGE;
    return st->st_size == 0 ? FILE_EMPTY : FILE_FINE;
}

/* SIZE bytes of FD and then its end: FILE_CHANGED where that is not what is there. */
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

static enum file_trouble read_open(int fd, char **text, size_t *size, struct file_stamp *stamp)
{
    struct stat st;
    struct file_stamp after;

    if (fstat(fd, &st) != 0)
        return FILE_SYSTEM;
    file_stamp(&st, stamp);
    enum file_trouble trouble = trouble_of(&st);
    if (trouble != FILE_FINE)
        return trouble;
    *size = (size_t)st.st_size;
    *text = malloc(*size + 1);
    if (*text == NULL)
        return FILE_SYSTEM;
    trouble = read_whole(fd, *text, *size);
    if (trouble != FILE_FINE)
        return trouble;
    if (fstat(fd, &st) != 0)
        return FILE_SYSTEM;
    file_stamp(&st, &after);
    if (!file_same(stamp, &after))
        return FILE_CHANGED;
    return *size >= 2 && (memcmp(*text, "\xFF\xFE", 2) == 0 || memcmp(*text, "\xFE\xFF", 2) == 0) ? FILE_UTF16 : FILE_FINE;
}

char *file_read(const char *file, size_t *size, struct file_stamp *stamp, enum file_trouble *trouble)
{
    char *text = NULL;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *trouble = FILE_SYSTEM;
    if (fd < 0)
        return NULL;
    *trouble = read_open(fd, &text, size, stamp);
    int error = errno;
    (void)close(fd);
    if (*trouble != FILE_FINE) {
        free(text);
        text = NULL;
    }
    errno = error;
    return text;
}

/* In milliseconds; below 0 for a time in the future. */
static int64_t age(const struct timespec *now, const struct timespec *time)
{
    return (int64_t)(now->tv_sec - time->tv_sec) * 1000 + (now->tv_nsec - time->tv_nsec) / 1000000;
}

static bool is_recent(int64_t ms)
{
    return ms >= 0 && ms <= TAKEN_MS; /* a time in the future tells nothing */
}

enum file_trouble file_wait(const char *file)
{
    const struct timespec step = { 0, STEP_MS * 1000000L };
    struct timespec now;
    struct stat st;

    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        if (stat(file, &st) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0)
            return FILE_FINE;
        if (!is_recent(age(&now, &st.st_mtim)) && !is_recent(age(&now, &st.st_ctim)))
            return FILE_FINE;
        (void)nanosleep(&step, NULL);
    }
    return FILE_BUSY;
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
