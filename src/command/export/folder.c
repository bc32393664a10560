/* For O_PATH: a folder that is only looked up in costs less, and need not be readable. */
#define _GNU_SOURCE // NOLINT(bugprone-reserved-identifier)

#include "command/export/folder.h"

#include "base/buf.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE_FILE = 0644, MODE_FOLDER = 0755, TRIES = 100, NEW_NAME = 64 };

#ifdef O_PATH
enum { FOLDER_ACCESS = O_PATH };
#else
enum { FOLDER_ACCESS = O_RDONLY };
#endif

int folder_reach(const char *path, bool *made, struct buf *why)
{
    *made = mkdir(path, MODE_FOLDER) == 0;
    int fd = *made || errno == EEXIST ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0)
        buf_print(why, "%s: cannot be written: %s", path, strerror(errno));
    return fd;
}

int folder_open(int at, const char *name)
{
    return openat(at, name, FOLDER_ACCESS | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int folder_make(int at, const char *name, bool *made)
{
    int fd = *made ? -1 : folder_open(at, name);

    if (!*made && (fd >= 0 || errno != ENOENT))
        return fd;
    *made = mkdirat(at, name, MODE_FOLDER) == 0;
    return *made || errno == EEXIST ? folder_open(at, name) : -1;
}

/* May NAME be written: is it a regular file, or not there? False with errno. */
static bool is_free(int at, const char *name)
{
    struct stat st;

    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    errno = EEXIST;
    return S_ISREG(st.st_mode);
}

/* A new file, and its name. A name that exists may be a killed run's, or a trap: the next one is tried. -1 with errno. */
static int create(int at, char name[NEW_NAME])
{
    int fd = -1;

    errno = EEXIST;
    for (int i = 0; i < TRIES && fd < 0 && errno == EEXIST; i++) {
        (void)snprintf(name, NEW_NAME, ".mta-sts.%ld.%d.tmp", (long)getpid(), i);
        fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE_FILE);
    }
    return fd;
}

bool folder_write(int at, const char *name, const char *bytes, size_t len)
{
    char new_name[NEW_NAME];

    if (!is_free(at, name))
        return false;
    int fd = create(at, new_name);
    if (fd < 0)
        return false;
    bool good = file_write(fd, bytes, len);
    int error = errno;
    if (close(fd) != 0 && good) {
        good = false;
        error = errno;
    }
    if (good && renameat(at, new_name, at, name) != 0) {
        good = false;
        error = errno;
    }
    if (!good)
        (void)unlinkat(at, new_name, 0);
    errno = error;
    return good;
}

/* Opens the file NAME. -1 with errno. A FIFO without a writer would be waited for, a symbolic link followed. */
static int open_file(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static bool read_all(int fd, struct buf *out)
{
    char bytes[4096];
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) != 0)
        return false;
    errno = EEXIST;
    if (!S_ISREG(st.st_mode))
        return false;
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        buf_add(out, bytes, (size_t)n);
    return n == 0;
}

bool folder_read(int at, const char *name, struct buf *out)
{
    int fd = open_file(at, name);

    if (fd < 0)
        return errno == ENOENT;
    bool good = read_all(fd, out);
    int error = errno;
    (void)close(fd);
    errno = error;
    return good;
}

bool folder_has_other(int at, const char *name, const char *begin, size_t len)
{
    char bytes[512];
    struct stat st;
    int fd = open_file(at, name);

    if (fd < 0)
        return false;
    if (len > sizeof bytes)
        len = sizeof bytes;
    ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, bytes, len) : 0;
    (void)close(fd);
    return n != 0 && (n != (ssize_t)len || memcmp(bytes, begin, len) != 0);
}

bool folder_remove(int at, const char *name)
{
    return is_free(at, name) && (unlinkat(at, name, 0) == 0 || errno == ENOENT);
}

static const char *obstacle(mode_t mode)
{
    return S_ISLNK(mode)    ? "is a symbolic link; remove it, or export elsewhere"
           : S_ISDIR(mode)  ? "is a folder; remove it, or export elsewhere"
           : S_ISREG(mode)  ? "is a file; remove it, or export elsewhere"
           : S_ISFIFO(mode) ? "is a FIFO; remove it, or export elsewhere"
           : S_ISSOCK(mode) ? "is a socket; remove it, or export elsewhere"
                            : "is a device; export elsewhere";
}

bool folder_print_obstacle(int at, const char *name, bool folder, struct buf *out)
{
    struct stat st;

    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || (folder ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode)))
        return false;
    buf_print(out, ": %s", obstacle(st.st_mode));
    return true;
}
