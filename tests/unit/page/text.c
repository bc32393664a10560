/* Text in a page: hostile bytes are text. */
#include "page/text.h"
#include "base/buf.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) (text), sizeof(text) - 1

static const struct text_case {
    const char *text;
    size_t len;
    const char *expected;
} texts[] = {
    { BYTES(""), "" },
    { BYTES("mx1.example.org"), "mx1.example.org" },
    { BYTES("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;" },
    { BYTES("a&b &amp; \"q\" 'r' `s`"), "a&amp;b &amp;amp; &quot;q&quot; &#39;r&#39; `s`" },
    { BYTES("]]>-->"), "]]&gt;--&gt;" },
    { BYTES("a\0b"), "a\\x00b" },
    { BYTES("\x1b[31m\r\n\t\x7f"), "\\x1b[31m\\x0d\\x0a\\x09\\x7f" },
    { BYTES("caf\xc3\xa9 \xff\xfe \xed\xa0\x80"), "caf\\xc3\\xa9 \\xff\\xfe \\xed\\xa0\\x80" },
    { BYTES("\xe2\x80\xae"
            "gro.elpmaxe\xe2\x81\xa6"),
      "\\xe2\\x80\\xaegro.elpmaxe\\xe2\\x81\\xa6" },
    { BYTES("\xc0\xbcscript\xc0\xbe +ADw-script+AD4-"), "\\xc0\\xbcscript\\xc0\\xbe +ADw-script+AD4-" },
};

static void hostile_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf out = { 0 };
        buf_add(&out, "", 0);
        page_text(&out, texts[i].text, texts[i].len);
        assert_string_equal(out.text, texts[i].expected);
        buf_free(&out);
    }
}

/* No byte gets through that could begin or end markup, or an attribute's value. */
static void every_byte(void **state)
{
    (void)state;
    for (int c = 0; c <= UCHAR_MAX; c++) {
        const char byte = (char)c;
        struct buf out = { 0 };
        page_text(&out, &byte, 1);
        assert_true(out.len > 0);
        assert_null(strpbrk(out.text, "<>\"'"));
        assert_true(strchr(out.text, '&') == NULL || (out.text[0] == '&' && out.text[out.len - 1] == ';'));
        for (size_t i = 0; i < out.len; i++)
            assert_true(out.text[i] >= ' ' && out.text[i] <= '~');
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hostile_text), cmocka_unit_test(every_byte) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
