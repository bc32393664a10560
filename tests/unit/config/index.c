/*
 * One reading of policies.ini: the message for each mistake, and the contents of a good file. tests/fixtures/mistakes has a file
 * for each mistake, next to it the expected lines, and the answer for each domain.
 */
#include "config/index.h"
#include "base/buf.h"
#include "cases.h"
#include "ini/lines.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char fixtures[] = "tests/fixtures/";

static struct index *index_of(const char *text, size_t len, const char *only)
{
    char *copy = malloc(len + 1);

    assert_non_null(copy);
    memcpy(copy, text, len);
    for (char *nul; (nul = memchr(copy, '\1', len)) != NULL;)
        *nul = '\0';
    struct index *index = index_new(copy, len, "policies.ini", only);
    assert_non_null(index);
    return index;
}

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    (void)line;
    (void)warning;
    buf_print(to, "%s\n", text);
}

static void on_broken(void *to, const char *domain)
{
    buf_print(to, "broken: %s\n", domain);
}

/* STATE: the name of the file with the mistake. */
static void mistake(void **state)
{
    char path[256];
    size_t len, expected_len;
    struct buf told = { 0 };
    const struct audit audit = { &told, false, on_problem, on_broken, NULL };

    (void)snprintf(path, sizeof path, "%s", (const char *)*state + strlen(fixtures));
    char *text = cases_read(path, &len);
    (void)snprintf(path + strlen(path) - strlen("ini"), sizeof "expected", "expected");
    struct index *index = index_of(text, len, NULL);
    assert_true(index_audit(index, &audit));
    char *expected = cases_read(path, &expected_len);
    assert_string_equal(told.text, expected);
    free(expected);
    buf_free(&told);
    index_free(index);
    free(text);
}

/* index_values() says the same as VERDICT, which index_find() gave. */
static void check_values(struct index *index, const char *domain, const struct index_verdict *verdict)
{
    struct index_values values = { 0 };

    if (strchr(domain, '.') == NULL)
        return;
    assert_true(index_values(index, domain, &values));
    assert_int_equal(values.state, verdict == NULL ? INDEX_ABSENT : verdict->found == INDEX_POLICY ? INDEX_KNOWN : INDEX_UNKNOWN);
    if (values.state == INDEX_KNOWN)
        assert_string_equal(values.bytes.text, verdict->bytes);
    index_values_free(&values);
}

static char *policy_of(struct index *index, const char *domain)
{
    const struct index_verdict *verdict;
    static char text[4096];

    assert_true(index_find(index, domain, &verdict));
    check_values(index, domain, verdict);
    if (verdict == NULL)
        return strcpy(text, "nothing");
    (void)snprintf(text, sizeof text, "%s%s", verdict->found == INDEX_POLICY ? "" : "broken: ", verdict->bytes);
    verdict_drop(verdict);
    for (char *cr; (cr = strchr(text, '\r')) != NULL;)
        memmove(cr, cr + 1, strlen(cr));
    return text;
}

/* Each row: a file, a domain, and the expected policy without its first line. */
static const struct row {
    const char *label, *text, *domain, *policy;
} rows[] = {
    { "the section alone", "[a.b]\nmx = m.a.b\n", "a.b", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "[defaults]", "[defaults]\nmode=enforce\nmax_age=1d\nmx=x.y\n[a.b]\n", "a.b", "mode: enforce\nmx: x.y\nmax_age: 86400\n" },
    { "a template comes before [defaults]", "[defaults]\nmode=enforce\nmx=x.y\n[a.b]\nuse=t\n[t]\nmx=t.t\nmode=none\n", "a.b",
      "mode: none\nmx: t.t\nmax_age: 604800\n" },
    { "a section comes before its template", "[t]\nmx=t.t\nmode=none\n[a.b]\nmode=enforce\nuse=t\nmx=m.a.b\n", "a.b",
      "mode: enforce\nmx: m.a.b\nmax_age: 604800\n" },
    { "mx lines add up, in order", "[a.b]\nmx = z.a.b, y.a.b\nmx = x.a.b w.a.b\nMX = V.a.b\n", "a.b",
      "mode: testing\nmx: z.a.b\nmx: y.a.b\nmx: x.a.b\nmx: w.a.b\nmx: v.a.b\nmax_age: 604800\n" },
    { "several domains in one header", "[a.b, c.d\te.f]\nmx=m.a.b\n", "e.f", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "a template named nearly as [defaults], beside it", "[defaults]\nmode=enforce\n[default]\nmx=m.a.b\n[a.b]\nuse=default\n",
      "a.b", "mode: enforce\nmx: m.a.b\nmax_age: 604800\n" },
    { "the header's case", "[A.B]\nmx=m.a.b\n", "a.b", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "[*]", "[a.b]\nmx=m.a.b\n[*]\nmx=any.thing\n", "other.org", "mode: testing\nmx: any.thing\nmax_age: 604800\n" },
    { "[*] is not for a name without a dot", "[*]\nmx=any.thing\n", "localhost", NULL },
    { "a domain comes before [*]", "[*]\nmx=any.thing\n[a.b]\nmx=m.a.b\n", "a.b", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "no inheritance to sub-domains", "[a.b]\nmx=m.a.b\n", "c.a.b", NULL },
    { "a template is not served", "[google]\nmx=m.a.b\n", "google", NULL },
    { "[defaults] is not served", "[defaults]\nmx=m.a.b\n", "defaults", NULL },
    { "mode none without mx", "[a.b]\nmode=none\n", "a.b", "mode: none\nmax_age: 604800\n" },
    { "CRLF", "[a.b]\r\nmode = enforce\r\nmx = m.a.b\r\n", "a.b", "mode: enforce\nmx: m.a.b\nmax_age: 604800\n" },
    { "a BOM", "\xEF\xBB\xBF[a.b]\nmx = m.a.b\n", "a.b", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "a BOM and a comment", "\xEF\xBB\xBF; note\n[a.b]\nmx = m.a.b\n", "a.b", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "continuation", "[a.b]\nmx = m.a.b, \\\n     n.a.b, \\\r\n     o.a.b\n", "a.b",
      "mode: testing\nmx: m.a.b\nmx: n.a.b\nmx: o.a.b\nmax_age: 604800\n" },
    { "comments", "# one\n[a.b] ; two\nmx = m.a.b ; three\n  ; four\nmode = \"enforce\" # five\n", "a.b",
      "mode: enforce\nmx: m.a.b\nmax_age: 604800\n" },
    { "no final line end", "[a.b]\nmx = m.a.b", "a.b", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "host and tlsrpt do not stop a policy", "[a.b]\nmx=m.a.b\nhost = _\ntlsrpt = x\n", "a.b",
      "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "a mistake where nobody looks", "[defaults]\nmode = x\n[t]\nmax_age = x\n[a.b]\nuse=t\nmx=m.a.b\nmode=none\nmax_age=1\n",
      "a.b", "mode: none\nmx: m.a.b\nmax_age: 1\n" },
    { "a comment after a ;", "[a.b]\nmx = m.a.b ; the.main one\n", "a.b", "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "a comment with a backslash hides no section", "[c.d]\n; C:\\mail\\\n[a.b]\nmx = m.a.b\n", "a.b",
      "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "a header of several lines", "[a.b,\r\n  c.d\n\n\te.f\n] ; three\nmx = m.a.b\n", "e.f",
      "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "a template's header of several lines", "[\n t\n]\nmx = m.a.b\n[a.b]\nuse = t\n", "a.b",
      "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
    { "{domain}", "[a.b c.d]\nmx = mail.{domain}, *.{Domain}\n", "c.d",
      "mode: testing\nmx: mail.c.d\nmx: *.c.d\nmax_age: 604800\n" },
    { "{domain} in a template", "[t]\nmx = {domain}.mx.e\n[a.b]\nuse = t\n", "a.b",
      "mode: testing\nmx: a.b.mx.e\nmax_age: 604800\n" },
    { "{domain} in [defaults], twice in a host", "[defaults]\nmx = x.y, {domain}-{domain}\n[a.b]\n", "a.b",
      "mode: testing\nmx: x.y\nmx: a.b-a.b\nmax_age: 604800\n" },
    { "{domain} in [*]", "[*]\nmx = mail.{domain}\n", "c.d.e", "mode: testing\nmx: mail.c.d.e\nmax_age: 604800\n" },
    { "a mistake in the next section", "[a.b]\nmx=m.a.b\n[c.d\nmode = x\n", "a.b",
      "mode: testing\nmx: m.a.b\nmax_age: 604800\n" },
};

static void found(void **state)
{
    const struct row *row = *state;
    struct index *index = index_of(row->text, strlen(row->text), NULL),
                 *only = index_of(row->text, strlen(row->text), row->domain);
    char expected[512] = "nothing";

    if (row->policy != NULL)
        (void)snprintf(expected, sizeof expected, "version: STSv1\n%s", row->policy);
    assert_string_equal(policy_of(index, row->domain), expected);
    assert_string_equal(policy_of(index, row->domain), expected); /* now from its cache */
    assert_string_equal(policy_of(only, row->domain), expected);
    index_free(index);
    index_free(only);
}

/* A request for a broken domain gets the same message as the audit, also for a mistake in a template, and with an index of that
 * domain alone. */
static void told_the_same(void **state)
{
    const char text[] =
        "[defaults]\nmax_age = 1w\n\n[x.y]\nmx=m.x.y\n[t]\n; note\nmx = 192.0.2.1\n\n[a.b]\nuse = t\n[a.c]\nmax_age=x\n";
    const char in_template[] = "broken: policies.ini:8: [t] mx: \"192.0.2.1\" is an IP address; write a host name (RFC 8461 3.2)";
    struct index *index = index_of(text, sizeof text - 1, NULL), *only = index_of(text, sizeof text - 1, "a.b");

    (void)state;
    assert_string_equal(policy_of(index, "a.b"), in_template);
    assert_string_equal(policy_of(only, "a.b"), in_template);
    assert_non_null(strstr(policy_of(index, "a.c"), "policies.ini:13: [a.c] max_age: \"x\""));
    index_free(index);
    index_free(only);
}

/* A list of names that is cut off, or goes on where it must not: none of its domains is left to [*]. */
static void cut_lists(void **state)
{
    static const char *const texts[] = {
        "[a.b\n b.e\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b\nb.e]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b ; c\n b.e]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b\n ; b.e\n]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b \\\n b.e]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b\n b.e] \\\nmx=m.b.e\n[*]\nmx=any.e\n",
        "a.b\n b.e]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b\n b.e\1]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b\n =b.e]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b\r b.e]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[a.b\n b.e\n[*]\nmx=any.e\n",
        "[*]\nmx=any.e\n[a.b\n b.e",
        "[a.b\n b.e\n b.e]\nmx=m.b.e\n[*]\nmx=any.e\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct index *index = index_of(texts[i], strlen(texts[i]), NULL), *only = index_of(texts[i], strlen(texts[i]), "b.e");
        assert_memory_equal(policy_of(index, "b.e"), "broken: ", 8);
        assert_memory_equal(policy_of(only, "b.e"), "broken: ", 8);
        index_free(index);
        index_free(only);
    }
}

static void twins(void **state)
{
    const char text[] = "[a.b]\nmx=m.a.b\n[c.d]\nmx=m.c.d\n[a.b]\nmx=n.a.b\n[a.b.]\nmx=o.a.b\n[mta-sts.c.d]\nmx=o.c.d\n";
    struct index *index = index_of(text, sizeof text - 1, NULL), *only = index_of(text, sizeof text - 1, "a.b");

    (void)state;
    assert_string_equal(policy_of(index, "a.b"),
                        "broken: policies.ini:5: [a.b]: is already named in line 1; keep one of the two");
    assert_string_equal(policy_of(only, "a.b"), "broken: policies.ini:5: [a.b]: is already named in line 1; keep one of the two");
    assert_string_equal(policy_of(index, "c.d"), "version: STSv1\nmode: testing\nmx: m.c.d\nmax_age: 604800\n");
    index_free(index);
    index_free(only);
}

/* Sections of unclear kind: whichever domain is asked for first, none is mistaken for another. */
static void odd_headers(void **state)
{
    static const char *const texts[] = {
        "[defaults b.e]\nmx=m.b.e\n[a.b]\nmx=m.a.b\n",
        "[google b.e]\nmx=m.b.e\n[a.b]\nuse=google\n",
        "[mta-sts.google b.e]\nmx=m.b.e\n[a.b]\nuse=google\n",
        "[*;]\nmx=m.b.e\n",
        "[*=]\nmx=m.b.e\n[t;x]\nmx=m.t\n[a.b]\nuse=t\n",
        "[b.e;a.b]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[b.e] \\\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[b.e\\\n]\nmx=m.b.e\n[*]\nmx=any.e\n",
        "[b.e\1\nmx=m.b.e\n", /* \1 stands for a NUL */
        "[b.e]\1\nmx=m.b.e\n",
        "[*.]\nmx=m.b.e\n",
        "[mta-sts.*]\nmx=m.b.e\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct index *index = index_of(texts[i], strlen(texts[i]), NULL), *only = index_of(texts[i], strlen(texts[i]), "b.e");
        assert_memory_equal(policy_of(index, "b.e"), "broken: ", 8);
        assert_memory_equal(policy_of(only, "b.e"), "broken: ", 8);
        (void)policy_of(index, "a.b");
        assert_memory_equal(policy_of(index, "b.e"), "broken: ", 8);
        index_free(index);
        index_free(only);
    }
}

/* Enough names for the index to grow often. It finds each of them, and no other. */
static void many(void **state)
{
    struct buf text = { 0 };
    char domain[64], expected[128];

    (void)state;
    for (int i = 0; i < 5000; i++)
        buf_print(&text, "[d%d.example x%d.example]\nmx = m%d.example\n\n", i, i, i);
    struct index *index = index_of(text.text, text.len, NULL);
    assert_int_equal(index_sections(index), 5000);
    assert_int_equal(index_domains(index), 10000);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(domain, sizeof domain, "%c%d.example", i % 2 ? 'd' : 'x', i);
        (void)snprintf(expected, sizeof expected, "version: STSv1\nmode: testing\nmx: m%d.example\nmax_age: 604800\n", i);
        assert_string_equal(policy_of(index, domain), expected);
    }
    assert_string_equal(policy_of(index, "d5000.example"), "nothing");
    index_free(index);
    buf_free(&text);
}

/* The values of a policy, its policy host and its reports: from the section, its template, [defaults]; of [*]; with mistakes. */
static void values(void **state)
{
    const char text[] =
        "[defaults]\nmode=enforce\nhost=192.0.2.1,\t192.0.2.2  2001:db8::1\n[t]\nmax_age=1d\n"
        "[a.b a.c]\nuse=t\nmx=m.a.b,*.C.d\ntlsrpt=mailto:X@a.b,https://a.b/\n[b.c]\nhost=_\nmx=m.b.c\n[c.d]\n[*]\nmx=any.e\n";
    struct index *index = index_of(text, sizeof text - 1, NULL);
    struct index_values found = { 0 };

    (void)state;
    assert_true(index_values(index, "a.b", &found));
    assert_int_equal(found.state, INDEX_KNOWN);
    assert_int_equal(found.policy.mode, POLICY_ENFORCE);
    assert_int_equal(found.policy.max_age, 86400);
    assert_int_equal(found.policy.mx_count, 2);
    assert_memory_equal(found.policy.mx, "m.a.b\0*.c.d", sizeof "m.a.b\0*.c.d");
    assert_string_equal(found.host, "192.0.2.1 192.0.2.2 2001:db8::1");
    assert_string_equal(found.tlsrpt, "mailto:X@a.b https://a.b/");
    assert_false(found.mistaken);
    /* The next domain of the section, without reading it again. */
    const char *mx = found.mx;
    assert_true(index_values(index, "a.c", &found));
    assert_ptr_equal(found.mx, mx);
    assert_true(index_values(index, "b.c", &found));
    assert_int_equal(found.state, INDEX_KNOWN);
    assert_true(found.mistaken);
    assert_true(index_values(index, "c.d", &found));
    assert_int_equal(found.state, INDEX_UNKNOWN);
    assert_true(index_values(index, "other.e", &found));
    assert_memory_equal(found.policy.mx, "any.e", sizeof "any.e");
    assert_null(found.tlsrpt);
    assert_true(index_values(index, "a.b", &found));
    assert_memory_equal(found.policy.mx, "m.a.b", sizeof "m.a.b");
    index_values_free(&found);
    index_free(index);
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof rows[0], MISTAKES_MAX = 100 };
    static struct CMUnitTest mistakes[MISTAKES_MAX], finds[ROWS];
    const struct CMUnitTest tests[] = { cmocka_unit_test(told_the_same), cmocka_unit_test(cut_lists), cmocka_unit_test(twins),
                                        cmocka_unit_test(odd_headers),   cmocka_unit_test(many),      cmocka_unit_test(values) };
    glob_t files;
    size_t n = 0;

    ini_init();
    for (size_t i = 0; i < ROWS; i++)
        finds[i] = (struct CMUnitTest) { rows[i].label, found, NULL, NULL, (void *)(size_t)&rows[i] };
    if (glob("tests/fixtures/mistakes/*.ini", 0, NULL, &files) != 0)
        return 1;
    for (; n < files.gl_pathc && n < MISTAKES_MAX; n++)
        mistakes[n] = (struct CMUnitTest) { files.gl_pathv[n], mistake, NULL, NULL, files.gl_pathv[n] };
    int failed = _cmocka_run_group_tests("mistakes", mistakes, n, NULL, NULL) +
                 _cmocka_run_group_tests("finds", finds, ROWS, NULL, NULL) +
                 cmocka_run_group_tests_name("index", tests, NULL, NULL);
    globfree(&files);
    return failed;
}
