/* Reports that are broken: each is refused, with the reason. */
#include "reports/read/report.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RANGE "\"date-range\":{\"start-datetime\":\"2026-11-25T00:00:00Z\",\"end-datetime\":\"2026-11-25T23:59:59Z\"}"
#define BLOCK(counts) "{" RANGE ",\"policies\":[{\"policy\":{\"policy-type\":\"sts\"},\"summary\":{" counts "}}]}"
#define FAILED(n) BLOCK("\"total-failure-session-count\":" n)
#define NO_NUMBER "has total-failure-session-count that is no number from 0 to 1000000000"

static const struct {
    const char *text, *why; /* WHY: NULL if it is good */
} reports[] = {
    { FAILED("0"), NULL },
    { "\xef\xbb\xbf" FAILED("1.0"), NULL },
    { FAILED("1000000000"), NULL },
    { FAILED("\"12\""), NULL },
    { BLOCK(""), NULL },
    { "{" RANGE ",\"policies\":[]}", NULL },
    { FAILED("1000000001"), NO_NUMBER },
    { FAILED("-1"), NO_NUMBER },
    { FAILED("1e300"), NO_NUMBER },
    { FAILED("99999999999999999999999999"), NO_NUMBER },
    { FAILED("\"nan\""), NO_NUMBER },
    { FAILED("\"inf\""), NO_NUMBER },
    { FAILED("\"1 of 2\""), NO_NUMBER },
    { FAILED("1e400"), "is not JSON: line 1: real number overflow near '1e400'" },
    { "", "is not JSON: line 1: '[' or '{' expected near end of file" },
    { "{\"a\":1", "is not JSON: line 1: '}' expected near end of file" },
    { FAILED("0") "x", "is not JSON: line 1: end of file expected near 'x'" },
    { "{\"organization-name\":\"\xff\"}", "is not JSON: line 1: unable to decode byte 0xff near '\"'" },
    { "{\"organization-name\":\"a\\u0000\"}",
      "is not JSON: line 1: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"a\\u0000\"'" },
    { "[]", "is no TLS report: it has no policies" },
    { "{}", "is no TLS report: it has no policies" },
    { "{\"policies\":{}}", "is no TLS report: it has no policies" },
    { "{\"policies\":[]}", "has no date-range with two dates by RFC 3339" },
    { "{\"date-range\":{\"start-datetime\":\"2026-11-25\",\"end-datetime\":\"2026-11-24\"},\"policies\":[]}",
      "has a date-range that ends before it begins, or is longer than 31 days" },
    { "{\"date-range\":{\"start-datetime\":\"2025-11-25\",\"end-datetime\":\"2026-11-24\"},\"policies\":[]}",
      "has a date-range that ends before it begins, or is longer than 31 days" },
    { "{" RANGE ",\"policies\":[7]}", "has a policy-type that is not sts, tlsa or no-policy-found" },
};

static void assert_report(const char *text, size_t len, const char *why)
{
    struct report report;
    struct buf seen = { 0 };

    assert_int_equal(report_read(text, len, &report, &seen), why == NULL);
    assert_false(seen.failed);
    if (why != NULL)
        assert_string_equal(seen.text, why);
    report_free(&report);
    buf_free(&seen);
}

static void read_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++)
        assert_report(reports[i].text, strlen(reports[i].text), reports[i].why);
}

/* Adds WHAT TIMES times. */
static void add_many(struct buf *text, const char *what, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add(text, what, strlen(what));
}

static void bounds(void **state)
{
    struct buf text = { 0 };

    (void)state;
    buf_print(&text, "{\"a\":");
    add_many(&text, "[", 31);
    add_many(&text, "]", 31);
    buf_print(&text, "}");
    assert_report(text.text, text.len, "is no TLS report: it has no policies");
    text.len = 0;
    add_many(&text, "[", 33);
    add_many(&text, "]", 33);
    assert_report(text.text, text.len, "has more than 32 levels of JSON");
    text.len = 0;
    add_many(&text, "[", 100000);
    assert_report(text.text, text.len, "is not JSON: line 1: maximum parsing depth reached near '['");
    text.len = 0;
    buf_print(&text, "{\"a\":[0");
    add_many(&text, ",0", 1000000);
    buf_print(&text, "]}");
    assert_report(text.text, text.len, "has more than 1000000 values");
    text.len = 0;
    buf_print(&text, "{" RANGE ",\"policies\":[0");
    add_many(&text, ",0", 1000);
    buf_print(&text, "]}");
    assert_report(text.text, text.len, "has more than 1000 policies");
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(read_all), cmocka_unit_test(bounds) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
