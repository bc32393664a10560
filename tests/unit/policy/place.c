/* The names of records, in a domain's own zone and below another one, and the zone that a CNAME's target names. */
#include "policy/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void names(void **state)
{
    static const char *const own[PLACES] = { "mta-sts.a.example", "_mta-sts.a.example", "_smtp._tls.a.example" };
    char name[DOMAIN_MAX + 1], below[DOMAIN_MAX + 1];

    (void)state;
    for (unsigned i = 0; i < PLACES; i++) {
        assert_true(place_name((enum place)i, "a.example", NULL, name));
        assert_string_equal(name, own[i]);
        assert_memory_equal(name, place_prefix((enum place)i), strlen(place_prefix((enum place)i)));
        assert_true(place_name((enum place)i, "a.example", "z.example", below));
        (void)snprintf(name + strlen(name), sizeof name - strlen(name), ".z.example");
        assert_string_equal(below, name);
    }
}

/* A DNS message has room for names of 253 characters (RFC 1035 2.3.4). */
static void longest(void **state)
{
    char domain[DOMAIN_MAX + 1], name[DOMAIN_MAX + 1];

    (void)state;
    memset(domain, 'a', sizeof domain);
    for (size_t i = 50; i < sizeof domain; i += 51)
        domain[i] = '.';
    domain[DOMAIN_MAX - strlen("_smtp._tls.") - strlen(".z.example")] = '\0';
    assert_true(place_name(PLACE_TLSRPT, domain, "z.example", name));
    assert_int_equal(strlen(name), DOMAIN_MAX);
    assert_false(place_name(PLACE_TLSRPT, domain, "zz.example", name));
    assert_true(place_name(PLACE_ID, domain, "zz.example", name));
}

static const struct zone_case {
    enum place place;
    const char *target, *zone;
} zones[] = {
    { PLACE_ID, "_mta-sts.a.example.z.example", "z.example" },
    { PLACE_ID, "_MTA-STS.A.Example.Z.example", "z.example" },
    { PLACE_HOST, "mta-sts.a.example.z.example", "z.example" },
    { PLACE_TLSRPT, "_smtp._tls.a.example.internal", "internal" },
    { PLACE_ID, "_mta-sts.a.example.a.example", "a.example" },
    /* The name itself, and other names. */
    { PLACE_ID, "_mta-sts.a.example", "" },
    { PLACE_ID, "_mta-sts.a.example.", "" },
    { PLACE_ID, "_mta-sts.z.example", "" },
    { PLACE_ID, "_mta-sts.b.example.z.example", "" },
    { PLACE_ID, "_mta-sts.a.examplez.example", "" },
    { PLACE_ID, "mta-sts.a.example.z.example", "" },
    { PLACE_HOST, "policies.z.example", "" },
    { PLACE_ID, "", "" },
    /* What is no host name. */
    { PLACE_ID, "_mta-sts.a.example.$(reboot)", "" },
    { PLACE_ID, "_mta-sts.a.example.z..example", "" },
    { PLACE_ID, "_mta-sts.a.example.\\255.example", "" },
};

static void zones_of_targets(void **state)
{
    char zone[DOMAIN_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        memset(zone, 'x', sizeof zone);
        assert_int_equal(place_zone(zones[i].place, "a.example", zones[i].target, zone), zones[i].zone[0] != '\0');
        assert_string_equal(zone, zones[i].zone);
    }
}

static void long_targets(void **state)
{
    char target[4 * DOMAIN_MAX], zone[DOMAIN_MAX + 1];

    (void)state;
    (void)snprintf(target, sizeof target, "_mta-sts.a.example.");
    memset(target + strlen(target), 'z', sizeof target - strlen(target));
    target[sizeof target - 1] = '\0';
    assert_false(place_zone(PLACE_ID, "a.example", target, zone));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(longest),
        cmocka_unit_test(zones_of_targets),
        cmocka_unit_test(long_targets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
