#include "command/export/tree.h"

#include "base/buf.h"
#include "command/export/folder.h"
#include "command/export/site.h"
#include "policy/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char list_name[] = ".mta-sts-export";

enum { HOST_ROOM = sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX, STEPS = 2 };

/* The path to a policy: NAME[i] is in FOLDER[i], and the last name is the file. */
struct path {
    char host[HOST_ROOM];
    const char *name[STEPS + 1];
    int folder[STEPS + 1];
    int step; /* how many folders are open */
};

/* Opens the folders; with MAKE, makes those that are missing. False with errno. close_path() is due, whatever the result. */
static bool open_path(const struct tree *tree, const char *domain, bool make, struct path *path)
{
    bool made = tree->made;

    (void)snprintf(path->host, sizeof path->host, DOMAIN_POLICY_HOST_PREFIX "%s", domain);
    path->name[0] = path->host;
    path->name[1] = ".well-known";
    path->name[STEPS] = "mta-sts.txt";
    path->folder[0] = tree->folder;
    for (path->step = 0; path->step < STEPS; path->step++) {
        int at = path->folder[path->step];
        int fd = make ? folder_make(at, path->name[path->step], &made) : folder_open(at, path->name[path->step]);
        if (fd < 0)
            return false;
        path->folder[path->step + 1] = fd;
    }
    return true;
}

static void close_path(struct path *path)
{
    for (; path->step > 0; path->step--)
        (void)close(path->folder[path->step]);
}

/* Adds to WHY, behind the path, what is wrong with NAME in the folder AT. Returns what ERROR means for other files. */
static enum tree_result explain(int at, const char *name, bool folder, const char *verb, int error, struct buf *why)
{
    if (folder_print_obstacle(at, name, folder, why))
        return TREE_OBSTRUCTED;
    buf_print(why, ": cannot be %s: %s", verb, strerror(error));
    return error == EACCES || error == EPERM ? TREE_DENIED : TREE_FAILED;
}

static enum tree_result explain_path(const struct tree *tree, const struct path *path, const char *verb, int error,
                                     struct buf *why)
{
    buf_print(why, "%s", tree->path);
    for (int i = 0; i <= path->step; i++)
        buf_print(why, "/%s", path->name[i]);
    return explain(path->folder[path->step], path->name[path->step], path->step < STEPS, verb, error, why);
}

static enum tree_result explain_list(const struct tree *tree, const char *verb, int error, struct buf *why)
{
    buf_print(why, "%s/%s", tree->path, list_name);
    return explain(tree->folder, list_name, false, verb, error, why);
}

enum tree_result tree_open(struct tree *tree, const char *path, struct buf *why)
{
    tree->path = path;
    tree->site = NULL;
    tree->folder = folder_reach(path, &tree->made, why);
    return tree->folder >= 0 ? TREE_DONE : TREE_FAILED;
}

/* Writes the files of the site into the folder of the policy host. */
static enum tree_result write_site(const struct tree *tree, const struct path *path, struct buf *why)
{
    const char *name;

    if (tree->site == NULL || site_write(tree->site, path->folder[1], path->host, &name))
        return TREE_DONE;
    int error = errno;
    buf_print(why, "%s/%s/%s", tree->path, path->host, name);
    return explain(path->folder[1], name, false, "written", error, why);
}

enum tree_result tree_write(const struct tree *tree, const char *domain, const char *bytes, size_t len, struct buf *why)
{
    struct path path;
    enum tree_result result;

    if (open_path(tree, domain, true, &path) && folder_write(path.folder[STEPS], path.name[STEPS], bytes, len))
        result = write_site(tree, &path, why);
    else
        result = explain_path(tree, &path, "written", errno, why);
    close_path(&path);
    return result;
}

enum tree_result tree_remove(const struct tree *tree, const char *domain, struct buf *why)
{
    struct path path;
    enum tree_result result = TREE_DONE;

    bool good = open_path(tree, domain, false, &path) ? folder_remove(path.folder[STEPS], path.name[STEPS]) : errno == ENOENT;
    if (!good)
        result = explain_path(tree, &path, "removed", errno, why);
    if (good && path.step > 0)
        site_remove(path.folder[1], path.host);
    /* A folder with other files in it stays. */
    for (int i = path.step; good && i-- > 0;)
        (void)unlinkat(path.folder[i], path.name[i], AT_REMOVEDIR);
    close_path(&path);
    return result;
}

enum tree_result tree_read_list(const struct tree *tree, struct buf *list, struct buf *why)
{
    return folder_read(tree->folder, list_name, list) ? TREE_DONE : explain_list(tree, "read", errno, why);
}

enum tree_result tree_write_list(const struct tree *tree, const struct buf *list, struct buf *why)
{
    bool good = folder_write(tree->folder, list_name, list->text != NULL ? list->text : "", list->len);

    return good ? TREE_DONE : explain_list(tree, "written", errno, why);
}

void tree_close(const struct tree *tree)
{
    if (tree->folder >= 0)
        (void)close(tree->folder);
}
