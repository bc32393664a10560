/* The policies as static files: FOLDER/<policy host>/.well-known/mta-sts.txt, and the list of what export wrote. Floor 3. */
#ifndef COMMAND_TREE_H
#define COMMAND_TREE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct tree {
    const char *path; /* as the user wrote it */
    int folder;
    bool made; /* just now: little can be in it */
};

enum tree_result {
    TREE_DONE,
    TREE_OBSTRUCTED, /* something else is in the place of this file or its folders; others can be written */
    TREE_DENIED,     /* no permission for this file; others can be written */
    TREE_FAILED      /* no use in going on */
};

/*
 * Opens the folder PATH, which may be a symbolic link, as TREE; makes it if it is not there. Here and below: where the result is
 * not TREE_DONE, the message "path: what is wrong" is added to WHY. tree_close() is due.
 */
enum tree_result tree_open(struct tree *tree, const char *path, struct buf *why);

/* Writes the policy of DOMAIN as a whole, and makes its folders. */
enum tree_result tree_write(const struct tree *tree, const char *domain, const char *bytes, size_t len, struct buf *why);

/* Removes it, and its folders where nothing else is in them. */
enum tree_result tree_remove(const struct tree *tree, const char *domain, struct buf *why);

/* The list of what was written: a policy host a line. Adds it to LIST, or nothing where there is none. */
enum tree_result tree_read_list(const struct tree *tree, struct buf *list, struct buf *why);

enum tree_result tree_write_list(const struct tree *tree, const struct buf *list, struct buf *why);

void tree_close(const struct tree *tree);

#endif
