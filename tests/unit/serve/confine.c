/* confine: what a process may still do after it has given up the rest. */
#include "serve/confine.h"

#include "base/buf.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static bool can_open(const char *name, int flags)
{
    int fd = open(name, flags | O_CLOEXEC, 0600);

    return fd >= 0 && close(fd) == 0;
}

/* What can be done in the folder "in": as the receiver of reports does it. */
static bool can_write_in(void)
{
    return mkdir("in/day", 0700) == 0 && can_open("in/day/part", O_WRONLY | O_CREAT | O_EXCL) &&
           can_open("in/day/part", O_WRONLY | O_TRUNC) && rename("in/day/part", "in/day/name") == 0 &&
           can_open("in/day", O_RDONLY) && unlink("in/day/name") == 0 && rmdir("in/day") == 0;
}

static bool is_kept_from_the_rest(void)
{
    return !can_open("file", O_WRONLY) && !can_open("new", O_WRONLY | O_CREAT) && mkdir("folder", 0700) != 0 &&
           unlink("file") != 0 && !can_open("/etc/passwd", O_RDONLY) && !can_open("/", O_RDONLY) &&
           symlink("/", "in/link") != 0 && mkfifo("in/pipe", 0600) != 0;
}

/* Gives up what it can. Is it all but the two folders? */
static bool confine(const char *folder)
{
    struct buf said = { 0 };

    confine_to("policies/policies.ini", folder, &said);
    bool good = !said.failed && strstr(said.text, "limited to reading in its folder") != NULL;
    buf_free(&said);
    return good;
}

static bool has_landlock(void)
{
    struct buf said = { 0 };

    confine_print(&said);
    bool has = !said.failed && strncmp(said.text, "Landlock ", 9) == 0;
    buf_free(&said);
    return has;
}

/* In a process of its own: is what CHECK says true there? */
static bool holds(const char *folder, bool (*check)(void))
{
    pid_t pid = fork();
    int status = 1;

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(confine(folder) && check() ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status == 0;
}

static bool can_read(void)
{
    return can_open("policies/policies.ini", O_RDONLY) && !can_open("file", O_RDONLY);
}

static bool cannot_write_in(void)
{
    return !can_write_in();
}

static void a_process_may_write_one_folder_and_read_another(void **state)
{
    (void)state;
    if (!has_landlock()) { /* the kernel has none, or the sanitizers forbid it */
        assert_false(confine("in"));
        return;
    }
    assert_true(holds("in", can_write_in));
    assert_true(holds("in", is_kept_from_the_rest));
    assert_true(holds("in", can_read));
    assert_true(holds(NULL, can_read));
    assert_true(holds(NULL, cannot_write_in));
    assert_false(holds("nowhere", can_write_in));
}

static int begin(void **state)
{
    return scratch_enter(state) == 0 && mkdir("in", 0700) == 0 && mkdir("policies", 0700) == 0 &&
                   can_open("policies/policies.ini", O_WRONLY | O_CREAT) && can_open("file", O_WRONLY | O_CREAT)
               ? 0
               : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_process_may_write_one_folder_and_read_another, begin, scratch_leave),
    };

    return cmocka_run_group_tests_name("confine", tests, NULL, NULL);
}
