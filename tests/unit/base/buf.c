/* buf: which bytes from outside are shown as they are. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void shows(const char *bytes, size_t len, size_t most, const char *expected)
{
    struct buf buf = { 0 };

    buf_add_shown(&buf, bytes, len, most);
    assert_string_equal(buf.text != NULL ? buf.text : "", expected);
    buf_free(&buf);
}

static void text_is_shown_as_it_is(void **state)
{
    (void)state;
    shows("", 0, 10, "");
    shows("mx1.example.org ~", 17, 17, "mx1.example.org ~");
    shows("b\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80", 10, 64, "b\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80");
}

static void no_control_gets_through(void **state)
{
    (void)state;
    shows("a\0b\x1B[31m\x7F", 9, 64, "a\\x00b\\x1b[31m\\x7f");
    shows("\xC2\x9B"
          "31m",
          5, 64, "\\xc2\\x9b31m");
    shows("\xE2\x80\xAE"
          "a\xE2\x81\xA6",
          7, 64, "\\xe2\\x80\\xaea\\xe2\\x81\\xa6");
    shows("\xEF\xBB\xBF", 3, 64, "\\xef\\xbb\\xbf");
    shows("\xD8\x9C\xC2\xAD", 4, 64, "\\xd8\\x9c\\xc2\\xad");                            /* U+061C, U+00AD */
    shows("\xE2\x80\x8B\xE1\xA0\x8E", 6, 64, "\\xe2\\x80\\x8b\\xe1\\xa0\\x8e");          /* U+200B, U+180E */
    shows("\xE3\x85\xA4\xEF\xB8\x8F", 6, 64, "\\xe3\\x85\\xa4\\xef\\xb8\\x8f");          /* U+3164, U+FE0F */
    shows("\xF3\xA0\x81\x81\xEF\xBF\xBE", 7, 64, "\\xf3\\xa0\\x81\\x81\\xef\\xbf\\xbe"); /* U+E0041, U+FFFE */
    shows("\xC2\xAE\xD8\x9B\xE2\x80\x90", 7, 64, "\xC2\xAE\xD8\x9B\xE2\x80\x90");        /* their neighbours */
}

static void what_is_no_utf8_is_told_apart(void **state)
{
    (void)state;
    shows("\x9B"
          "31m",
          4, 64, "\\x9b31m");
    shows("\xC3", 1, 64, "\\xc3");
    shows("\xC3(", 2, 64, "\\xc3(");
    shows("\xC0\xAF", 2, 64, "\\xc0\\xaf");
    shows("\xE0\x80\xAF", 3, 64, "\\xe0\\x80\\xaf");
    shows("\xED\xA0\x80", 3, 64, "\\xed\\xa0\\x80");
    shows("\xF4\x90\x80\x80", 4, 64, "\\xf4\\x90\\x80\\x80");
    shows("\xFF", 1, 64, "\\xff");
}

static void what_is_long_is_cut_between_characters(void **state)
{
    (void)state;
    shows("abcdef", 6, 5, "abcde...");
    shows("abcd\xC3\xBC", 6, 5, "abcd...");
    shows("abcd\xC3\xBC"
          "e",
          7, 6, "abcd\xC3\xBC...");
    shows("abc", 3, 0, "...");
}

static void a_string_in_json_has_all_bytes(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *json;
    } cases[] = {
        { "", 0, "\"\"" },
        { "v=STSv1; id=1;", 14, "\"v=STSv1; id=1;\"" },
        { "a\"b\\", 4, "\"a\\\"b\\\\\"" },
        { "\0\n\x7F~", 4, "\"\\u0000\\u000a\\u007f~\"" },
        { "b\xC3\xBC\xEF\xBF\xBD", 6, "\"b\\u00fc\\ufffd\"" },
        { "\xF0\x9F\x98\x80", 4, "\"\xF0\x9F\x98\x80\"" },
        { "\xC3(\xFF\xF0\x9F\x98", 6, "\"\\u00c3(\\u00ff\\u00f0\\u009f\\u0098\"" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = { 0 };
        buf_add_json(&out, cases[i].text, cases[i].len);
        assert_false(out.failed);
        assert_string_equal(out.text, cases[i].json);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_shown_as_it_is),
        cmocka_unit_test(no_control_gets_through),
        cmocka_unit_test(what_is_no_utf8_is_told_apart),
        cmocka_unit_test(a_string_in_json_has_all_bytes),
        cmocka_unit_test(what_is_long_is_cut_between_characters),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
