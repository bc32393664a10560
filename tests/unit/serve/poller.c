/* poller: which connections are handed out, and which are closed when there are too many, and in which order. */
#include "serve/poller.h"
#include "base/clock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { CONNECTIONS = 8 };

static struct poller *poller;
static int others[CONNECTIONS]; /* the other side's end of each */
static size_t count;

static void begin(size_t most)
{
    poller = poller_new(most);
    assert_non_null(poller);
    count = 0;
}

/* A connection that has waited for AGE ms, and holds BYTES. */
static void add(enum connection_waits waits, int64_t age, size_t bytes)
{
    struct connection connection = { .waits = waits, .since = clock_ms() - age };
    int fds[2];

    assert_true(count < CONNECTIONS && socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    connection.fd = fds[0];
    others[count++] = fds[1];
    if (bytes > 0) {
        connection.held.text = malloc(bytes);
        assert_non_null(connection.held.text);
        connection.held.len = connection.held.room = bytes;
    }
    poller_add(poller, &connection);
}

static void speak(size_t i)
{
    assert_int_equal(send(others[i], "x", 1, MSG_NOSIGNAL), 1);
}

/* The state of all connections, a letter for each: o open, c closed. */
static void expect(const char *states)
{
    char found[CONNECTIONS + 1] = "", byte;

    for (size_t i = 0; i < count; i++) {
        ssize_t n = recv(others[i], &byte, 1, MSG_DONTWAIT);
        found[i] = n == 0 || (n < 0 && errno == ECONNRESET) ? 'c' : 'o';
    }
    assert_string_equal(found, states);
}

/* The next connection is that of OTHERS[i]. */
static void expect_next(size_t i)
{
    struct connection connection;
    char byte;

    assert_true(poller_next(poller, &connection));
    assert_int_equal(send(connection.fd, "y", 1, MSG_NOSIGNAL), 1);
    assert_int_equal(recv(others[i], &byte, 1, MSG_DONTWAIT), 1);
    connection_close(&connection);
}

static void end(void)
{
    poller_free(poller);
    for (size_t i = 0; i < count; i++)
        (void)close(others[i]);
}

static void of_too_many_idle_ones_go_first_and_none_that_speaks(void **state)
{
    (void)state;
    static const struct {
        enum connection_waits waits;
        int64_t age;
    } all[] = { { CONNECTION_IDLE, 9000 }, { CONNECTION_PART, 1000 }, { CONNECTION_NEW, 10 },  { CONNECTION_IDLE, 10 },
                { CONNECTION_IDLE, 8000 }, { CONNECTION_END, 10 },    { CONNECTION_NEW, 1000 } };
    /* One, two ... are too many. The first connection spoke: it is handed out, and this test closes it. */
    static const char *const left[] = { "cooocoo", "cooccoo", "cooccco", "coocccc", "coccccc", "ccccccc" };

    for (size_t many = 1; many <= sizeof left / sizeof *left; many++) {
        begin(sizeof all / sizeof *all - many);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            add(all[i].waits, all[i].age, 0);
        speak(0);
        expect_next(0);
        expect(left[many - 1]);
        end();
    }
}

static void over_16_mb_the_longest_waiting_one_with_a_part_goes(void **state)
{
    (void)state;
    begin(8);
    add(CONNECTION_IDLE, 4000, 0);
    add(CONNECTION_PART, 1000, 9 << 20);
    add(CONNECTION_PART, 3000, 9 << 20);
    add(CONNECTION_NEW, 10, 0);
    speak(3);
    expect_next(3);
    expect("oocc");
    end();
}

static void each_kind_has_its_time(void **state)
{
    (void)state;
    begin(8);
    add(CONNECTION_NEW, 5000, 0);
    add(CONNECTION_NEW, 3000, 0);
    add(CONNECTION_PART, 5000, 0);
    add(CONNECTION_PART, 3000, 0);
    add(CONNECTION_END, 5000, 0);
    add(CONNECTION_BODY, 120000, 0);
    add(CONNECTION_BODY, 110000, 0);
    add(CONNECTION_NEW, 6000, 0);
    speak(7);
    expect_next(7);
    expect("cococcoc");
    end();
}

static void what_is_only_to_end_is_read_away_and_closed(void **state)
{
    (void)state;
    begin(8);
    add(CONNECTION_END, 0, 0);
    add(CONNECTION_END, 0, 0);
    add(CONNECTION_NEW, 0, 0);
    speak(0);
    speak(1);
    (void)shutdown(others[1], SHUT_WR);
    speak(2);
    expect_next(2);
    expect("occ");
    end();
}

static void at_the_end_idle_ones_go_at_once_and_the_others_soon(void **state)
{
    (void)state;
    struct connection connection;

    begin(8);
    add(CONNECTION_IDLE, 0, 0);
    add(CONNECTION_NEW, 0, 0);
    add(CONNECTION_PART, 0, 100);
    poller_hurry(poller);
    add(CONNECTION_NEW, 0, 0);
    speak(3);
    expect_next(3);
    expect("cooc");
    poller_close(poller);
    int64_t begun = clock_ms();
    assert_false(poller_next(poller, &connection));
    int64_t took = clock_ms() - begun;
    assert_true(took > 300 && took < 3000);
    expect("cccc");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_too_many_idle_ones_go_first_and_none_that_speaks),
        cmocka_unit_test(over_16_mb_the_longest_waiting_one_with_a_part_goes),
        cmocka_unit_test(each_kind_has_its_time),
        cmocka_unit_test(what_is_only_to_end_is_read_away_and_closed),
        cmocka_unit_test(at_the_end_idle_ones_go_at_once_and_the_others_soon),
    };

    return cmocka_run_group_tests_name("poller", tests, NULL, NULL);
}
