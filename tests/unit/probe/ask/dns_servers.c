/* Name servers, as an option or resolv.conf(5) names them, and as libunbound takes them. */
#include "probe/ask/dns_servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* EXPECTED: all servers, apart by spaces; "!" is one that is not valid, and ends the list. */
static const struct {
    const char *list, *expected;
} lists[] = {
    { "192.0.2.53", "192.0.2.53" },
    { "192.0.2.53:5353", "192.0.2.53@5353" },
    { "2001:db8::53", "2001:db8::53" },
    { "[2001:db8::53]", "2001:db8::53" },
    { "[2001:db8::53]:5353", "2001:db8::53@5353" },
    { "::1", "::1" },
    { "fe80::53%eth0", "fe80::53%eth0" },
    { "[fe80::53%eth0]:65535", "fe80::53%eth0@65535" },
    { "192.0.2.53,[2001:db8::53]:5353,192.0.2.1:1", "192.0.2.53 2001:db8::53@5353 192.0.2.1@1" },
    { "192.0.2.53,", "192.0.2.53" },
    { "", "!" },
    { ",192.0.2.53", "!" },
    { "192.0.2.53,,192.0.2.54", "192.0.2.53 !" },
    { "nowhere", "!" },
    { "192.0.2", "!" },
    { "192.0.2.53:", "!" },
    { "192.0.2.53:0", "!" },
    { "192.0.2.53:65536", "!" },
    { "192.0.2.53:99999999", "!" },
    { "192.0.2.53:53x", "!" },
    { "192.0.2.53@53", "!" },
    { "[2001:db8::53", "!" },
    { "[2001:db8::53,192.0.2.53]", "!" },
    { "[2001:db8::53]5353", "!" },
    { "[]:53", "!" },
    { "192.0.2.53 ", "!" },
    { "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111", "!" },
    { "fe80::1%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "!" },
};

static void read_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        char server[PROBE_DNS_SERVER_SIZE], found[256] = "";
        const char *at = lists[i].list;
        bool good = true;

        do {
            size_t len = strlen(found);
            good = probe_dns_servers_next(&at, server);
            (void)snprintf(found + len, sizeof found - len, "%s%s", len > 0 ? " " : "", good ? server : "!");
        } while (good && *at != '\0');
        assert_string_equal(found, lists[i].expected);
    }
}

/* SERVER NULL: none. */
static const struct {
    const char *line, *server;
} lines[] = {
    { "nameserver 192.0.2.53\n", "192.0.2.53" },
    { "nameserver\t2001:db8::53", "2001:db8::53" },
    { "  nameserver   192.0.2.53   # the first\r\n", "192.0.2.53" },
    { "nameserver 192.0.2.53;comment\n", "192.0.2.53" },
    { "nameserver fe80::53%eth0\n", "fe80::53%eth0" },
    { "nameserver192.0.2.53\n", NULL },
    { "nameserver\n", NULL },
    { "nameserver nowhere\n", NULL },
    { "# nameserver 192.0.2.53\n", NULL },
    { "search example.org\n", NULL },
    { "", NULL },
};

static void read_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char server[PROBE_DNS_SERVER_SIZE];

        assert_int_equal(probe_dns_servers_line(lines[i].line, server), lines[i].server != NULL);
        if (lines[i].server != NULL)
            assert_string_equal(server, lines[i].server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(read_lists), cmocka_unit_test(read_lines) };

    return cmocka_run_group_tests_name("probe_dns_servers", tests, NULL, NULL);
}
