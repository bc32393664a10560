/*
 * src/ini/lines.c and iniparser, on the same file: if iniparser reads the file, both find the same keys with the same values in
 * the same sections.
 */
#include "ini/lines.h"
#include "cases.h"
#include "ini/header.h"
#include "policy/domain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <iniparser.h>

#include <cmocka.h>

enum { FILES = 20000, LINES_MAX = 12 };

/* The lines of which the files consist, drawn at random. A line end follows each. */
static const char *const pieces[] = {
    "[a]",
    "[b.example]",
    "  [c.example]  ",
    "[D.Example] ",
    "\t[e]",
    "[f g]",
    "[a]b]",
    "mx = one",
    "mx=two ; note",
    "  mode = \"quoted ; value\" ; note",
    "key = 'single'",
    "key =",
    "key = \"\"",
    "key = ;",
    "; comment",
    "# comment",
    "; comment \\",
    "# [h] \\",
    "mx = a, \\",
    "mx = a \\\\",
    "    b, \\",
    "\\",
    "   \\",
    "",
    "   ",
    "\t",
    "x",
    "UPPER = Case",
    "a = b = c",
    "a == b",
    "[",
    "]",
    "[i] ; note",
    "stray",
    "= value",
    "host = x \\\t ",
    "tlsrpt = \\",
};
static const char *const line_ends[] = { "\n", "\n", "\n", "\r\n", " \n" };

static unsigned draw(uint32_t *seed, unsigned below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 16) % below;
}

static size_t make_file(uint32_t *seed, char *text, size_t room)
{
    size_t len = 0;

    for (unsigned n = draw(seed, LINES_MAX); n > 0; n--) {
        const char *piece = pieces[draw(seed, sizeof pieces / sizeof pieces[0])];
        const char *end = line_ends[draw(seed, sizeof line_ends / sizeof line_ends[0])];
        len += (size_t)snprintf(text + len, room - len, "%s%s", piece, n == 1 && draw(seed, 4) == 0 ? "" : end);
    }
    return len;
}

static dictionary *whole(const char *text, size_t len)
{
    char path[] = "/tmp/test_ini.XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    assert_int_equal(close(fd), 0);
    dictionary *dict = iniparser_load(path);
    assert_int_equal(unlink(path), 0);
    return dict;
}

/*
 * This program is stricter than iniparser on purpose: it refuses a header that continues in the next line, or has text after its
 * bracket. Such files are not compared.
 */
static bool is_comparable(const char *text, size_t len)
{
    struct ini_line line;
    struct header header;

    for (size_t at = 0; at < len; at = line.next) {
        ini_line(text, len, at, &line);
        if (line.kind == INI_NEITHER || line.stop != INI_STOP_NONE)
            return false;
        if (line.kind != INI_HEADER)
            continue;
        header_read(text, &line, &header);
        if (header.fault != NULL || header.len == 0)
            return false;
    }
    return true;
}

static size_t compare_section(const dictionary *dict, const char *text, size_t from, size_t to, const char *section)
{
    struct ini_line line;
    struct ini_pair pair;
    char key[3 * INI_LINE_SIZE];
    size_t found = 0;

    /* iniparser keeps only the last value of a repeated key. */
    for (size_t at = from; at < to; at = line.next) {
        ini_line(text, to, at, &line);
        if (line.kind != INI_VALUE)
            continue;
        assert_true(ini_pair(text, &line, &pair));
        (void)snprintf(key, sizeof key, "%s:%s", section, pair.key);
        assert_non_null(iniparser_getstring(dict, key, NULL));
        found += strcmp(iniparser_getstring(dict, key, ""), pair.value) == 0;
    }
    return found;
}

/* Every key that iniparser finds is in the cut sections, with the same value. */
static size_t compare(const dictionary *dict, const char *text, size_t len)
{
    size_t keys = 0, found = 0, from = 0, to;
    char section[INI_LINE_SIZE] = "";
    struct ini_line line;
    struct header header;

    for (unsigned i = 0; i < (unsigned)dict->n; i++)
        keys += dict->key[i] != NULL && strchr(dict->key[i], ':') != NULL;
    for (;;) {
        to = ini_next_header(text, len, from);
        found += compare_section(dict, text, from, to, section);
        if (to == len)
            break;
        ini_line(text, len, to, &line);
        header_read(text, &line, &header);
        while (header.len > 0 && strchr(" \t", header.names[header.len - 1]) != NULL)
            header.len--;
        (void)snprintf(section, sizeof section, "%.*s", (int)header.len, header.names);
        for (char *c = section; *c != '\0'; c++)
            *c = domain_lower(*c);
        from = line.next;
    }
    assert_true(found >= keys);
    return keys;
}

static void same_view(void **state)
{
    uint32_t seed = 8461;
    size_t compared = 0, keys = 0;
    char text[4096];

    (void)state;
    for (int i = 0; i < FILES; i++) {
        size_t len = make_file(&seed, text, sizeof text);
        dictionary *dict = whole(text, len);
        if (dict != NULL && is_comparable(text, len)) {
            compared++;
            keys += compare(dict, text, len);
        }
        if (dict != NULL)
            iniparser_freedict(dict);
    }
    print_message("# %zu files compared, %zu keys\n", compared, keys);
    assert_true(compared > FILES / 20);
    assert_true(keys > FILES / 20);
}

/* iniparser's limit: the longest line that it reads is read, and one more byte is too long. */
static void longest_line(void **state)
{
    struct ini_line line;
    char text[INI_LINE_SIZE + 8];

    (void)state;
    for (size_t n = INI_LINE_SIZE - 4; n < INI_LINE_SIZE + 2; n++) {
        memset(text, 'a', n);
        memcpy(text, "k = ", 4);
        text[n] = '\n';
        dictionary *dict = whole(text, n + 1);
        ini_line(text, n + 1, 0, &line);
        assert_int_equal(line.kind, dict != NULL ? INI_VALUE : INI_LONG);
        if (dict != NULL)
            iniparser_freedict(dict);
    }
}

/* A header in a comment or a value is none, and the header after it is. No backslash hides a header. */
static const struct {
    const char *text;
    size_t header;
} headers[] = {
    { "[a]\n", 0 },
    { "\n\n  [a]\n", 2 },
    { "; [x]\n[a]\n", 6 },
    { "k = [x]\n[a]\n", 8 },
    { "k = v \\\n[x]\n[a]\n", 8 },
    { "; note \\\n[x]\n[a]\n", 9 },
    { "k = v ; note \\\n[x]\n[a]\n", 15 },
    { "k = \"v ; v\" \\\nx\n[a]\n", 16 },
    { "\\\n[a]\n", 2 },
    { "  \\\n[a]\n", 4 },
    { "k = v \\\\\n\n[x]\n[a]\n", 10 },
    { "k = v \\\n\n[a]\n", 9 },
    { "k = [[[[[\n", 10 },
};

static void where_headers_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        assert_int_equal(ini_next_header(headers[i].text, strlen(headers[i].text), 0), headers[i].header);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(same_view), cmocka_unit_test(longest_line),
                                        cmocka_unit_test(where_headers_are) };

    ini_init();
    return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
