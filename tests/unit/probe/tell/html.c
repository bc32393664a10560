/* The page of --html: a row is what the report says, and 10,000 domains are less than 10 MB. */
#include "probe/tell/html.h"

#include "markup.h"
#include "page/text.h"
#include "probe/judge/result.h"
#include "probe/tell/explain.h"
#include "read/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DOMAINS = 10000, FAILING_EACH = 20, BYTES_MAX = 10 * 1000 * 1000, OK_ROW_MAX = 150 };

static const struct probe_report_options all = { false, false, false }, brief = { false, false, true };

static struct probe_result healthy(void)
{
    struct probe_result result = { .domain = "example.org", .has_mode = true, .mode = POLICY_ENFORCE };

    for (size_t i = 0; i < PROBE_CHECKS; i++)
        result.checks[i].state = i == PROBE_CHECK_INI ? PROBE_SKIPPED : PROBE_DONE;
    buf_print(&result.checks[PROBE_CHECK_TXT].summary, "id 20261121");
    buf_print(&result.checks[PROBE_CHECK_MX].summary, "2 MX hosts, all matched");
    return result;
}

/* A text from the network is hostile wherever it can stand. */
static struct probe_result hostile(void)
{
    static const char text[] =
        "</dl></details><script>alert(\"1\")</script><img src=x onerror='alert(2)'>\x1b]0;\x07\xe2\x80\xae]]>";
    static const struct probe_rule rule = { "policy-test", PROBE_FAIL, 0, 0, 0, "is a test", "RFC 8461 3.2" };
    struct probe_result result = healthy();
    struct span subject = { text, sizeof text - 1 };

    (void)snprintf(result.domain, sizeof result.domain, "%s", "\"><script>.example");
    for (size_t i = 0; i < PROBE_CHECKS; i++) {
        result.checks[i].state = PROBE_DONE;
        buf_add(&result.checks[i].summary, text, sizeof text); /* with a NUL */
        probe_findings_add(&result.checks[i].findings, &rule, 3, subject);
        probe_findings_add_seen(&result.checks[i].findings, &rule, subject, text);
    }
    for (size_t i = 0; i <= PROBE_FINDINGS_OF_RULE; i++)
        probe_findings_add(&result.checks[PROBE_CHECK_INI].findings, &rule, 0, subject);
    buf_add(&result.effect, text, sizeof text - 1);
    buf_add(&result.publish, text, sizeof text - 1);
    buf_add(&result.reports, text, sizeof text - 1);
    return result;
}

static void hostile_row(void **state)
{
    static const char *const ours[] = { "<tr class=s2 id=\"&quot;&gt;&lt;script&gt;.example\">",
                                        "<b class=s2>",
                                        "<details>",
                                        "<code>",
                                        "</code>",
                                        "<a href=\"#_",
                                        "</a>",
                                        NULL };
    struct probe_result result = hostile();
    struct buf out = { 0 };

    (void)state;
    probe_html_row(&result, &all, &out);
    assert_markup(&out, ours);
    assert_non_null(strstr(out.text, "&lt;script&gt;alert(&quot;1&quot;)"));
    assert_non_null(strstr(out.text, "<dd>and 3 more of the same kind<dd><code>&lt;/dl&gt;"));
    buf_free(&out);
    probe_result_free(&result);
}

static struct probe_result warned(void)
{
    static const struct probe_rule rule = { "tlsrpt-test", PROBE_WARN, 0, 0, 0, "is a test", "RFC 8460 3" };
    struct probe_result result = healthy();

    probe_findings_add(&result.checks[PROBE_CHECK_TLSRPT].findings, &rule, 0, (struct span) { "it", 2 });
    result.checks[PROBE_CHECK_SMTP].state = PROBE_UNKNOWN;
    buf_print(&result.checks[PROBE_CHECK_SMTP].summary, "no answer");
    result.has_mode = false;
    buf_print(&result.effect, "Nothing is lost.");
    buf_print(&result.reports, "wait: no day");
    return result;
}

static struct probe_result reported(void)
{
    struct probe_result result = healthy();

    buf_print(&result.reports, "ready: 14 days <b>");
    return result;
}

static const struct row_case {
    struct probe_result (*make)(void);
    const struct probe_report_options *options;
    const char *expected;
} rows[] = {
    { healthy, &brief,
      "<tr class=s0 id=\"example.org\"><td><b>ok</b><th scope=row>example.org<td>enforce<td>2 MX hosts, all matched\n" },
    { reported, &brief,
      "<tr class=s0 id=\"example.org\"><td><b>ok</b><th scope=row>example.org<td>enforce<td>2 MX hosts, all matched"
      "<p>reports: ready: 14 days &lt;b&gt;\n" },
    { healthy, &all,
      "<tr class=s0 id=\"example.org\"><td><b>ok</b><th scope=row>example.org<td>enforce<td><details><summary>2 MX hosts, all "
      "matched"
      "</summary><dl><dt><b class=s0>ok</b> txt<dd>id 20261121<dt><b class=s0>ok</b> host<dd><dt><b class=s0>ok</b> https<dd>"
      "<dt><b class=s0>ok</b> answer<dd><dt><b class=s0>ok</b> policy<dd><dt><b class=s0>ok</b> mx<dd>2 MX hosts, all matched"
      "<dt><b class=s0>ok</b> smtp<dd><dt><b class=s0>ok</b> tlsrpt<dd><dt><b class=s0>ok</b> dane<dd></dl></details>\n" },
    { warned, &brief,
      "<tr class=s3 id=\"example.org\"><td><b>?</b><th scope=row>example.org<td><td><details><summary><b class=s3>?</b> smtp "
      "<b class=s1>warn</b> tlsrpt</summary><dl><dt>mail<dd>Nothing is lost.<dt>reports<dd>wait: no day<dt><b class=s3>?</b> "
      "smtp<dd>no answer"
      "<dd><a href=\"#_smtp\">What to do</a><dt><b class=s1>warn</b> tlsrpt<dd>&quot;it&quot; is a test (RFC 8460 3)"
      "<dd><a href=\"#_tlsrpt\">What to do</a></dl></details>\n" },
};

static void one_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct probe_result result = rows[i].make();
        struct buf out = { 0 };
        probe_html_row(&result, rows[i].options, &out);
        assert_string_equal(out.text, rows[i].expected);
        buf_free(&out);
        probe_result_free(&result);
    }
}

static void assert_holds(const struct buf *page, const char *text)
{
    if (strstr(page->text, text) == NULL)
        fail_msg("not in the page: %s", text);
}

/* The page has a summary only at its end, and all that the explanations say. */
static void begin_and_end(void **state)
{
    const struct probe_report_counts counts = { { 7, 1, 2, 0 }, 9 };
    struct buf out = { 0 }, text = { 0 };

    (void)state;
    probe_html_begin(1795672800, true, &out);
    assert_holds(&out, "<time datetime=\"2026-11-26T06:00:00Z\">2026-11-26 06:00 UTC</time>");
    assert_holds(&out, "Domains that are ok are left out.");
    assert_null(strstr(out.text, "id=\"_summary\""));
    probe_html_end(&counts, 12345, true, &out);
    assert_holds(&out, "<li class=\"s2\"><strong>2</strong> <span>failing</span></li>");
    assert_holds(&out, "<li class=\"s3 none\"><strong>0</strong> <span>unknown</span></li>");
    assert_holds(&out, "10 domains in 12.34 s; stopped, 9 not looked at; out of memory: some results are missing</p>");
    for (size_t i = 0; i < PROBE_CHECKS; i++) {
        const char *act = probe_explain_check((enum probe_check_name)i)->act;
        buf_free(&text);
        page_text(&text, act, strlen(act));
        assert_holds(&out, text.text);
    }
    assert_string_equal(out.text + out.len - strlen("</script>\n</body>\n</html>\n"), "</script>\n</body>\n</html>\n");
    buf_free(&text);
    buf_free(&out);
}

/* The page of 10,000 domains, one of 20 failing in every check. */
static void size(void **state)
{
    const struct probe_report_counts counts = { { DOMAINS, 0, 0, 0 }, 0 };
    struct buf out = { 0 };

    (void)state;
    probe_html_begin(0, false, &out);
    for (int i = 0; i < DOMAINS; i++) {
        struct probe_result result = i % FAILING_EACH == 0 ? hostile() : healthy();
        size_t before = out.len;
        (void)snprintf(result.domain, sizeof result.domain, "customer-%d.example.org", i);
        probe_html_row(&result, &brief, &out);
        assert_true(i % FAILING_EACH == 0 || out.len - before <= OK_ROW_MAX);
        probe_result_free(&result);
    }
    probe_html_end(&counts, 0, false, &out);
    assert_false(out.failed);
    assert_true(out.len < BYTES_MAX);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hostile_row), cmocka_unit_test(one_row), cmocka_unit_test(begin_and_end),
                                        cmocka_unit_test(size) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
