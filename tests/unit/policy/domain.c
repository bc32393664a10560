#include "policy/domain.h"
#include "cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void from_host(void **state)
{
    const struct case_line *line = *state;
    char domain[DOMAIN_MAX + 1];
    bool named = domain_from_host(line->field[0], domain);

    assert_string_equal(named ? domain : "-", line->field[1]);
    if (!named)
        assert_string_equal(domain, "");
}

static void no_host_at_all(void **state)
{
    char domain[DOMAIN_MAX + 1];

    (void)state;
    assert_false(domain_from_host(NULL, domain));
}

/* HOST becomes mta-sts.<a policy domain of LEN characters>. */
static void make_host(char *host, size_t len)
{
    memcpy(host, "mta-sts.", 8);
    memset(host + 8, 'a', len);
    for (size_t i = 8 + 50; i + 1 < 8 + len; i += 51)
        host[i] = '.';
    host[8 + len] = '\0';
}

/* Policy domains have up to 242 characters: for a longer one no TLSRPT record could be published. Names have up to 253. */
static void longest_name(void **state)
{
    char host[DOMAIN_MAX + 16], domain[DOMAIN_MAX + 1];

    (void)state;
    make_host(host, DOMAIN_POLICY_MAX);
    assert_true(domain_from_host(host, domain));
    assert_int_equal(strlen(domain) + strlen("_smtp._tls."), DOMAIN_MAX);
    make_host(host, DOMAIN_POLICY_MAX + 1);
    assert_false(domain_from_host(host, domain));
    assert_int_equal(domain_policy_fault(host + 8, DOMAIN_POLICY_MAX + 1), DOMAIN_POLICY_LONG);
    make_host(host, DOMAIN_MAX - 8);
    assert_int_equal(domain_fault(host, DOMAIN_MAX), DOMAIN_FINE);
    make_host(host, DOMAIN_MAX - 7);
    assert_int_equal(domain_fault(host, DOMAIN_MAX + 1), DOMAIN_LONG);
}

static void faults_have_words(void **state)
{
    (void)state;
    for (int i = 0; i < DOMAIN_FAULTS; i++) {
        assert_non_null(domain_fault_phrase((enum domain_fault)i));
        assert_true(i == DOMAIN_DOT_LAST || domain_fault_advice((enum domain_fault)i) != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_host_at_all), cmocka_unit_test(longest_name),
                                        cmocka_unit_test(faults_have_words) };

    return cases_run("host.tsv", from_host) + cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}
