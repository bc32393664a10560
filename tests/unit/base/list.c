/* list: how it grows, and what it refuses. */
#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void grows(void **state)
{
    size_t room = 0, *list = NULL;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        list = list_grow(list, i, 1, &room, sizeof *list);
        assert_non_null(list);
        assert_true(room > i);
        list[i] = i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(list[i], i);
    assert_true(room <= 2048);
    free(list);
}

static void several_at_once(void **state)
{
    size_t room = 0;
    char *list = list_grow(NULL, 0, 100, &room, 3);

    (void)state;
    assert_non_null(list);
    assert_true(room >= 100);
    size_t before = room;
    assert_ptr_equal(list_grow(list, 100, room - 100, &room, 3), list);
    assert_int_equal(room, before);
    free(list);
}

static void nothing_yet(void **state)
{
    size_t room = 0;
    char *list = list_grow(NULL, 0, 0, &room, 1);

    (void)state;
    assert_non_null(list);
    assert_true(room > 0);
    free(list);
}

/* More bytes than there can be: what was there stays. */
static void too_many(void **state)
{
    size_t room = 0;
    uint32_t *list = list_grow(NULL, 0, 4, &room, sizeof *list);
    size_t before = room;

    (void)state;
    assert_null(list_grow(list, 4, SIZE_MAX / sizeof *list, &room, sizeof *list));
    assert_null(list_grow(list, 4, SIZE_MAX, &room, sizeof *list));
    assert_int_equal(room, before);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(grows), cmocka_unit_test(several_at_once), cmocka_unit_test(nothing_yet),
                                        cmocka_unit_test(too_many) };

    return cmocka_run_group_tests_name("base_list", tests, NULL, NULL);
}
