/* Walks through a folder and those below it, in the order of their names. */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* How deep below the first folder others are entered. */
enum { FOLDER_DEPTH_MAX = 64 };

/* The names in one folder, sorted, without "." and "..". */
struct folder_names {
    char **list;
    size_t count;
};

/* What a walk does. TO is that of the walk. */
struct folder_visitor {
    /* Is NAME, one of NAMES, visited? */
    bool (*wants)(const struct folder_names *names, const char *name);
    /* Visits NAME in the open folder AT; the walk's path leads to it. Where it is a folder, it may call folder_walk(). */
    void (*visit)(void *to, int at, const char *name);
    /* The folder to which the walk's path leads is not entered, for the reason WHAT and, if it is not 0, the errno ERROR. */
    void (*refuse)(void *to, const char *what, int error);
    /* Has the walk to end before its time? */
    bool (*stops)(void *to);
};

struct folder {
    const struct folder_visitor *visitor;
    void *to;
    struct buf path; /* of what is visited now, as the user wrote its begin; the caller fills and frees it */
    unsigned depth;
    bool failed; /* memory ran out: the walk has ended early */
};

/* Visits what is in the folder FD, to which the path leads, and closes FD. The path is then as it was. */
void folder_walk(struct folder *folder, int fd);

/* True if NAME is one of NAMES. */
bool folder_has(const struct folder_names *names, const char *name);

#endif
