/* The cache of MX hosts: what is asked again, and what is not. DNS and SMTP are those of this file. */
#include "probe/ask/hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DOMAINS = 5000, SHARED = 40 };

static unsigned asked, asked_shared, judged, discarded;

void probe_dns_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count)
{
    (void)dns;
    for (size_t i = 0; i < count; i++) {
        *list[i].addresses = *list[i].tlsa = (struct probe_dns_answer) { .state = PROBE_DNS_ABSENT };
        asked++;
        asked_shared += strstr(list[i].name, "shared") != NULL;
    }
}

void probe_fetch_smtp(const struct probe_fetch_options *options, const struct probe_fetch *list, size_t count)
{
    (void)options;
    (void)list;
    (void)count;
    fail();
}

struct stack_st_X509;
void probe_x509_free(struct stack_st_X509 *chain);
void probe_x509_free(struct stack_st_X509 *chain)
{
    (void)chain;
    fail();
}

void probe_fetched_free(struct probe_fetched *fetched)
{
    (void)fetched;
    fail();
}

static void *judge(const void *data, const char *name, const struct probe_host *host)
{
    (void)data;
    (void)name;
    (void)host;
    return &((char *)&judged)[judged++ % 2];
}

static void discard(void *verdict)
{
    assert_non_null(verdict);
    discarded++;
}

static void look(struct probe_hosts *hosts, const char *name)
{
    const struct probe_fetch_options options = { 0 };
    const struct probe_host *shown;

    assert_true(probe_hosts_get(hosts, NULL, &options, &name, 1, &shown));
    assert_non_null(shown);
    assert_non_null(shown->verdict);
    probe_hosts_release(hosts, shown);
}

static struct probe_hosts *begin(void)
{
    const struct probe_hosts_judge once = { judge, discard, NULL };
    struct probe_hosts *hosts = probe_hosts_new(&once);

    assert_non_null(hosts);
    asked = asked_shared = judged = discarded = 0;
    return hosts;
}

/* However many hosts of single domains come between, and however few can be kept. */
static void shared_once(void **state)
{
    struct probe_hosts *hosts = begin();
    char name[64];

    (void)state;
    for (unsigned i = 0; i < DOMAINS; i++) {
        (void)snprintf(name, sizeof name, "mail.d%u.example", i);
        look(hosts, name);
        (void)snprintf(name, sizeof name, "shared%u.example", i / 10 % SHARED);
        look(hosts, name);
    }
    assert_int_equal(asked_shared, SHARED);
    assert_int_equal(asked, SHARED + DOMAINS);
    assert_int_equal(judged, asked);
    probe_hosts_free(hosts);
    assert_int_equal(discarded, judged);
}

static void same_in_any_case(void **state)
{
    struct probe_hosts *hosts = begin();

    (void)state;
    look(hosts, "MX.example");
    look(hosts, "mx.EXAMPLE");
    assert_int_equal(asked, 1);
    probe_hosts_free(hosts);
}

/* One that nobody names any more goes, also where it was wanted once. */
static void old_goes(void **state)
{
    struct probe_hosts *hosts = begin();
    char name[64];

    (void)state;
    look(hosts, "old.example");
    look(hosts, "old.example");
    for (unsigned i = 0; i < DOMAINS; i++) {
        (void)snprintf(name, sizeof name, "mail.d%u.example", i);
        look(hosts, name);
    }
    look(hosts, "old.example");
    assert_int_equal(asked, DOMAINS + 2);
    probe_hosts_free(hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_once),
        cmocka_unit_test(same_in_any_case),
        cmocka_unit_test(old_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
