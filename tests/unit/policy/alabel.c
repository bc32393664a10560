/* The A-labels of names, as libidn2 gives them. What needs a mapping has none here. */
#include "policy/alabel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *name, *ascii; /* NULL: none */
} cases[] = {
    { "b\xc3\xbc"
      "cher.Example",
      "xn--bcher-kva.example" },
    { "mail.m\xc3\xbcnchen.example", "mail.xn--mnchen-3ya.example" },
    { "*.\xc3\xa9.example.", "*.xn--9ca.example." },
    { "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.example", "xn--e1afmkfd.example" },
    { "\xe4\xbe\x8b\xe3\x81\x88.example", "xn--r8jz45g.example" },
    { "\xce\xb4\xce\xbf\xce\xba\xce\xb9\xce\xbc\xce\xae.example", "xn--jxalpdlp.example" },
    { "\xc5\x82\xc3\xb3\xc5\xba.example", "xn--kda1n8f.example" },
    { "example.org", "example.org" },
    { "fa\xc3\x9f.example", NULL }, /* sharp s: IDNA2003 has another one */
    { "\xc3\x9c.example", NULL },   /* a capital */
    { "bu\xcc\x88"
      "cher.example",
      NULL }, /* not composed */
    { "b\xfc"
      "cher.example",
      NULL },                             /* Latin-1 */
    { "\xf0\x9f\x93\xa7.example", NULL }, /* no letter */
    { "b\xc3\xbc.example\x11", NULL },    /* a control character */
    { "b\xc3\xbc.exam\"ple", NULL },      /* a quote */
    { "b\xc3\xbc.exam ple", NULL },
    { "b\xc3\xbc.exam\x7fple", NULL },
    { "*.b\xc3\xbc._Tcp.example", "*.xn--b-eha._tcp.example" },
    { "\xc3\xbc"
      "12345678901234567890123456789012345678901234567890123456789.example",
      NULL }, /* too long */
};

static void writes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char ascii[DOMAIN_MAX + 1] = "";
        assert_int_equal(alabel_name(cases[i].name, strlen(cases[i].name), ascii), cases[i].ascii != NULL);
        if (cases[i].ascii != NULL)
            assert_string_equal(ascii, cases[i].ascii);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(writes) };

    return cmocka_run_group_tests_name("policy_alabel", tests, NULL, NULL);
}
