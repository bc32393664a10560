/* The plot of days: what the bars are, and that no number or day breaks it. */
#include "reports/tell/plot.h"
#include "base/buf.h"
#include "reports/judge/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 20783 /* 2026-11-26 */, YEAR = 366, BYTES_MAX = 15000, DAYS_OF_CASE = 9 };

static const struct plot_case {
    const char *name;
    struct tally_day days[DAYS_OF_CASE];
    size_t count;
    const char *expected;
} cases[] = {
    { "one day, no failure",
      { { DAY, 1, 0, true } },
      1,
      "<figure><figcaption>Sessions a day, bars up: at most 1, on 2026-11-26. Failed: none.</figcaption>"
      "<svg class=up role=img viewBox=\"0 0 4 62\" preserveAspectRatio=none aria-label=\"1 day, from 2026-11-26 to 2026-11-26. "
      "Reports of 1 day.\"><path class=axis d=\"M0 61h4\"/><path class=sessions d=\"M2 60v-60\"/></svg>"
      "<p class=axis><time>2026-11-26</time> <time>2026-11-26</time></p></figure>" },
    { "days without reports, a day without sessions, one that is small beside another",
      { { DAY - 9, 2000, 0, true }, { DAY - 5, 1, 1, true }, { DAY - 4, 0, 0, true }, { DAY - 3, 1000, 4, true } },
      4,
      "<figure><figcaption>Sessions a day, bars up: at most 2,000, on 2026-11-17. Failed, bars down to a scale of their own: at "
      "most 4, on 2026-11-23.</figcaption><svg role=img viewBox=\"0 0 40 92\" preserveAspectRatio=none aria-label=\"10 days, "
      "from "
      "2026-11-17 to 2026-11-26. Reports of 4 days. Failures on 2 days: 2026-11-21 (1), 2026-11-23 (4).\">"
      "<path class=axis d=\"M0 61h40\"/><path class=sessions d=\"M2 60v-60M18 60v-1M26 60v-30\"/>"
      "<path class=failed d=\"M18 62v8M26 62v30\"/></svg>"
      "<p class=axis><time>2026-11-17</time> <time>2026-11-26</time></p></figure>" },
    { "no session at all",
      { { DAY, 0, 0, true } },
      1,
      "<figure><figcaption>Sessions a day, bars up: at most 0, on 2026-11-26. Failed: none.</figcaption>"
      "<svg class=up role=img viewBox=\"0 0 4 62\" preserveAspectRatio=none aria-label=\"1 day, from 2026-11-26 to 2026-11-26. "
      "Reports of 1 day.\"><path class=axis d=\"M0 61h4\"/><path class=sessions d=\"\"/></svg>"
      "<p class=axis><time>2026-11-26</time> <time>2026-11-26</time></p></figure>" },
    { "the last day is after today, and numbers are as large as they can be",
      { { DAY, UINT64_MAX, UINT64_MAX, true }, { DAY + 1, UINT64_MAX - 1, 1, true } },
      2,
      "<figure><figcaption>Sessions a day, bars up: at most 18,446,744,073,709,551,615, on 2026-11-26. Failed, bars down to a "
      "scale "
      "of their own: at most 18,446,744,073,709,551,615, on 2026-11-26.</figcaption><svg role=img viewBox=\"0 0 8 92\" "
      "preserveAspectRatio=none aria-label=\"2 days, from 2026-11-26 to 2026-11-27. Reports of 2 days. Failures on 2 days: "
      "2026-11-26 (18446744073709551615), 2026-11-27 (1).\"><path class=axis d=\"M0 61h8\"/>"
      "<path class=sessions d=\"M2 60v-60M6 60v-60\"/><path class=failed d=\"M2 62v30M6 62v1\"/></svg>"
      "<p class=axis><time>2026-11-26</time> <time>2026-11-27</time></p></figure>" },
    { "too early, and the only day",
      { { 0, 5, 0, true } },
      1,
      "<figure><figcaption>Sessions a day, bars up: at most 5, on 1970-01-01. Failed: none.</figcaption>"
      "<svg class=up role=img viewBox=\"0 0 1600 62\" preserveAspectRatio=none aria-label=\"400 days, from 1970-01-01 to "
      "1971-02-04. Reports of 1 day.\"><path class=axis d=\"M0 61h1600\"/><path class=sessions d=\"M2 60v-60\"/></svg>"
      "<p class=axis><time>1970-01-01</time> <time>1971-02-04</time></p></figure>" },
};

static void exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out = { 0 };
        plot_days(cases[i].days, cases[i].count, DAY, &out);
        if (strcmp(out.text, cases[i].expected) != 0)
            fail_msg("%s:\n%s", cases[i].name, out.text);
        buf_free(&out);
    }
}

/* Days before the last PLOT_DAYS_MAX are left out, and of many days with failures the last are named. */
static void many_days(void **state)
{
    struct tally_day days[2 * YEAR];
    struct buf out = { 0 };

    (void)state;
    for (int i = 0; i < 2 * YEAR; i++)
        days[i] = (struct tally_day) { DAY - 2 * YEAR + 1 + i, 1000000 + (uint64_t)i, 1000, true };
    plot_days(days, 2 * (size_t)YEAR, DAY, &out);
    assert_non_null(strstr(out.text, "viewBox=\"0 0 1600 92\""));
    assert_non_null(strstr(out.text, "aria-label=\"400 days, from 2025-10-23 to 2026-11-26. Reports of 400 days. Failures on 400 "
                                     "days, the last of them 2026-11-22 (1000), 2026-11-23 (1000), 2026-11-24 (1000), 2026-11-25 "
                                     "(1000), 2026-11-26 (1000).\""));
    assert_non_null(strstr(out.text, "M1598 60v-60\"/>"));
    assert_true(out.len < BYTES_MAX);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(exact), cmocka_unit_test(many_days) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
