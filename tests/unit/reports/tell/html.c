/* The page of verdicts: text from reports is never markup, what a domain and a page can have is bounded, and a page says so. */
#include "reports/tell/html.h"
#include "base/buf.h"
#include "markup.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"
#include "reports/read/report.h"
#include "summing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = SUMMING_DAY, NOW = SUMMING_NOW, TODAY = SUMMING_TODAY, DAYS = 20, FAILURES = 60 };

static const char policies[] =
    "[example.org]\nmx = mail.example.org\n[broken.example]\nmx = 192.0.2.1\n[none.example]\nmx = a.b\n";
static const char in_force[] = "version: STSv1\r\nmode: testing\r\nmx: mail.example.org\r\nmax_age: 604800\r\n";
static const char text[] =
    "</dl></details></table><script>alert(\"1\")</script><img src=x onerror='alert(2)'>\x1b]0;\x07\xe2\x80\xae";
static const struct verdict_rules rules = { 14, 2, NOW, false };

struct lab {
    struct summing in;
    struct verdict verdict;
    struct buf out;
};

static void begin(struct lab *lab)
{
    *lab = (struct lab) { 0 };
    summing_begin(&lab->in, policies);
}

static void judge(struct lab *lab, const char *domain)
{
    verdict_free(&lab->verdict);
    assert_true(verdict_on_domain(lab->in.index, domain, sums_find(&lab->in.sums, domain), &rules, &lab->verdict));
}

static void end(struct lab *lab)
{
    verdict_free(&lab->verdict);
    summing_end(&lab->in);
    buf_free(&lab->out);
}

/* Adds the report of ORG about the day AGO days ago: POLICY, and COUNT FAILURES of one session each. */
static void add(struct lab *lab, const char *org, int ago, const char *policy, struct report_failure *failures, size_t count)
{
    struct report_block block = {
        .domain = "example.org", .successful = 10, .failed = count, .failures = failures, .failure_count = count
    };
    const int64_t day = (int64_t)(TODAY - ago) * DAY;
    const struct report report = {
        .submitter = org, .id = text, .begin = day, .end = day + DAY - 1, .blocks = &block, .block_count = 1
    };

    buf_add(&block.policy, policy, strlen(policy));
    assert_true(sums_add(&lab->in.sums, &report));
    buf_free(&block.policy);
}

/* Each text of a report is hostile, and long, and there are more of them than a page shows. */
static void add_hostile(struct lab *lab)
{
    struct report_failure failures[FAILURES];
    char names[FAILURES][sizeof text + 8], policy[8 * sizeof text];

    for (int i = 0; i < FAILURES; i++) {
        (void)snprintf(names[i], sizeof names[i], "%d%s", i, text);
        failures[i] = (struct report_failure) { names[i], names[i], names[i], 1 };
    }
    for (int ago = 1; ago <= DAYS; ago++) {
        (void)snprintf(policy, sizeof policy,
                       "version: STSv1\r\nmode: testing%s\r\nmx: old%d.example\r\nmax_age: 31557600\r\nx: %s%s%s%s\r\n",
                       ago % 2 ? "" : "x", ago, text, text, text, text);
        add(lab, names[ago], ago, policy, failures, FAILURES);
    }
}

static void hostile(void **state)
{
    static const char *const ours[] = { "<tr class=s2 id=\"example.org\">",
                                        "<details open>",
                                        "<figure>",
                                        "</figure>",
                                        "<figcaption>",
                                        "</figcaption>",
                                        "<svg role=img viewBox=\"0 0 ",
                                        "</svg>",
                                        "<path class=",
                                        "<p class=axis>",
                                        "</p>",
                                        "<time>",
                                        "</time>",
                                        NULL };
    struct html html = { .count = 1 };
    struct lab lab;
    size_t details = 0;

    (void)state;
    begin(&lab);
    add_hostile(&lab);
    judge(&lab, "example.org");
    html_domain(&html, &lab.in.sums, "example.org", &lab.verdict, &rules, &lab.out);
    assert_markup(&lab.out, ours);
    for (const char *at = strstr(lab.out.text, "</details>"); at != NULL; at = strstr(at + 1, "</details>"))
        details++;
    assert_int_equal(details, 1);
    assert_non_null(strstr(lab.out.text, "&lt;script&gt;alert(&quot;1&quot;)"));
    /* Failures, reporters, older policies: the first are shown. */
    assert_non_null(strstr(lab.out.text, "<dd>and 50 more: &quot;mta-sts-reports -v&quot; prints them<dt>seen"));
    assert_non_null(strstr(lab.out.text, "<dd>and 10 more: &quot;mta-sts-reports -v&quot; prints them<dd>older policy: "));
    assert_non_null(strstr(lab.out.text, "...<dd>"));
    end(&lab);
}

static void assert_holds(const struct buf *page, const char *part, bool holds)
{
    if ((strstr(page->text, part) != NULL) != holds)
        fail_msg("%s: %s\n%s", holds ? "not in the page" : "in the page", part, page->text);
}

/* What the row of DOMAIN is on a page of COUNT domains. */
static const struct row_case {
    const char *domain;
    size_t count;
    bool quiet;
    const char *begins; /* the row; "": there is none */
} rows[] = {
    { "example.org", HTML_OPEN_MAX, false,
      "<tr class=s0 id=\"example.org\"><td><b>ready</b><th scope=row>example.org<td>testing<td><details open><summary>20 days, 2 "
      "reporters, " },
    { "example.org", HTML_OPEN_MAX + 1, false,
      "<tr class=s0 id=\"example.org\"><td><b>ready</b><th scope=row>example.org<td>testing<td><details><summary>20 days" },
    { "example.org", HTML_FULL_MAX, false,
      "<tr class=s0 id=\"example.org\"><td><b>ready</b><th scope=row>example.org<td>testing<td><details><summary>20 days" },
    { "example.org", HTML_FULL_MAX + 1, false,
      "<tr class=s0 id=\"example.org\"><td><b>ready</b><th scope=row>example.org<td>testing<td>20 days" },
    { "example.org", 1, true, "" },
    { "none.example", 1, true,
      "<tr class=s3 id=\"none.example\"><td><b>no reports</b><th scope=row>none.example<td>testing<td>publish the record that "
      "&quot;mta-sts dns none.example&quot; prints\n" },
    { "broken.example", HTML_FULL_MAX + 1, true,
      "<tr class=s3 id=\"broken.example\"><td><b>unknown</b><th "
      "scope=row>broken.example<td><td><details><summary>policies.ini:4: " },
};

static void forms(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    for (int ago = 1; ago <= DAYS; ago++) {
        add(&lab, "Google", ago, in_force, NULL, 0);
        add(&lab, "Yahoo", ago, in_force, NULL, 0);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct html html = { .count = rows[i].count, .quiet = rows[i].quiet };
        buf_free(&lab.out);
        judge(&lab, rows[i].domain);
        html_domain(&html, &lab.in.sums, rows[i].domain, &lab.verdict, &rules, &lab.out);
        if (strncmp(lab.out.text != NULL ? lab.out.text : "", rows[i].begins, strlen(rows[i].begins)) != 0 ||
            (rows[i].begins[0] == '\0' && lab.out.len > 0))
            fail_msg("row %zu: %s", i, lab.out.text);
        assert_int_equal(html.of[lab.verdict.word], 1);
    }
    end(&lab);
}

static void begin_and_end(void **state)
{
    const struct html html = { .count = 3, .of = { [VERDICT_READY] = 2, [VERDICT_FAILING] = 1 } };
    const struct html large = { .quiet = true, .of = { [VERDICT_WAIT] = 5 }, .without_details = 3 };
    struct buf out = { 0 };

    (void)state;
    html_begin(&html, NOW, &out);
    assert_holds(&out, "<time datetime=\"2026-11-26T07:00:00Z\">2026-11-26 07:00 UTC</time>", true);
    assert_holds(&out, "are left out.", false);
    assert_holds(&out, "id=\"_summary\"", false);
    html_end(&html, &rules, "5 reports read; not counted: 1 file <b>", &out);
    assert_holds(&out,
                 "<ul class=\"counts\">\n<li class=\"s2\"><strong>1</strong> <span>failing</span></li>\n<li "
                 "class=\"s0\"><strong>2</strong> "
                 "<span>ready</span></li>\n</ul>\n<p>5 reports read; not counted: 1 file &lt;b&gt;</p>\n</section>\n</main>",
                 true);
    assert_holds(&out, "Enough are 14 days with reports, and 2 reporters.", true);
    assert_string_equal(out.text + out.len - strlen("</script>\n</body>\n</html>\n"), "</script>\n</body>\n</html>\n");
    buf_free(&out);
    html_begin(&large, NOW, &out);
    assert_holds(&out, "Domains that are ready, enforced or in mode none are left out.", true);
    html_end(&large, &rules, "", &out);
    assert_holds(&out, "3 domains are without plot and details", true);
    buf_free(&out);
}

/* A page of 10,000 domains, all of them hostile. */
static void size(void **state)
{
    enum { DOMAINS = 10000, ROW_MAX = 1000, BYTES_MAX = HTML_DETAILS_MAX * 1000 + DOMAINS * ROW_MAX };
    struct html html = { .count = DOMAINS };
    struct lab lab;

    (void)state;
    begin(&lab);
    add_hostile(&lab);
    judge(&lab, "example.org");
    for (int i = 0; i < DOMAINS; i++)
        html_domain(&html, &lab.in.sums, "example.org", &lab.verdict, &rules, &lab.out);
    assert_true(lab.out.len < BYTES_MAX);
    assert_true(html.without_details >= DOMAINS / 2 && html.without_details <= DOMAINS - 1);
    end(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hostile), cmocka_unit_test(forms), cmocka_unit_test(begin_and_end),
                                        cmocka_unit_test(size) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
