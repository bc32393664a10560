/* Turns at addresses: eight at a time, in order, each address by itself. */
#include "probe/ask/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { ALL = 2 * PROBE_TURNS_EACH };

static void count_wake(void *data)
{
    (*(unsigned *)data)++;
}

struct asked {
    struct probe_turns *turns;
    struct probe_turn list[ALL];
    unsigned woken;
};

/* Twice as many as there is room for ask at one address. */
static void ask_all(struct asked *a)
{
    *a = (struct asked) { .turns = probe_turns_new() };
    assert_non_null(a->turns);
    for (size_t i = 0; i < ALL; i++) {
        a->list[i].wake = count_wake;
        a->list[i].data = &a->woken;
        assert_true(probe_turn_ask(a->turns, "192.0.2.1", &a->list[i]));
        assert_int_equal(atomic_load(&a->list[i].has_come), i < PROBE_TURNS_EACH);
    }
}

static void end_all(struct asked *a)
{
    for (size_t i = 0; i < ALL; i++)
        probe_turn_end(a->turns, &a->list[i]);
    probe_turns_free(a->turns);
}

static void in_order(void **state)
{
    struct asked a;

    (void)state;
    ask_all(&a);
    for (size_t i = 0; i < PROBE_TURNS_EACH; i++) {
        assert_int_equal(a.woken, i);
        assert_false(atomic_load(&a.list[PROBE_TURNS_EACH + i].has_come));
        probe_turn_end(a.turns, &a.list[i]);
        assert_true(atomic_load(&a.list[PROBE_TURNS_EACH + i].has_come));
    }
    end_all(&a);
}

static void given_up(void **state)
{
    struct asked a;

    (void)state;
    ask_all(&a);
    /* The first, one in the middle, and the last that wait give up. */
    probe_turn_end(a.turns, &a.list[PROBE_TURNS_EACH]);
    probe_turn_end(a.turns, &a.list[PROBE_TURNS_EACH + 2]);
    probe_turn_end(a.turns, &a.list[ALL - 1]);
    assert_int_equal(a.woken, 0);
    probe_turn_end(a.turns, &a.list[0]);
    probe_turn_end(a.turns, &a.list[1]);
    assert_true(atomic_load(&a.list[PROBE_TURNS_EACH + 1].has_come));
    assert_true(atomic_load(&a.list[PROBE_TURNS_EACH + 3].has_come));
    /* Who asks now is the last. */
    assert_true(probe_turn_ask(a.turns, "192.0.2.1", &a.list[0]));
    for (size_t i = 0; i < ALL; i++)
        if (i != 0)
            probe_turn_end(a.turns, &a.list[i]);
    assert_true(atomic_load(&a.list[0].has_come));
    end_all(&a);
}

static void elsewhere(void **state)
{
    struct asked a;
    struct probe_turn other = { .wake = count_wake }, free_one = { .wake = count_wake };

    (void)state;
    ask_all(&a);
    other.data = free_one.data = &a.woken;
    assert_true(probe_turn_ask(a.turns, "2001:db8::1", &other));
    assert_true(atomic_load(&other.has_come));
    probe_turn_end(a.turns, &other);
    assert_true(probe_turn_ask(NULL, "192.0.2.1", &free_one));
    assert_true(atomic_load(&free_one.has_come));
    probe_turn_end(NULL, &free_one);
    end_all(&a);
}

static bool is_silent(struct probe_turns *turns, const char *address, enum probe_turn_port port, int64_t now)
{
    struct probe_turn turn = { .wake = count_wake };

    assert_true(probe_turn_ask(turns, address, &turn));
    bool silent = probe_turn_is_silent(turns, &turn, port, now);
    probe_turn_end(turns, &turn);
    return silent;
}

static void note(struct probe_turns *turns, const char *address, enum probe_turn_port port, bool was_taken, int64_t now)
{
    struct probe_turn turn = { .wake = count_wake };

    assert_true(probe_turn_ask(turns, address, &turn));
    probe_turn_note(turns, &turn, port, was_taken, now);
    probe_turn_end(turns, &turn);
}

/* An address is silent after two connections in vain, at that port, for a minute, and until one is taken. */
static void silent(void **state)
{
    struct probe_turns *turns = probe_turns_new();
    const char *at = "192.0.2.1";

    (void)state;
    assert_non_null(turns);
    note(turns, at, PROBE_TURN_SMTP, false, 1000);
    assert_false(is_silent(turns, at, PROBE_TURN_SMTP, 1000));
    note(turns, at, PROBE_TURN_SMTP, false, 2000);
    assert_true(is_silent(turns, at, PROBE_TURN_SMTP, 2000));
    assert_false(is_silent(turns, at, PROBE_TURN_HTTPS, 2000));
    assert_false(is_silent(turns, "192.0.2.2", PROBE_TURN_SMTP, 2000));
    assert_true(is_silent(turns, at, PROBE_TURN_SMTP, 1999 + PROBE_TURNS_SILENT_MS));
    assert_false(is_silent(turns, at, PROBE_TURN_SMTP, 2000 + PROBE_TURNS_SILENT_MS));
    note(turns, at, PROBE_TURN_SMTP, true, 3000);
    assert_false(is_silent(turns, at, PROBE_TURN_SMTP, 3000));
    note(turns, at, PROBE_TURN_SMTP, false, 4000);
    assert_false(is_silent(turns, at, PROBE_TURN_SMTP, 4000));
    probe_turns_free(turns);
}

/* A limited number is remembered, and all is freed. */
static void many_silent(void **state)
{
    struct probe_turns *turns = probe_turns_new();
    char address[64];
    unsigned count = 0;

    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        (void)snprintf(address, sizeof address, "192.0.%u.%u", i / 250, i % 250);
        note(turns, address, PROBE_TURN_HTTPS, false, 1000);
        note(turns, address, PROBE_TURN_HTTPS, false, 1000);
        count += is_silent(turns, address, PROBE_TURN_HTTPS, 1000);
    }
    assert_true(count >= 200 && count <= 300);
    probe_turns_free(turns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order), cmocka_unit_test(given_up),    cmocka_unit_test(elsewhere),
        cmocka_unit_test(silent),   cmocka_unit_test(many_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
