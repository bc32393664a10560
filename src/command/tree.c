#include "command/tree.h"

#include "command/folder.h"
#include "policy/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char list_name[] = ".mta-sts-export";

enum { HOST_ROOM = sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX, STEPS = 2 };

/* The way to a policy: name[i] is looked up in folder[i], and the last one is the file. */
struct way {
    char host[HOST_ROOM];
    const char *name[STEPS + 1];
    int folder[STEPS + 1];
    int step; /* how far it was gone */
};

/* Goes it, with MAKE makes folders that are not there. False with errno where it does not lead to its end. leave() is due. */
static bool enter(const struct tree *tree, const char *domain, bool make, struct way *way)
{
    bool made = tree->made;

    (void)snprintf(way->host, sizeof way->host, DOMAIN_POLICY_HOST_PREFIX "%s", domain);
    way->name[0] = way->host;
    way->name[1] = ".well-known";
    way->name[STEPS] = "mta-sts.txt";
    way->folder[0] = tree->folder;
    for (way->step = 0; way->step < STEPS; way->step++) {
        int at = way->folder[way->step];
        int fd = make ? folder_make(at, way->name[way->step], &made) : folder_open(at, way->name[way->step]);
        if (fd < 0)
            return false;
        way->folder[way->step + 1] = fd;
    }
    return true;
}

static void leave(struct way *way)
{
    for (; way->step > 0; way->step--)
        (void)close(way->folder[way->step]);
}

/* What ERROR means for the others; adds to WHY, which has the path already, what is wrong with NAME in the folder AT. */
static enum tree_result explain(int at, const char *name, bool folder, const char *verb, int error, struct buf *why)
{
    if (folder_print_obstacle(at, name, folder, why))
        return TREE_OBSTRUCTED;
    buf_print(why, ": cannot be %s: %s", verb, strerror(error));
    return error == EACCES || error == EPERM ? TREE_DENIED : TREE_FAILED;
}

static enum tree_result explain_way(const struct tree *tree, const struct way *way, const char *verb, int error, struct buf *why)
{
    buf_print(why, "%s", tree->path);
    for (int i = 0; i <= way->step; i++)
        buf_print(why, "/%s", way->name[i]);
    return explain(way->folder[way->step], way->name[way->step], way->step < STEPS, verb, error, why);
}

static enum tree_result explain_list(const struct tree *tree, const char *verb, int error, struct buf *why)
{
    buf_print(why, "%s/%s", tree->path, list_name);
    return explain(tree->folder, list_name, false, verb, error, why);
}

enum tree_result tree_open(struct tree *tree, const char *path, struct buf *why)
{
    tree->path = path;
    tree->folder = -1;
    tree->made = mkdir(path, 0755) == 0;
    if (tree->made || errno == EEXIST)
        tree->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tree->folder >= 0)
        return TREE_DONE;
    buf_print(why, "%s: cannot be written: %s", path, strerror(errno));
    return TREE_FAILED;
}

enum tree_result tree_write(const struct tree *tree, const char *domain, const char *bytes, size_t len, struct buf *why)
{
    struct way way;
    enum tree_result result = TREE_DONE;

    if (!enter(tree, domain, true, &way) || !folder_write(way.folder[STEPS], way.name[STEPS], bytes, len))
        result = explain_way(tree, &way, "written", errno, why);
    leave(&way);
    return result;
}

enum tree_result tree_remove(const struct tree *tree, const char *domain, struct buf *why)
{
    struct way way;
    enum tree_result result = TREE_DONE;

    bool good = enter(tree, domain, false, &way) ? folder_remove(way.folder[STEPS], way.name[STEPS]) : errno == ENOENT;
    if (!good)
        result = explain_way(tree, &way, "removed", errno, why);
    /* Where somebody else keeps files there, the folders stay. */
    for (int i = way.step; good && i-- > 0;)
        (void)unlinkat(way.folder[i], way.name[i], AT_REMOVEDIR);
    leave(&way);
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
