#include "reports/take/walk.h"

#include "base/buf.h"
#include "reports/take/content.h"
#include "reports/take/sink.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    const struct take_sink *sink; /* NULL: the sizes are added up, and nothing is read */
    struct buf path;              /* of what is read now, as the user wrote it */
    unsigned depth;
    size_t size;
    bool failed;     /* memory ran out */
    bool incomplete; /* something could not be read */
};

static void refuse(struct walk *w, const char *what, int error)
{
    struct buf why = { 0 };

    buf_print(&why, error != 0 ? "%s: %s" : "%s", what, strerror(error));
    w->incomplete = true;
    if (w->sink != NULL && !why.failed)
        w->sink->refuse(w->sink->to, w->path.text, why.text);
    buf_free(&why);
}

/* --- folders --- */

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static bool is_own(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The names in FOLDER, sorted: *COUNT pointers into NAMES. The caller frees both. NULL if memory runs out. */
static char **list_names(DIR *folder, struct buf *names, size_t *count)
{
    const struct dirent *entry;
    size_t n = 0;

    while ((entry = readdir(folder)) != NULL) { /* NOLINT(concurrency-mt-unsafe): each folder has its own stream */
        if (is_own(entry->d_name))
            continue;
        buf_add(names, entry->d_name, strlen(entry->d_name) + 1);
        n++;
    }
    char **list = names->failed ? NULL : calloc(n + 1, sizeof *list), *at = names->text;
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++, at += strlen(at) + 1)
        list[i] = at;
    qsort((void *)list, n, sizeof *list, by_name);
    *count = n;
    return list;
}

static bool has_name(char *const *list, size_t count, const char *name)
{
    return bsearch(&name, (const void *)list, count, sizeof *list, by_name) != NULL;
}

static void walk_folder(struct walk *w, int fd);

/* Visits NAME in the folder AT. */
static void visit(struct walk *w, int at, const char *name)
{
    struct stat st;
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0 && errno != ELOOP && errno != ENOENT && errno != ENXIO)
        refuse(w, "cannot be read", errno);
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        walk_folder(w, fd);
        return;
    }
    if (S_ISREG(st.st_mode) && w->sink != NULL)
        w->incomplete |= !content_read(w->sink, fd, w->path.text, false);
    else if (S_ISREG(st.st_mode))
        w->size += (size_t)st.st_size;
    (void)close(fd);
}

static bool is_over(const struct walk *w)
{
    return w->failed || (w->sink != NULL && w->sink->stops(w->sink->to));
}

static void visit_all(struct walk *w, DIR *folder, int at)
{
    struct buf names = { 0 };
    size_t count = 0, len = w->path.len;
    char **list = list_names(folder, &names, &count);
    bool maildir = list != NULL && has_name(list, count, "cur") && has_name(list, count, "new");

    w->failed |= list == NULL;
    for (size_t i = 0; list != NULL && i < count && !is_over(w); i++) {
        if (maildir && strcmp(list[i], "tmp") == 0)
            continue;
        buf_print(&w->path, "%s%s", len > 0 && w->path.text[len - 1] == '/' ? "" : "/", list[i]);
        w->failed |= w->path.failed;
        if (!w->failed)
            visit(w, at, list[i]);
        w->path.len = len;
    }
    if (w->path.text != NULL)
        w->path.text[len] = '\0';
    free((void *)list);
    buf_free(&names);
}

/* Visits all that is in the folder FD, which is closed. */
static void walk_folder(struct walk *w, int fd)
{
    DIR *folder = w->depth < WALK_DEPTH_MAX ? fdopendir(fd) : NULL;

    if (folder == NULL) {
        refuse(w, w->depth < WALK_DEPTH_MAX ? "cannot be read" : "is too deep below the folder that you named; name it itself",
               w->depth < WALK_DEPTH_MAX ? errno : 0);
        (void)close(fd);
        return;
    }
    w->depth++;
    visit_all(w, folder, fd);
    w->depth--;
    (void)closedir(folder);
}

/* --- paths --- */

/* Reads FD, what the user named, and closes it. */
static void walk_named(struct walk *w, int fd)
{
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0) {
        refuse(w, "cannot be read", errno);
        return;
    }
    if (S_ISDIR(st.st_mode)) {
        walk_folder(w, fd);
        return;
    }
    if (w->sink != NULL)
        w->incomplete |= !content_read(w->sink, fd, w->path.text, true);
    else if (S_ISREG(st.st_mode))
        w->size += (size_t)st.st_size;
    (void)close(fd);
}

static bool walk(struct walk *w, const char *path)
{
    bool is_input = strcmp(path, "-") == 0;

    buf_print(&w->path, "%s", is_input ? "standard input" : path);
    w->failed = w->path.failed;
    if (!w->failed && (!is_input || w->sink != NULL))
        walk_named(w, is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (w->failed && w->sink != NULL)
        w->sink->refuse(w->sink->to, path, "cannot be read: out of memory");
    buf_free(&w->path);
    return !w->failed && !w->incomplete;
}

bool walk_path(const struct take_sink *sink, const char *path)
{
    struct walk w = { .sink = sink };

    return walk(&w, path);
}

size_t walk_size(const char *path)
{
    struct walk w = { 0 };

    (void)walk(&w, path);
    return w.size;
}
