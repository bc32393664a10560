/* The policies as static files: FOLDER/<policy host>/.well-known/mta-sts.txt, and the list of what export wrote. */
#ifndef COMMAND_EXPORT_TREE_H
#define COMMAND_EXPORT_TREE_H

#include "base/buf.h"
#include "command/export/site.h"

#include <stdbool.h>
#include <stddef.h>

struct tree {
    const char *path; /* as the user wrote it */
    int folder;
    bool made;               /* just now */
    const struct site *site; /* whose files are written beside each policy; or NULL, as tree_open() sets it */
};

enum tree_result {
    TREE_DONE,
    TREE_OBSTRUCTED, /* something else has the name of this file or of one of its folders; others can be written */
    TREE_DENIED,     /* no permission for this file; others can be written */
    TREE_FAILED      /* others will fail, too */
};

/*
 * Opens the folder PATH, which may be a symbolic link; makes it if it is not there. tree_close() is due, whatever the result.
 * Here and below: where the result is not TREE_DONE, "path: what is wrong" is added to WHY.
 */
enum tree_result tree_open(struct tree *tree, const char *path, struct buf *why);

/* Writes the policy of DOMAIN, LEN bytes, whole or not at all, and makes its folders; and the files of SITE. */
enum tree_result tree_write(const struct tree *tree, const char *domain, const char *bytes, size_t len, struct buf *why);

/* Removes it, the files of all kinds of sites, and its folders where nothing else is in them. */
enum tree_result tree_remove(const struct tree *tree, const char *domain, struct buf *why);

/* Adds the list of what an earlier export wrote to LIST: a policy host a line; nothing where there is no list. */
enum tree_result tree_read_list(const struct tree *tree, struct buf *list, struct buf *why);

/* Replaces that list. */
enum tree_result tree_write_list(const struct tree *tree, const struct buf *list, struct buf *why);

void tree_close(const struct tree *tree);

#endif
