/* Names on a command line: which are read, and what is said of the others. */
#include "policy/argument.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *argument;
    bool is_host;
    const char *normal; /* NULL: it is refused */
    const char *why;
} cases[] = {
    { "Example.ORG", false, "example.org", "" },
    { "example.org.", false, "example.org", "" },
    { "MX1.example.org.", true, "mx1.example.org", "" },
    { "mta-sts.example.org", true, "mta-sts.example.org", "" },
    { "mta-sts.Example.org", false, NULL, "mta-sts.Example.org is the policy host; write example.org" },
    { "info@Example.org", false, NULL, "info@Example.org is a mail address; write example.org" },
    { "https://mta-sts.example.org/.well-known/mta-sts.txt", false, NULL,
      "https://mta-sts.example.org/.well-known/mta-sts.txt is a URL; write example.org" },
    { "HTTPS://example.org", false, NULL, "HTTPS://example.org is a URL; write example.org" },
    { "http://example.org:8080?x", false, NULL, "http://example.org:8080?x is a URL; write example.org" },
    { "mta-sts.mta-sts.example.org", false, NULL, "mta-sts.mta-sts.example.org is the policy host; write example.org" },
    { "[example.org]", false, NULL, "[example.org] is a header; write example.org" },
    { "info@", false, NULL, "\"info@\" is not a valid host name; write a name, as in example.org" },
    { "https://", false, NULL, "\"https://\" is not a valid host name; write a name, as in example.org" },
    { "", false, NULL, "\"\" is empty; write a name, as in example.org" },
    { "a_b.example", false, NULL, "\"a_b.example\" contains an underscore; write a name, as in example.org" },
    { "a_b.example", true, NULL, "\"a_b.example\" contains an underscore; write a name, as in example.org" },
    { "b\xc3\xbc.example", false, NULL, "\"b\xc3\xbc.example\" is not ASCII; write xn--b-eha.example" },
    { "fa\xc3\x9f.example", false, NULL,
      "\"fa\xc3\x9f.example\" is not ASCII; write its A-label (xn--...), as \"idn2\" prints it" },
    { "example.org..", false, NULL, "\"example.org..\" ends in a dot; write a name, as in example.org" },
};

static void reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char normal[DOMAIN_MAX + 1] = "";
        struct buf why = { 0 };
        bool good =
            cases[i].is_host ? argument_host(cases[i].argument, normal, &why) : argument_domain(cases[i].argument, normal, &why);
        assert_string_equal(why.text != NULL ? why.text : "", cases[i].why);
        assert_int_equal(good, cases[i].normal != NULL);
        if (good)
            assert_string_equal(normal, cases[i].normal);
        buf_free(&why);
    }
}

static void once(void **state)
{
    const char b[] = "b.example";
    const char *names[] = { "b.example", "a.example", b, "c.example", "a.example", "b.example" };
    size_t count = sizeof names / sizeof *names;

    (void)state;
    assert_true(argument_once(names, &count));
    assert_int_equal(count, 3);
    assert_string_equal(names[0], "b.example");
    assert_string_equal(names[1], "a.example");
    assert_string_equal(names[2], "c.example");
    count = 0;
    assert_true(argument_once(names, &count));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads), cmocka_unit_test(once) };

    return cmocka_run_group_tests_name("policy_argument", tests, NULL, NULL);
}
