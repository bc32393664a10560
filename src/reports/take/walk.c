#include "reports/take/walk.h"

#include "base/buf.h"
#include "base/folder.h"
#include "reports/take/content.h"
#include "reports/take/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    const struct take_sink *sink; /* NULL: the sizes are added up, and nothing is read */
    struct folder folder;
    size_t size;
    bool incomplete; /* something could not be read */
};

static void refuse(void *to, const char *what, int error)
{
    struct walk *w = to;
    struct buf why = { 0 };

    buf_print(&why, error != 0 ? "%s: %s" : "%s", what, strerror(error));
    if (error == EACCES)
        buf_print(&why, "; run this as its owner, or as a member of its group");
    w->incomplete = true;
    if (w->sink != NULL && !why.failed)
        w->sink->refuse(w->sink->to, w->folder.path.text, why.text);
    buf_free(&why);
}

/* --- folders --- */

bool walk_is_part(const char *name)
{
    size_t len = strlen(name), begin = strlen(WALK_PART_BEGIN), end = strlen(WALK_PART_END);

    return len > begin + end && strncmp(name, WALK_PART_BEGIN, begin) == 0 && strcmp(name + len - end, WALK_PART_END) == 0;
}

/* Mails in the tmp of a Maildir are incomplete. */
static bool wants(const struct folder_names *names, const char *name)
{
    if (walk_is_part(name))
        return false;
    return strcmp(name, "tmp") != 0 || !folder_has(names, "cur") || !folder_has(names, "new");
}

static void visit(void *to, int at, const char *name)
{
    struct walk *w = to;
    struct stat st;
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0 && errno != ELOOP && errno != ENOENT && errno != ENXIO)
        refuse(w, "cannot be read", errno);
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        folder_walk(&w->folder, fd);
        return;
    }
    if (S_ISREG(st.st_mode) && w->sink != NULL)
        w->incomplete |= !content_read(w->sink, fd, w->folder.path.text, false);
    else if (S_ISREG(st.st_mode))
        w->size += (size_t)st.st_size;
    (void)close(fd);
}

static bool stops(void *to)
{
    const struct walk *w = to;

    return w->sink != NULL && w->sink->stops(w->sink->to);
}

static const struct folder_visitor visitor = { wants, visit, refuse, stops };

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
        folder_walk(&w->folder, fd);
        return;
    }
    if (w->sink != NULL)
        w->incomplete |= !content_read(w->sink, fd, w->folder.path.text, true);
    else if (S_ISREG(st.st_mode))
        w->size += (size_t)st.st_size;
    (void)close(fd);
}

static bool walk(struct walk *w, const char *path)
{
    bool is_input = strcmp(path, "-") == 0;

    w->folder.visitor = &visitor;
    w->folder.to = w;
    buf_print(&w->folder.path, "%s", is_input ? "standard input" : path);
    w->folder.failed = w->folder.path.failed;
    if (!w->folder.failed && (!is_input || w->sink != NULL))
        walk_named(w, is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (w->folder.failed && w->sink != NULL)
        w->sink->refuse(w->sink->to, path, "cannot be read: out of memory");
    buf_free(&w->folder.path);
    return !w->folder.failed && !w->incomplete;
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
