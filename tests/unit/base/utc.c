/* Times as text: read by a table, and each day of 400 years written and read again. */
#include "base/utc.h"
#include "cases.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

static void table(void **state)
{
    const struct case_line *line = *state;
    int64_t seconds = -1;
    char text[32] = "bad", again[UTC_SIZE];

    if (utc_read(line->field[0], &seconds))
        (void)snprintf(text, sizeof text, "%" PRId64, seconds);
    assert_string_equal(text, line->field[1]);
    if (seconds == -1)
        return;
    utc_write(seconds, again);
    assert_string_equal(again, line->field[0]);
}

static void every_day(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 400 * 366; day++) {
        int64_t seconds = day * 86400 + day % 86400, read = -1;
        time_t time = (time_t)seconds;
        char text[UTC_SIZE], expected[UTC_SIZE];
        struct tm tm;
        utc_write(seconds, text);
        assert_true(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &tm)) > 0);
        assert_string_equal(text, expected);
        assert_true(utc_read(text, &read));
        assert_int_equal(read, seconds);
    }
}

static void out_of_range(void **state)
{
    char text[UTC_SIZE];

    (void)state;
    utc_write(-1, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    utc_write(INT64_MIN, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    utc_write(INT64_C(253402300800), text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_day), cmocka_unit_test(out_of_range) };

    return cases_run("utc.tsv", table) + cmocka_run_group_tests_name("utc", tests, NULL, NULL);
}
