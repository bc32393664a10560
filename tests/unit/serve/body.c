/* body: what of a CGI request's body is read, and until when. */
#include "serve/body.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { SOON_MS = 10, LONG_MS = 60000 };

static size_t got;

static bool take(void *to, const unsigned char *bytes, size_t len)
{
    (void)to;
    (void)bytes;
    got += len;
    return true;
}

/* FD is standard input from now on. */
static void read_from(int fd)
{
    assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    (void)close(fd);
    got = 0;
}

static void a_body_that_does_not_come_is_given_up(void **state)
{
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "12345", 5), 5);
    read_from(fds[0]);
    assert_false(body_read(10, SOON_MS, take, NULL));
    assert_int_equal(errno, ETIMEDOUT);
    assert_int_equal(got, 5);
    (void)close(fds[1]);
}

static void a_body_ends_with_its_length_or_its_input(void **state)
{
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "1234567890", 10), 10);
    read_from(fds[0]);
    assert_true(body_read(4, LONG_MS, take, NULL));
    assert_int_equal(got, 4);
    (void)close(fds[1]);
    assert_true(body_read(LLONG_MAX, LONG_MS, take, NULL));
    assert_int_equal(got, 10);
}

static void a_body_that_cannot_be_read_is_no_timeout(void **state)
{
    (void)state;
    read_from(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    assert_false(body_read(10, LONG_MS, take, NULL));
    assert_int_equal(errno, EISDIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_that_does_not_come_is_given_up),
        cmocka_unit_test(a_body_ends_with_its_length_or_its_input),
        cmocka_unit_test(a_body_that_cannot_be_read_is_no_timeout),
    };

    return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
