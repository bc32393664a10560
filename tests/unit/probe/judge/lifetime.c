/* When a certificate's dates are worth a warning: lifetimes that authorities issue, and those that only private ones do. */
#include "probe/judge/lifetime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    FINE = PROBE_LIFETIME_FINE,
    NOT_YET = PROBE_LIFETIME_NOT_YET,
    SOON = PROBE_LIFETIME_SOON,
    EXPIRED = PROBE_LIFETIME_EXPIRED
};
enum { HOUR = 3600, DAY = 24 * HOUR, BEGINS = 1800000000 };

#define BY_LIFETIME PROBE_LIFETIME_DECIDES

static const struct lifetime_case {
    int64_t lifetime; /* seconds */
    unsigned warn_days;
    int64_t left; /* seconds, at the time in question */
    int verdict;
} cases[] = {
    /* A fifth of 6 days is under three days. */
    { 6 * DAY, BY_LIFETIME, 6 * DAY, FINE },
    { 6 * DAY, BY_LIFETIME, 3 * DAY, FINE },
    { 6 * DAY, BY_LIFETIME, 3 * DAY - 1, SOON },
    { 6 * DAY, BY_LIFETIME, 0, SOON },
    { 6 * DAY, BY_LIFETIME, -1, EXPIRED },
    /* As some authorities issue it: 160 hours. */
    { 160 * HOUR, BY_LIFETIME, 3 * DAY, FINE },
    { 160 * HOUR, BY_LIFETIME, 3 * DAY - 1, SOON },
    /* Between the two bounds, a fifth. */
    { 15 * DAY, BY_LIFETIME, 3 * DAY, FINE },
    { 15 * DAY, BY_LIFETIME, 3 * DAY - 1, SOON },
    { 45 * DAY, BY_LIFETIME, 14 * DAY, FINE },
    { 45 * DAY, BY_LIFETIME, 9 * DAY, FINE },
    { 45 * DAY, BY_LIFETIME, 9 * DAY - 1, SOON },
    { 45 * DAY - 1, BY_LIFETIME, 9 * DAY, FINE },
    { 47 * DAY, BY_LIFETIME, 10 * DAY, FINE },
    { 47 * DAY, BY_LIFETIME, 9 * DAY, SOON },
    { 70 * DAY, BY_LIFETIME, 14 * DAY, FINE },
    { 70 * DAY, BY_LIFETIME, 14 * DAY - 1, SOON },
    /* Fourteen days at most. */
    { 90 * DAY, BY_LIFETIME, 18 * DAY - 1, FINE },
    { 90 * DAY, BY_LIFETIME, 14 * DAY, FINE },
    { 90 * DAY, BY_LIFETIME, 14 * DAY - 1, SOON },
    { 398 * DAY, BY_LIFETIME, 30 * DAY, FINE },
    { 398 * DAY, BY_LIFETIME, 14 * DAY, FINE },
    { 398 * DAY, BY_LIFETIME, 14 * DAY - 1, SOON },
    { 398 * DAY, BY_LIFETIME, -1, EXPIRED },
    /* Shorter than three days, or not much longer: half. Otherwise a new one would be a warning. */
    { 4 * DAY, BY_LIFETIME, 4 * DAY, FINE },
    { 4 * DAY, BY_LIFETIME, 2 * DAY - 1, SOON },
    { 1 * DAY, BY_LIFETIME, 1 * DAY, FINE },
    { 1 * DAY, BY_LIFETIME, 12 * HOUR, FINE },
    { 1 * DAY, BY_LIFETIME, 12 * HOUR - 1, SOON },
    { 12 * HOUR, BY_LIFETIME, 6 * HOUR, FINE },
    { 12 * HOUR, BY_LIFETIME, 6 * HOUR - 1, SOON },
    { 0, BY_LIFETIME, 0, FINE },
    /* --warn-days overrides it, in both directions: whole days that are left. */
    { 90 * DAY, 30, 31 * DAY, FINE },
    { 90 * DAY, 30, 31 * DAY - 1, SOON },
    { 90 * DAY, 5, 6 * DAY, FINE },
    { 90 * DAY, 5, 6 * DAY - 1, SOON },
    { 6 * DAY, 1, 2 * DAY, FINE },
    { 6 * DAY, 14, 6 * DAY, SOON },
    { 6 * DAY, 0, DAY, FINE },
    { 6 * DAY, 0, DAY - 1, SOON },
    { 6 * DAY, 0, -1, EXPIRED },
    { 90 * DAY, INT_MAX, 90 * DAY, SOON },
    /* A clock that is before notBefore, here or where the certificate was made. */
    { 6 * DAY, BY_LIFETIME, 6 * DAY + 1, NOT_YET },
    { 90 * DAY, BY_LIFETIME, 90 * DAY + 1, NOT_YET },
    { 90 * DAY, BY_LIFETIME, 90 * DAY + 5 * HOUR, NOT_YET },
    { 398 * DAY, 14, 20000 * (int64_t)DAY, NOT_YET },
    { 90 * DAY, INT_MAX, 90 * DAY + 1, NOT_YET },
    /* It ends before it begins. */
    { -DAY, BY_LIFETIME, 1, NOT_YET },
    { -DAY, BY_LIFETIME, -1, EXPIRED },
};

static void one(void **state)
{
    const struct lifetime_case *c = *state;
    int64_t ends = BEGINS + c->lifetime;

    assert_int_equal(probe_lifetime_judge(BEGINS, ends, ends - c->left, c->warn_days), c->verdict);
}

int main(void)
{
    enum { CASES = sizeof cases / sizeof cases[0] };
    static char names[CASES][100];
    struct CMUnitTest tests[CASES];

    for (size_t i = 0; i < CASES; i++) {
        (void)snprintf(names[i], sizeof names[i], "%zu: %lld hours, %lld seconds left", i, (long long)cases[i].lifetime / HOUR,
                       (long long)cases[i].left);
        tests[i] = (struct CMUnitTest) { names[i], one, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
