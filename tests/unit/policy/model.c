#include "policy/model.h"
#include "cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void max_age(void **state)
{
    const struct case_line *line = *state;
    uint32_t seconds = 0;
    char text[16] = "bad";

    if (policy_max_age_read(line->field[0], &seconds))
        (void)snprintf(text, sizeof text, "%u", (unsigned)seconds);
    assert_string_equal(text, line->field[1]);
}

static void mx(void **state)
{
    const struct case_line *line = *state;
    enum domain_fault fault = policy_mx_fault(line->field[0], strlen(line->field[0]));

    assert_string_equal(fault == DOMAIN_FINE ? "ok" : "bad", line->field[1]);
}

static void match(void **state)
{
    const struct case_line *line = *state;

    assert_string_equal(policy_mx_match(line->field[0], line->field[1]) ? "yes" : "no", line->field[2]);
}

static void mode(void **state)
{
    enum policy_mode mode = POLICY_NONE;

    (void)state;
    assert_true(policy_mode_read("enforce", &mode));
    assert_int_equal(mode, POLICY_ENFORCE);
    assert_false(policy_mode_read("Enforce", &mode));
    assert_false(policy_mode_read("", &mode));
    assert_int_equal(mode, POLICY_ENFORCE);
}

static void rendered(void **state)
{
    const struct policy policy = { POLICY_ENFORCE, 604800, "mail.example.org\0*.example.net", 2 };
    const char *expected = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmx: *.example.net\r\nmax_age: 604800\r\n";
    char out[256];

    (void)state;
    assert_int_equal(policy_render(&policy, out, sizeof out), strlen(expected));
    assert_string_equal(out, expected);
}

/* A policy of mode none keeps its mx lines. A policy that does not fit is measured, and its beginning ends in a NUL. */
static void rendered_short(void **state)
{
    const struct policy policy = { POLICY_NONE, 86400, "mail.example.org", 1 };
    const char *expected = "version: STSv1\r\nmode: none\r\nmx: mail.example.org\r\nmax_age: 86400\r\n";
    char out[20];

    (void)state;
    assert_int_equal(policy_render(&policy, out, sizeof out), strlen(expected));
    assert_memory_equal(out, expected, sizeof out - 1);
    assert_int_equal(out[sizeof out - 1], '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(mode), cmocka_unit_test(rendered), cmocka_unit_test(rendered_short) };

    return cases_run("max_age.tsv", max_age) + cases_run("mx.tsv", mx) + cases_run("match.tsv", match) +
           cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
