#include "markup.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_one(const char *tag, const char *const *tags)
{
    while (*tags != NULL && strncmp(tag, *tags, strlen(*tags)) != 0)
        tags++;
    return *tags != NULL;
}

void assert_markup(const struct buf *page, const char *const *tags)
{
    static const char *const usual[] = { "<td>",       "<th scope=row>", "<b>",   "</b>", "</details>", "<summary>",
                                         "</summary>", "<dl>",           "</dl>", "<dt>", "<dd>",       NULL };

    for (const char *at = strchr(page->text, '<'); at != NULL; at = strchr(at + 1, '<'))
        if (!is_one(at, usual) && !is_one(at, tags))
            fail_msg("%.60s", at);
    for (size_t i = 0; i + 1 < page->len; i++)
        assert_true(page->text[i] >= ' ' && page->text[i] <= '~');
    assert_int_equal(page->text[page->len - 1], '\n');
}
