/* For realpath(). */
#define _XOPEN_SOURCE 700 // NOLINT(bugprone-reserved-identifier)

#include "command/import/input.h"

#include "base/buf.h"
#include "import/name.h"
#include "policy/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { PIECE = 65536, CNAME_SIZE = 512 };

static const char well_known[] = ".well-known";
static const char too_large[] = "is over 64 MB: too large for a Worker or a configuration";

bool input_read(int fd, size_t most, struct buf *content, const char **why)
{
    char bytes[PIECE];
    size_t left = most;

    *why = "cannot be read";
    while (left > 0) {
        ssize_t n = read(fd, bytes, left < sizeof bytes ? left : sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        buf_add(content, bytes, (size_t)n);
        left -= (size_t)n;
    }
    errno = 0;
    *why = too_large;
    return most != INPUT_ANY || left > 0;
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "is a folder"
           : S_ISFIFO(mode) ? "is a FIFO; read it with \"mta-sts import - <FILE\""
           : S_ISSOCK(mode) ? "is a socket; name a file"
                            : "is a device; name a file";
}

bool input_read_file(int at, const char *name, size_t most, struct buf *content, const char **why)
{
    struct stat st;

    *why = "cannot be read";
    if (fstatat(at, name, &st, 0) != 0)
        return false;
    int fd = S_ISREG(st.st_mode) ? openat(at, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
    if (fd < 0 && S_ISREG(st.st_mode))
        return false;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            (void)close(fd);
        errno = 0;
        *why = kind_of(st.st_mode);
        return false;
    }
    bool good = most != INPUT_ANY || st.st_size <= (off_t)INPUT_ANY;
    if (good)
        good = input_read(fd, most, content, why);
    else
        *why = too_large;
    int error = good || *why != too_large ? errno : 0;
    (void)close(fd);
    errno = error;
    return good;
}

/* Reads the name in the file CNAME of the site whose policy is in the folder AT. */
static bool read_cname(int at, bool is_below, char domain[DOMAIN_MAX + 1])
{
    char text[CNAME_SIZE];
    struct stat st;
    int fd = openat(at, is_below ? "../CNAME" : "CNAME", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return false;
    ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, text, sizeof text) : -1;
    (void)close(fd);
    for (ssize_t i = 0; i < n; i++)
        if (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t')
            n = i;
    return n > 0 && import_name_is_host(text, (size_t)n) && import_name(text, (size_t)n, domain);
}

/* Returns the folder of PATH, or NULL if memory runs out. The caller frees it. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}

/* Finds the domain in the folder's path without symbolic links. */
static bool domain_of_real(const char *folder, char domain[DOMAIN_MAX + 1], bool *failed)
{
    char *real = realpath(folder, NULL);
    struct buf path = { 0 };

    if (real != NULL)
        buf_print(&path, "%s/mta-sts.txt", real);
    *failed |= path.failed || (real == NULL && errno == ENOMEM);
    bool found = !path.failed && path.text != NULL && import_name_from_path(path.text, domain);
    free(real);
    buf_free(&path);
    return found;
}

/* Is FOLDER named .well-known, with or without a slash at its end? */
static bool is_well_known(const char *folder)
{
    const size_t n = sizeof well_known - 1;
    size_t len = strlen(folder);

    while (len > 1 && folder[len - 1] == '/')
        len--;
    return len >= n && memcmp(folder + len - n, well_known, n) == 0 && (len == n || folder[len - n - 1] == '/');
}

bool input_domain(const char *path, char domain[DOMAIN_MAX + 1], bool *failed)
{
    char *folder = folder_of(path);

    domain[0] = '\0';
    if (folder == NULL) {
        *failed = true;
        return false;
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool found = fd >= 0 && read_cname(fd, is_well_known(folder), domain);

    domain[0] = found ? domain[0] : '\0';
    found = found || import_name_from_path(path, domain) || domain_of_real(folder, domain, failed);
    if (fd >= 0)
        (void)close(fd);
    free(folder);
    return found;
}
