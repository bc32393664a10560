#include "base/folder.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static bool is_own(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Fills NAMES with pointers into TEXT. The caller frees the list and TEXT. False if memory runs out. */
static bool list_names(DIR *stream, struct buf *text, struct folder_names *names)
{
    const struct dirent *entry;
    size_t n = 0;

    while ((entry = readdir(stream)) != NULL) { /* NOLINT(concurrency-mt-unsafe): each folder has its own stream */
        if (is_own(entry->d_name))
            continue;
        buf_add(text, entry->d_name, strlen(entry->d_name) + 1);
        n++;
    }
    names->list = text->failed ? NULL : calloc(n + 1, sizeof *names->list);
    if (names->list == NULL)
        return false;
    char *at = text->text;
    for (; names->count < n; names->count++, at += strlen(at) + 1)
        names->list[names->count] = at;
    qsort((void *)names->list, n, sizeof *names->list, by_name);
    return true;
}

bool folder_has(const struct folder_names *names, const char *name)
{
    return bsearch(&name, (const void *)names->list, names->count, sizeof *names->list, by_name) != NULL;
}

static void visit(struct folder *folder, int at, const char *name)
{
    size_t len = folder->path.len;

    buf_print(&folder->path, "%s%s", len > 0 && folder->path.text[len - 1] == '/' ? "" : "/", name);
    folder->failed |= folder->path.failed;
    if (!folder->failed)
        folder->visitor->visit(folder->to, at, name);
    folder->path.len = len;
    folder->path.text[len] = '\0';
}

static void visit_all(struct folder *folder, DIR *stream)
{
    const struct folder_visitor *visitor = folder->visitor;
    struct folder_names names = { 0 };
    struct buf text = { 0 };

    folder->failed |= !list_names(stream, &text, &names);
    for (size_t i = 0; i < names.count && !folder->failed && !visitor->stops(folder->to); i++)
        if (visitor->wants(&names, names.list[i]))
            visit(folder, dirfd(stream), names.list[i]);
    free((void *)names.list);
    buf_free(&text);
}

void folder_walk(struct folder *folder, int fd)
{
    bool too_deep = folder->depth >= FOLDER_DEPTH_MAX;
    DIR *stream = too_deep ? NULL : fdopendir(fd);

    if (stream == NULL) {
        folder->visitor->refuse(folder->to,
                                too_deep ? "is too deep below the folder that you named; name it itself" : "cannot be read",
                                too_deep ? 0 : errno);
        (void)close(fd);
        return;
    }
    folder->depth++;
    visit_all(folder, stream);
    folder->depth--;
    (void)closedir(stream);
}
