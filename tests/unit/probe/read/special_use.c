/* Which addresses are not for the public Internet: the first and the last of each range, and their neighbours. */
#include "probe/read/special_use.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *address, *use;
} cases[] = {
    { "0.0.0.0", "for this network" },
    { "0.255.255.255", "for this network" },
    { "1.0.0.0", NULL },
    { "9.255.255.255", NULL },
    { "10.0.0.0", "for private networks" },
    { "10.255.255.255", "for private networks" },
    { "11.0.0.0", NULL },
    { "100.63.255.255", NULL },
    { "100.64.0.0", "for networks behind a provider's NAT" },
    { "100.127.255.255", "for networks behind a provider's NAT" },
    { "100.128.0.0", NULL },
    { "127.0.0.1", "for this machine itself" },
    { "128.0.0.0", NULL },
    { "169.253.255.255", NULL },
    { "169.254.0.1", "for one link" },
    { "169.255.0.0", NULL },
    { "172.15.255.255", NULL },
    { "172.16.0.0", "for private networks" },
    { "172.31.255.255", "for private networks" },
    { "172.32.0.0", NULL },
    { "192.0.0.8", "for protocols" },
    { "192.0.1.0", NULL },
    { "192.0.2.1", "for documentation" },
    { "192.0.3.0", NULL },
    { "192.167.255.255", NULL },
    { "192.168.1.1", "for private networks" },
    { "192.169.0.0", NULL },
    { "198.17.255.255", NULL },
    { "198.18.0.0", "for benchmarks" },
    { "198.19.255.255", "for benchmarks" },
    { "198.20.0.0", NULL },
    { "198.51.100.7", "for documentation" },
    { "203.0.113.7", "for documentation" },
    { "203.0.114.0", NULL },
    { "223.255.255.255", NULL },
    { "224.0.0.1", "for multicast" },
    { "239.255.255.255", "for multicast" },
    { "240.0.0.0", "for later use" },
    { "255.255.255.255", "for later use" },
    { "::", "for no host" },
    { "::1", "for this machine itself" },
    { "::2", NULL },
    { "::ffff:192.168.1.1", "for IPv4 in programs" },
    { "64:ff9b::1", NULL },
    { "64:ff9b:1::1", "for private networks" },
    { "100::1", "for discarding" },
    { "2001:db8::1", "for documentation" },
    { "2001:db9::1", NULL },
    { "2606:4700::1111", NULL },
    { "3fff:fff::1", "for documentation" },
    { "fbff::1", NULL },
    { "fc00::1", "for private networks" },
    { "fdff::1", "for private networks" },
    { "fe00::1", NULL },
    { "fe80::1", "for one link" },
    { "febf::1", "for one link" },
    { "fec0::1", "for private networks" },
    { "ff02::1", "for multicast" },
    { "", NULL },
    { "example.org", NULL },
};

static void every_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *use = probe_address_use(cases[i].address);
        if (cases[i].use == NULL && use != NULL)
            fail_msg("%s is %s", cases[i].address, use);
        if (cases[i].use != NULL && use == NULL)
            fail_msg("%s is for nothing", cases[i].address);
        if (use != NULL)
            assert_string_equal(use, cases[i].use);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_range) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
