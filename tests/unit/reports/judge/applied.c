/* The patterns of a policy that a reporter applied. */
#include "reports/judge/applied.h"
#include "base/buf.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char *const patterns[] = { "mail.example.org",
                                        "*.Backup.example.org",
                                        "MX2.example.org",
                                        "*.example.net",
                                        "*.org",
                                        "mail.*.example.com",
                                        "*",
                                        "*.",
                                        "a..b",
                                        "192.0.2.1",
                                        "mail.example.edu." };

static const char *const hosts[] = { "mail.example.org",
                                     "a.backup.example.org",
                                     "backup.example.org",
                                     "a.b.backup.example.org",
                                     "mx2.example.org",
                                     "mx2.example.net",
                                     "example.net",
                                     "example.org",
                                     "org",
                                     "mail.x.example.com",
                                     "mail.example.edu",
                                     "a.b",
                                     "mail.example.orga",
                                     "mai.example.org" };

/* The same as policy_mx_match() says of each valid pattern. */
static bool names(const char *pattern, const char *host)
{
    return policy_mx_fault(pattern, strlen(pattern)) == DOMAIN_FINE && policy_mx_match(pattern, host);
}

static void as_model(void **state)
{
    struct buf all = { 0 };
    struct applied applied;

    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        buf_print(&all, "mx: %s\r\n", patterns[i]);
        assert_true(applied_read(all.text, all.len, &applied));
        for (size_t j = 0; j < sizeof hosts / sizeof *hosts; j++) {
            bool expected = false;
            for (size_t k = 0; k <= i; k++)
                expected |= names(patterns[k], hosts[j]);
            if (applied_names(&applied, hosts[j]) != expected)
                fail_msg("%s: %s", patterns[i], hosts[j]);
        }
        applied_free(&applied);
    }
    buf_free(&all);
    assert_true(applied_read("", 0, &applied));
    assert_false(applied_names(&applied, "mail.example.org"));
    applied_free(&applied);
}

/* A report of 4 MB can have some thousand patterns, and some hundred thousand failures. */
static void in_time(void **state)
{
    enum { PATTERNS = 5000, FAILURES = 100000, SECONDS_MAX = 3 };
    struct buf all = { 0 };
    struct applied applied;
    char mx[32];

    (void)state;
    for (int i = 0; i < PATTERNS; i++)
        buf_print(&all, "mx: %c%d.b\r\n", 'a' + i % 8, i);
    assert_true(applied_read(all.text, all.len, &applied));
    const clock_t begin = clock();
    for (int i = 0; i < FAILURES; i++) {
        (void)snprintf(mx, sizeof mx, "x%d.b", i);
        assert_false(applied_names(&applied, mx));
    }
    assert_true((clock() - begin) / CLOCKS_PER_SEC < SECONDS_MAX);
    applied_free(&applied);
    buf_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(as_model), cmocka_unit_test(in_time) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
