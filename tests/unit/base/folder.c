/* folder: in which order it visits, what it leaves out, how deep it goes, and what the path says meanwhile. */
#include "base/folder.h"

#include "base/buf.h"
#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct walk {
    struct folder folder;
    struct buf seen; /* a line for each visit or refusal */
    unsigned stop_after, visits;
};

static bool wants(const struct folder_names *names, const char *name)
{
    return strcmp(name, "b") != 0 || !folder_has(names, "c");
}

static void visit(void *to, int at, const char *name)
{
    struct walk *w = to;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    w->visits++;
    buf_print(&w->seen, "%s\n", w->folder.path.text);
    if (fd >= 0)
        folder_walk(&w->folder, fd);
}

static void refuse(void *to, const char *what, int error)
{
    struct walk *w = to;

    buf_print(&w->seen, "%s %s %d\n", w->folder.path.text, what, error);
}

static bool stops(void *to)
{
    const struct walk *w = to;

    return w->stop_after != 0 && w->visits >= w->stop_after;
}

static const struct folder_visitor visitor = { wants, visit, refuse, stops };

/* Walks through PATH, as the user wrote it, in the folder of the test. */
static void walk(struct walk *w, const char *path)
{
    w->folder.visitor = &visitor;
    w->folder.to = w;
    buf_print(&w->folder.path, "%s", path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    folder_walk(&w->folder, fd);
    assert_string_equal(w->folder.path.text, path);
    assert_false(w->folder.failed);
}

static void forget(struct walk *w)
{
    buf_free(&w->folder.path);
    buf_free(&w->seen);
}

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
}

static void in_order(void **state)
{
    struct walk w = { 0 }, slash = { 0 }, short_one = { .stop_after = 2 };

    (void)state;
    assert_int_equal(mkdir("tree", 0700), 0);
    assert_int_equal(mkdir("tree/d", 0700), 0);
    for (char path[] = "tree/j"; path[5] > 'd'; path[5]--)
        make_file(path);
    make_file("tree/d/b");
    make_file("tree/.x");
    walk(&w, "tree");
    assert_string_equal(w.seen.text, "tree/.x\ntree/d\ntree/d/b\ntree/e\ntree/f\ntree/g\ntree/h\ntree/i\ntree/j\n");
    make_file("tree/d/c");
    walk(&slash, "tree/d/");
    assert_string_equal(slash.seen.text, "tree/d/c\n");
    walk(&short_one, "tree");
    assert_string_equal(short_one.seen.text, "tree/.x\ntree/d\n");
    forget(&w);
    forget(&slash);
    forget(&short_one);
}

static void too_deep(void **state)
{
    struct walk w = { 0 };
    struct buf path = { 0 };

    (void)state;
    buf_print(&path, "deep");
    for (unsigned depth = 0; depth <= FOLDER_DEPTH_MAX; depth++) {
        assert_int_equal(mkdir(path.text, 0700), 0);
        buf_print(&path, "/a");
    }
    walk(&w, "deep");
    assert_int_equal(w.visits, FOLDER_DEPTH_MAX);
    assert_non_null(strstr(w.seen.text, "/a/a is too deep below the folder that you named; name it itself 0\n"));
    buf_free(&path);
    forget(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_order), cmocka_unit_test(too_deep) };

    return cmocka_run_group_tests_name("folder", tests, scratch_enter, scratch_leave);
}
