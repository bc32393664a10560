/* Dates as reporters write them. */
#include "reports/read/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { HOUR = 3600, BASE = 1795564800 /* 2026-11-25 */ };

static const struct {
    const char *text;
    int64_t seconds; /* -1: no date */
} dates[] = {
    { "2026-11-25T00:00:00Z", BASE },
    { "2026-11-25T00:00:00z", BASE },
    { "2026-11-25T00:00:00", BASE },
    { "2026-11-25", BASE },
    { "2026-11-25 01:00:00", BASE + HOUR },
    { "2026-11-25t01:00:00.999999Z", BASE + HOUR },
    { "2026-11-25T01:00:00.", BASE + HOUR },
    { "2026-11-25T01:00:00+01:00", BASE },
    { "2026-11-24T17:00:00-0700", BASE },
    { "2026-11-25T05:30:00+05:30", BASE },
    { "1970-01-01T00:00:00Z", 0 },
    { "1970-01-01T00:00:00+00:01", -1 },
    { "1969-12-31T23:59:59Z", -1 },
    { "2026-02-30T00:00:00Z", -1 },
    { "2026-11-25T24:00:00Z", -1 },
    { "2026-11-25T00:00:00+24:00", -1 },
    { "2026-11-25T00:00:00+1", -1 },
    { "2026-11-25T00:00:00+01:60", -1 },
    { "2026-11-25T00:00:00 Z", -1 },
    { "2026-11-25T00:00:00Zx", -1 },
    { "2026-11-25T00:00", -1 },
    { "1795564800", -1 },
    { "", -1 },
};

static void read_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        int64_t seconds = -1;
        assert_int_equal(report_date_read(dates[i].text, &seconds), dates[i].seconds >= 0);
        assert_int_equal(seconds, dates[i].seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(read_all) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
