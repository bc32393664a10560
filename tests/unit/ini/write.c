/* Comments and ages as they are written into policies.ini. */
#include "ini/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text, *lines;
} comments[] = {
    { "one line", "; one line\n" },
    { "", "; \n" },
    { "a\x1b[31m\xc3\xa4", "; a\\x1b[31m\\xc3\\xa4\n" },
    { "ends in a backslash \\", "; ends in a backslash \\ .\n" },
    { "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 next",
      "; 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890\n; next\n" },
};

static void writes_comments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof comments / sizeof *comments; i++) {
        struct buf out = { 0 };
        write_comment(&out, comments[i].text);
        assert_string_equal(out.text, comments[i].lines);
        buf_free(&out);
    }
}

static const struct {
    uint32_t seconds;
    const char *text;
} ages[] = { { 0, "0" }, { 5000, "5000" }, { 86400, "1d" }, { 864000, "10d" }, { 604800, "1w" }, { 31557600, "31557600" } };

static void writes_ages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        struct buf out = { 0 };
        write_age(&out, ages[i].seconds);
        assert_string_equal(out.text, ages[i].text);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(writes_comments), cmocka_unit_test(writes_ages) };

    return cmocka_run_group_tests_name("ini_write", tests, NULL, NULL);
}
