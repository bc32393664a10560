/*
 * When a file is read. With the argument "coarse", in a folder whose file system has a coarse clock (ramfs): two states of one
 * size and one time stamp are both found there.
 */
#include "config/look.h"
#include "base/buf.h"
#include "base/clock.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char name[] = "policies.ini";
static struct buf said;

static void on_line(const char *line)
{
    buf_print(&said, "%s\n", line);
}

static void write_file(const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void set_age(long seconds)
{
    struct timespec times[2];

    assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[0]), 0);
    times[0].tv_sec -= seconds;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
}

/* The result of a look. A text that it finds is compared with EXPECTED. */
static enum look_found look(struct look *look, bool forced, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    int64_t wait;
    enum look_found found = look_at(look, forced, &text, &size, &wait);

    assert_true(wait >= 1 && wait <= 1000);
    if (found == LOOK_NEW) {
        assert_int_equal(size, strlen(expected));
        assert_memory_equal(text, expected, size);
        look_taken(look);
        free(text);
    }
    return found;
}

static int begin(void **state)
{
    static struct look look;

    (void)unlink(name);
    (void)rmdir(name);
    look = (struct look) { .file = name, .say = on_line };
    buf_free(&said);
    *state = &look;
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)unlink(name);
    (void)rmdir(name);
    buf_free(&said);
    return 0;
}

static void what_is_being_written_waits(void **state)
{
    write_file("[a.b]\n");
    assert_int_equal(look(*state, false, ""), LOOK_WAIT);
    assert_int_equal(look(*state, true, "[a.b]\n"), LOOK_NEW);
    assert_int_equal(look(*state, false, ""), LOOK_WAIT); /* read too early to be sure of it */
}

/* A file that was renamed into place a moment ago, with an older time, may still get other contents with the same stamp. */
static void a_young_stamp_proves_nothing(void **state)
{
    write_file("[a.b]\n");
    set_age(60);
    assert_int_equal(look(*state, false, "[a.b]\n"), LOOK_NEW);
    assert_int_equal(look(*state, false, "[a.b]\n"), LOOK_NEW);
    for (int64_t until = clock_ms() + 3100; clock_ms() < until;)
        (void)poll(NULL, 0, 100);
    assert_int_equal(look(*state, false, "[a.b]\n"), LOOK_NEW);
    assert_int_equal(look(*state, false, ""), LOOK_SAME);
}

static void a_time_in_the_future_proves_nothing(void **state)
{
    write_file("[a.b]\n");
    set_age(-3600);
    int64_t begun = clock_ms();
    assert_int_equal(look(*state, false, "[a.b]\n"), LOOK_NEW); /* a first look does not wait */
    enum look_found found = LOOK_WAIT;
    while (found == LOOK_WAIT && clock_ms() - begun < 5000) {
        (void)poll(NULL, 0, 50);
        found = look(*state, false, "[a.b]\n");
    }
    assert_int_equal(found, LOOK_NEW);
    assert_true(clock_ms() - begun >= 1000);
    assert_int_equal(look(*state, false, "[a.b]\n"), LOOK_NEW); /* each time */
}

static void a_file_that_was_away_is_not_written_all_the_time(void **state)
{
    struct look *l = *state;

    write_file("[a.b]\n");
    assert_int_equal(look(l, false, ""), LOOK_WAIT);
    l->waiting_since -= 20000;
    assert_int_equal(unlink(name), 0);
    assert_int_equal(look(l, false, ""), LOOK_TROUBLE);
    write_file("[a.b]\n");
    assert_int_equal(look(l, false, ""), LOOK_WAIT);
    assert_non_null(strstr(said.text, "cannot be read"));
    assert_null(strstr(said.text, "all the time"));
    l->waiting_since -= 20000;
    assert_int_equal(look(l, false, ""), LOOK_WAIT);
    assert_non_null(strstr(said.text, "keeps changing"));
}

static void what_cannot_be_read_is_named_once(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = { { "", "contains no section" },
                 { "[a.b]\rmx=m.a.b\r", "has CR alone as line ends" },
                 { "\xFF\xFE[\0", "is UTF-16" } };
    struct look *l = *state;

    assert_int_equal(mkdir(name, 0755), 0);
    assert_int_equal(look(l, true, ""), LOOK_TROUBLE);
    assert_non_null(strstr(said.text, "is a folder; give the name of the INI file in it\n"));
    assert_int_equal(rmdir(name), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_free(&said);
        write_file(rows[i].text);
        set_age(60);
        assert_int_equal(look(l, false, ""), LOOK_TROUBLE);
        assert_int_equal(look(l, false, ""), LOOK_TROUBLE);
        assert_non_null(strstr(said.text, rows[i].message));
        assert_int_equal(strchr(said.text, '\n') - said.text + 1, said.len);
    }
}

/* The state of the file according to stat(2). */
static struct stat stamp(void)
{
    struct stat st;

    assert_int_equal(stat(name, &st), 0);
    return st;
}

static bool same_stamp(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && memcmp(&a->st_mtim, &b->st_mtim, sizeof a->st_mtim) == 0 &&
           memcmp(&a->st_ctim, &b->st_ctim, sizeof a->st_ctim) == 0;
}

/* The file is read while it is written (after SIGHUP), and written again within one tick. The last state is found. */
static void two_states_of_one_stamp(void **state)
{
    struct look *l = *state;
    bool same = false;

    for (int tries = 0; tries < 1000 && !same; tries++) {
        write_file("[a.b]\nmx=1\n");
        struct stat before = stamp();
        assert_int_equal(look(l, true, "[a.b]\nmx=1\n"), LOOK_NEW);
        write_file("[a.b]\nmx=2\n");
        struct stat after = stamp();
        same = same_stamp(&before, &after);
    }
    assert_true(same);
    enum look_found found = LOOK_WAIT;
    for (int64_t until = clock_ms() + 5000; found != LOOK_NEW && clock_ms() < until;) {
        (void)poll(NULL, 0, 50);
        found = look(l, false, "[a.b]\nmx=2\n");
    }
    assert_int_equal(found, LOOK_NEW);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_being_written_waits, begin, end),
        cmocka_unit_test_setup_teardown(a_young_stamp_proves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_time_in_the_future_proves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_was_away_is_not_written_all_the_time, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named_once, begin, end),
    };
    const struct CMUnitTest coarse[] = { cmocka_unit_test_setup_teardown(two_states_of_one_stamp, begin, end) };

    if (argc == 2 && strcmp(argv[1], "coarse") == 0)
        return cmocka_run_group_tests_name("look, on a coarse clock", coarse, NULL, NULL);
    return cmocka_run_group_tests_name("look", tests, scratch_enter, scratch_leave);
}
