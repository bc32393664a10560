/* The table of keys: what is put there is found, through all growth; strings do not run into each other. */
#include "reports/judge/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 20000 };

static void takes_and_finds(void **state)
{
    struct keys keys = { .seed = 7 };
    uint32_t found;

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        /* Keys that differ in high bits alone, too. */
        assert_true(keys_take(&keys, (uint64_t)i << 40, i, &found));
        assert_int_equal(found, KEYS_NONE);
        assert_true(keys_take(&keys, (uint64_t)i << 40, i + 1, &found));
        assert_int_equal(found, i);
    }
    assert_true(keys_take(&keys, 1, KEYS_NONE, &found));
    assert_int_equal(found, KEYS_NONE);
    assert_int_equal(keys.count, MANY);
    keys_free(&keys);
}

static void makes_keys(void **state)
{
    const struct keys keys = { .seed = 7 }, other = { .seed = 8 };
    const char *const ab_c[] = { "ab", "c" }, *const a_bc[] = { "a", "bc" };

    (void)state;
    assert_true(keys_of(&keys, ab_c, 2) == keys_of(&keys, ab_c, 2));
    assert_true(keys_of(&keys, ab_c, 2) != keys_of(&keys, a_bc, 2));
    assert_true(keys_of(&keys, ab_c, 2) != keys_of(&other, ab_c, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(takes_and_finds), cmocka_unit_test(makes_keys) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
