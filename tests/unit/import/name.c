/* The domain that a host name, or the path of a mta-sts.txt, tells. */
#include "import/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *name, *domain; /* "": it is refused */
    bool is_host;
} names[] = {
    { "example.org", "example.org", false },
    { "MTA-STS.Example.ORG", "example.org", true },
    { "mta-sts.example.org", "example.org", true },
    { "mta-sts.mta-sts.example.org", "", false },
    { "mta-sts.localhost", "", false },
    { "localhost", "", false },
    { "mta-sts.", "", false },
    { "192.0.2.1", "", false },
    { "a_b.example", "", false },
    { "example.org.", "", false },
    { "defau.lts", "", false },
    { "xn--mnchen-3ya.example", "xn--mnchen-3ya.example", false },
    { "", "", false },
};

static void reads_names(void **state)
{
    char domain[DOMAIN_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i].name);
        assert_int_equal(import_name(names[i].name, len, domain), names[i].domain[0] != '\0');
        assert_string_equal(domain, names[i].domain);
        assert_int_equal(import_name_is_host(names[i].name, len), names[i].is_host);
    }
}

static const struct {
    const char *path, *domain;
} paths[] = {
    { "mta-sts.example.org/.well-known/mta-sts.txt", "example.org" },
    { "/srv/mta-sts.example.org/.well-known/mta-sts.txt", "example.org" },
    { "/srv//mta-sts.example.org//.well-known//mta-sts.txt", "example.org" },
    { "/srv/example.org/mta-sts.txt", "example.org" },
    { "/srv/example.org/.well-known/mta-sts.txt", "example.org" },
    { "./example.org/./mta-sts.txt", "example.org" },
    { "/var/www/mta-sts.example.org/web/.well-known/mta-sts.txt", "example.org" },
    { "/var/www/mta-sts.example.org/public_html/.well-known/mta-sts.txt", "example.org" },
    { "/home/u/domains/example.org/public_html/mta-sts/.well-known/mta-sts.txt", "example.org" },
    { "/srv/mta-sts/.well-known/mta-sts.txt", "" },
    { "/srv/mta-sts.example.org/old/mta-sts.txt", "" },
    { "/srv/example.org/../mta-sts.txt", "" },
    { "/srv/v1.2/mta-sts.txt", "" },
    { "/mta-sts.txt", "" },
    { "mta-sts.txt", "" },
    { ".well-known/mta-sts.txt", "" },
    { "/www/.well-known/mta-sts.txt", "" },
    { "", "" },
};

static void reads_paths(void **state)
{
    char domain[DOMAIN_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(import_name_from_path(paths[i].path, domain), paths[i].domain[0] != '\0');
        assert_string_equal(domain, paths[i].domain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads_names), cmocka_unit_test(reads_paths) };

    return cmocka_run_group_tests_name("import_name", tests, NULL, NULL);
}
