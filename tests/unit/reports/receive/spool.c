/* spool: what is on the disk after each step, the limits of a day, days that are over, and parts of writers that were killed. */
#include "reports/receive/spool.h"

#include "reports/take/walk.h"
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* 2026-11-26T12:00:00Z */
static const int64_t noon = INT64_C(1795694400);
enum { DAY = 86400 };

static struct spool spool;

static int begin(void **state)
{
    if (scratch_enter(state) != 0)
        return -1;
    spool = (struct spool) { .folder = spool_open("."), .reports = 3, .bytes = 100, .days = 2 };
    return spool.folder >= 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)close(spool.folder);
    return scratch_leave(state);
}

/* The files in the folder PATH, or -1 where it does not exist: those with names of their own, and parts. */
static int count(const char *path, int *parts)
{
    int fd = openat(spool.folder, path, O_RDONLY | O_DIRECTORY), names = 0;
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;

    *parts = 0;
    if (list == NULL)
        return -1;
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;) // NOLINT(concurrency-mt-unsafe)
        if (walk_is_part(entry->d_name))
            ++*parts;
        else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ++names;
    (void)closedir(list);
    return names;
}

static void assert_files(const char *path, int names, int parts)
{
    int found;

    assert_int_equal(count(path, &found), names);
    assert_int_equal(found, parts);
}

/* Puts a report of LEN bytes for DOMAIN. */
static enum spool_result put(const char *domain, size_t len, int64_t now)
{
    struct spool_file *file;
    char bytes[200] = { 0 };
    enum spool_result result = spool_begin(&spool, domain, len, true, now, &file);

    if (result != SPOOL_FINE)
        return result;
    assert_int_equal(spool_add(file, bytes, len), SPOOL_FINE);
    return spool_end(file);
}

static void a_file_has_its_name_only_when_it_is_complete(void **state)
{
    struct spool_file *file;

    (void)state;
    assert_int_equal(spool_begin(&spool, "example.org", 8, false, noon, &file), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 0, 1);
    assert_int_equal(spool_add(file, "repo", 4), SPOOL_FINE);
    assert_int_equal(spool_add(file, "rt", 2), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 0, 1);
    assert_int_equal(spool_end(file), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 1, 0);
}

static void its_bytes_are_those_that_came(void **state)
{
    struct spool_file *file;

    (void)state;
    assert_int_equal(spool_begin(&spool, "example.org", 50, true, noon, &file), SPOOL_FINE);
    assert_int_equal(spool_add(file, "report", 6), SPOOL_FINE);
    assert_int_equal(spool_end(file), SPOOL_FINE);
    assert_int_equal(system("printf report | cmp - example.org/2026-11-26/*.json.gz"),
                     0); // NOLINT(cert-env33-c,concurrency-mt-unsafe)
}

static void what_is_dropped_leaves_nothing(void **state)
{
    struct spool_file *file;

    (void)state;
    assert_int_equal(spool_begin(&spool, "example.org", 8, true, noon, &file), SPOOL_FINE);
    assert_int_equal(spool_add(file, "repo", 4), SPOOL_FINE);
    spool_drop(file);
    assert_files("example.org/2026-11-26", 0, 0);
}

static void a_domain_has_so_many_reports_in_a_day(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(put("example.org", 10, noon), SPOOL_FINE);
    assert_int_equal(put("example.org", 10, noon), SPOOL_DAY_FULL);
    assert_files("example.org/2026-11-26", 3, 0);
    assert_int_equal(put("example.net", 10, noon), SPOOL_FINE);
    assert_int_equal(put("example.org", 10, noon + DAY), SPOOL_FINE);
}

static void a_domain_has_so_many_bytes_in_a_day(void **state)
{
    (void)state;
    assert_int_equal(put("example.org", 101, noon), SPOOL_DAY_FULL);
    assert_int_equal(put("example.org", 60, noon), SPOOL_FINE);
    assert_int_equal(put("example.org", 41, noon), SPOOL_DAY_FULL);
    assert_int_equal(put("example.org", 40, noon), SPOOL_FINE);
    assert_int_equal(put("example.org", 1, noon), SPOOL_DAY_FULL);
    assert_int_equal(put("example.net", 100, noon), SPOOL_FINE);
}

/* What is on its way counts with the bytes that it may have. */
static void what_is_not_complete_counts(void **state)
{
    struct spool_file *first, *second, *third;

    (void)state;
    assert_int_equal(spool_begin(&spool, "example.org", 90, true, noon, &first), SPOOL_FINE);
    assert_int_equal(put("example.org", 11, noon), SPOOL_BUSY);
    assert_int_equal(put("example.org", 101, noon), SPOOL_DAY_FULL);
    assert_int_equal(spool_begin(&spool, "example.org", 1, true, noon, &second), SPOOL_FINE);
    assert_int_equal(spool_begin(&spool, "example.org", 1, true, noon, &third), SPOOL_FINE);
    assert_int_equal(put("example.org", 1, noon), SPOOL_BUSY);
    spool_drop(first);
    assert_int_equal(put("example.org", 98, noon), SPOOL_FINE);
    spool_drop(second);
    spool_drop(third);
}

/* Who counts could see neither the part nor the file. */
static void a_file_gets_no_name_while_somebody_counts(void **state)
{
    struct spool_file *file;

    (void)state;
    assert_int_equal(spool_begin(&spool, "example.org", 1, true, noon, &file), SPOOL_FINE);
    assert_int_equal(spool_add(file, "r", 1), SPOOL_FINE);
    int fd = openat(spool.folder, "example.org", O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
    assert_int_equal(spool_end(file), SPOOL_BUSY);
    assert_files("example.org/2026-11-26", 0, 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(put("example.org", 1, noon), SPOOL_FINE);
}

/* A part of 90 bytes that a writer left at TIME. */
static void leave_part(const char *name, int64_t time)
{
    const struct timespec times[2] = { { time, 0 }, { time, 0 } };
    char path[160];

    (void)snprintf(path, sizeof path, "example.org/2026-11-26/.%s.json.gz.part", name);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0 && ftruncate(fd, 90) == 0 && futimens(fd, times) == 0 && close(fd) == 0);
}

static void the_part_of_a_writer_that_was_killed_is_removed_after_an_hour(void **state)
{
    struct spool_file *file;

    (void)state;
    assert_int_equal(put("example.org", 1, noon), SPOOL_FINE);
    leave_part("1.000000000-0", noon);
    assert_int_equal(spool_begin(&spool, "example.org", 20, true, noon + 3600, &file), SPOOL_BUSY);
    assert_files("example.org/2026-11-26", 1, 1);
    assert_int_equal(put("example.org", 20, noon + 3601), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 2, 0);
}

/* Nothing comes into its folder any more. */
static void such_a_part_is_removed_when_the_next_day_begins(void **state)
{
    (void)state;
    assert_int_equal(put("example.org", 1, noon), SPOOL_FINE);
    leave_part("1.000000000-0", noon);
    leave_part("2.000000000-0", noon + DAY - 60);
    assert_int_equal(put("example.org", 1, noon + DAY), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 1, 1);
}

static void days_that_are_over_are_removed_when_a_day_begins(void **state)
{
    (void)state;
    assert_int_equal(put("example.org", 1, noon), SPOOL_FINE);
    assert_int_equal(put("example.net", 1, noon), SPOOL_FINE);
    assert_int_equal(mkdirat(spool.folder, "example.org/0-notes", 0700), 0);
    assert_int_equal(put("example.org", 1, noon + DAY), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 1, 0);
    assert_int_equal(put("example.org", 1, noon + 2 * DAY), SPOOL_FINE);
    assert_files("example.org/2026-11-26", -1, 0);
    assert_files("example.org/2026-11-27", 1, 0);
    assert_files("example.org/0-notes", 0, 0);
    assert_files("example.net/2026-11-26", 1, 0);
}

static void a_clock_that_is_a_year_ahead_removes_nothing(void **state)
{
    (void)state;
    assert_int_equal(put("example.org", 1, noon), SPOOL_FINE);
    assert_int_equal(put("example.org", 1, noon + 365 * DAY), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 1, 0);
    assert_int_equal(put("example.org", 1, noon + DAY), SPOOL_FINE);
    assert_files("example.org/2026-11-26", 1, 0);
    assert_int_equal(put("example.org", 1, noon + 2 * DAY), SPOOL_FINE);
    assert_files("example.org/2026-11-26", -1, 0);
    assert_files("example.org/2027-11-26", 1, 0);
}

/* Whatever the time between them, no more folders stay than days are kept, and that of today. */
static void days_with_long_pauses_are_removed(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(put("example.org", 1, noon + i * 3 * DAY), SPOOL_FINE);
    assert_files("example.org/2026-11-26", -1, 0);
    assert_files("example.org/2026-11-29", -1, 0);
    assert_files("example.org/2026-12-02", 1, 0);
    assert_files("example.org/2026-12-05", 1, 0);
}

static void a_symbolic_link_is_not_followed(void **state)
{
    (void)state;
    assert_int_equal(symlinkat("/tmp", spool.folder, "example.org"), 0);
    assert_int_equal(put("example.org", 1, noon), SPOOL_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_has_its_name_only_when_it_is_complete, begin, end),
        cmocka_unit_test_setup_teardown(its_bytes_are_those_that_came, begin, end),
        cmocka_unit_test_setup_teardown(what_is_dropped_leaves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_has_so_many_reports_in_a_day, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_has_so_many_bytes_in_a_day, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_complete_counts, begin, end),
        cmocka_unit_test_setup_teardown(a_file_gets_no_name_while_somebody_counts, begin, end),
        cmocka_unit_test_setup_teardown(the_part_of_a_writer_that_was_killed_is_removed_after_an_hour, begin, end),
        cmocka_unit_test_setup_teardown(such_a_part_is_removed_when_the_next_day_begins, begin, end),
        cmocka_unit_test_setup_teardown(days_that_are_over_are_removed_when_a_day_begins, begin, end),
        cmocka_unit_test_setup_teardown(a_clock_that_is_a_year_ahead_removes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(days_with_long_pauses_are_removed, begin, end),
        cmocka_unit_test_setup_teardown(a_symbolic_link_is_not_followed, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
