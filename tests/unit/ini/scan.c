/* ini_scan() and the C library's sscanf(), by each of iniparser's formats, on every text of up to six characters that matter.
 */
#include "ini/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LENGTH = 6 };

static const char *const formats[] = {
    /* 4.1 */
    "[%[^]]",
    "%[^=] = \"%[^\"]\"",
    "%[^=] = '%[^\']'",
    "%[^=] = %[^;#]",
    "%[^=] = %[;#]",
    "%[^=] %[=]",
    /* 4.2.6 */
    "[%[^\n]",
    "%[^=] = \"%[^\n]\"",
    "%[^=] = '%[^\n]'",
};

struct scanned {
    int count;
    char text[2][LENGTH + 1];
};

static int by(int (*scan)(const char *, const char *, va_list), const char *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = scan(text, format, arguments);
    va_end(arguments);
    return count;
}

static void compare(const char *text)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct scanned expected = { .text = { "x", "y" } }, found = expected;
        expected.count = by(vsscanf, text, formats[i], expected.text[0], expected.text[1]);
        found.count = by(ini_scan, text, formats[i], found.text[0], found.text[1]);
        if (memcmp(&expected, &found, sizeof found) != 0)
            fail_msg("\"%s\" by \"%s\": %d, \"%s\", \"%s\" instead of %d, \"%s\", \"%s\"", text, formats[i], found.count,
                     found.text[0], found.text[1], expected.count, expected.text[0], expected.text[1]);
    }
}

static void every_text(void **state)
{
    static const char characters[] = "a []='\";\n";
    enum { KINDS = sizeof characters - 1 };
    int drawn[LENGTH] = { 0 };
    char text[LENGTH + 1] = "";

    (void)state;
    for (size_t at = 0; at < LENGTH;) {
        compare(text);
        /* The next text: counts with digits 1 to KINDS, of which the first is the lowest. */
        for (at = 0; at < LENGTH && drawn[at] == KINDS; at++) {
            drawn[at] = 1;
            text[at] = characters[0];
        }
        if (at < LENGTH) {
            text[at] = characters[drawn[at]];
            drawn[at]++;
        }
    }
}

static void every_byte(void **state)
{
    (void)state;
    for (int i = 1; i < 256; i++) {
        char c = (char)i, text[LENGTH + 1];
        (void)snprintf(text, sizeof text, "%ck%c=%cv%c", c, c, c, c);
        compare(text);
        (void)snprintf(text, sizeof text, "[%ca%c]%c", c, c, c);
        compare(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_text), cmocka_unit_test(every_byte) };

    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
