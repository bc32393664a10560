/* Turns at addresses: eight at a time, in order, each address by itself. */
#include "probe/ask/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(given_up),
        cmocka_unit_test(elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
