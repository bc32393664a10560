/* The lines of two policies, side by side. */
#include "change/lines.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *old, *new, *expected;
} cases[] = {
    { NULL, NULL, "" },
    { "a\r\nb\r\n", "a\r\nb\r\n", " a b" },
    { NULL, "a\r\nb\r\n", "+a+b" },
    { "a\r\nb\r\n", NULL, "-a-b" },
    { "a\r\nb\r\nc\r\n", "a\r\nc\r\n", " a-b c" },
    { "a\r\nc\r\n", "a\r\nb\r\nc\r\n", " a+b c" },
    { "a\r\nb\r\nc\r\n", "a\r\nd\r\nc\r\n", " a-b+d c" },
    { "a\r\nb\r\nz\r\n", "c\r\nd\r\nz\r\n", "-a-b+c+d z" },
    { "a\r\nb\r\nz\r\n", "b\r\na\r\nz\r\n", "-a b+a z" },
    { "a\r\n", "ab\r\n", "-a+ab" },
    { "a\r\na\r\n", "a\r\n", " a-a" },
};

static void add(void *to, char sign, const char *line, size_t len)
{
    buf_print(to, "%c%.*s", sign, (int)len, line);
}

static void compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = { 0 };
        lines_compare(cases[i].old, cases[i].new, add, &out);
        assert_string_equal(out.text != NULL ? out.text : "", cases[i].expected);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(compared) };

    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
