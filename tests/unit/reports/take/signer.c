/* Authentication-Results as verifiers write them, and as liars would. */
#include "reports/take/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *value, *ids;
    enum signer_found found;
    const char *domain;
} fields[] = {
    /* opendkim, rspamd, Exchange, and what the RFC allows. */
    { " mx.example.org;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=google.com header.i=@google.com\r\n\t"
      "header.a=rsa-sha256 header.s=20230601 header.b=\"aB+/c=\"; dkim-atps=neutral",
      "mx.example.org", SIGNER_DOMAIN, "google.com" },
    { "mx.example.org; dkim=pass header.d=google.com header.s=20230601 header.b=aB+/c=; spf=pass (mx.example.org: domain of "
      "\"a b\"@google.com designates 192.0.2.1 as permitted) smtp.mailfrom=a@google.com; dmarc=pass (policy=reject) "
      "header.from=google.com",
      "mx.example.org", SIGNER_DOMAIN, "google.com" },
    { "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=google.com; dkim=pass (signature was verified)\r\n "
      "header.d=google.com",
      "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "\"mx.example.org\" 1; dkim / 1 = pass reason=\"good; (\\\"sure\" header.d=\"google.com\"", "mx.example.org", SIGNER_DOMAIN,
      "google.com" },
    { "MX.Example.ORG; DKIM=Pass Header.D=google.com;", "mx.example.org", SIGNER_DOMAIN, "google.com" },
    { "(a (nested) \\) comment) mx.example.org (x); (y) dkim (z) = (0) pass (1) header.d (2) = (3) google.com (4)",
      "mx.example.org", SIGNER_DOMAIN, "google.com" },
    { "mx.example.org; dkim=pass header (1) . (2) s=x header\t.\r\n d = google.com", "mx.example.org", SIGNER_DOMAIN,
      "google.com" },
    /* The first one of several signatures. Later ones may be what the sender wrote into i=. */
    { "mx.example.org; spf=none smtp.mailfrom=a.example; dkim=pass header.d=b.example; dkim=pass header.d=c.example",
      "mx.example.org", SIGNER_DOMAIN, "b.example" },
    { "mx.example.org; dkim=fail header.d=evil.example header.i=x; dkim=pass header.d=google.com header.x=y@evil.example",
      "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d=evil.example header.i=x; dkim=pass header.d=google.com header.x=y@evil.example",
      "mx.example.org", SIGNER_DOMAIN, "evil.example" },
    { "mx.example.org; dkim=pass header.d=evil.example header.i=x header.d=google.com header.x=y@evil.example", "mx.example.org",
      SIGNER_DOMAIN, "evil.example" },
    { "mx.example.org; dkim=pass header.d=b.example header.i=\"x", "mx.example.org", SIGNER_DOMAIN, "b.example" },
    /* A domain has no case: two spellings are one reporter. */
    { "mx.example.org; dkim=pass header.d=GOOGLE.com", "mx.example.org", SIGNER_DOMAIN, "google.com" },
    /* One of several servers. */
    { "mx2.example.org; dkim=pass header.d=b.example", "mx1.example.org,mx2.example.org", SIGNER_DOMAIN, "b.example" },
    { "mx2.example.org; dkim=pass header.d=b.example", "mx2.example.org,", SIGNER_DOMAIN, "b.example" },
    { "mx.example.org; dkim=pass header.d=b.example", "mx1.example.org,mx2.example.org", SIGNER_NOT_HERE, NULL },
    { "x.example.org; dkim=pass header.d=b.example", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "mx.example.or; dkim=pass header.d=b.example", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "mx.example.org.evil.example; dkim=pass header.d=b.example", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "evil.example (; mx.example.org); dkim=pass header.d=b.example", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "\"\"; dkim=pass header.d=b.example", ",mx.example.org", SIGNER_NOT_HERE, NULL },
    { "(mx.example.org", "mx.example.org", SIGNER_NOT_HERE, NULL },
    /* Ours, with nothing about DKIM. */
    { "mx.example.org; none", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "mx.example.org", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "mx.example.org; spf=pass smtp.mailfrom=dkim=pass", "mx.example.org", SIGNER_NOT_HERE, NULL },
    { "mx.example.org; dkim-adsp=pass header.d=a.example", "mx.example.org", SIGNER_NOT_HERE, NULL },
    /* No valid signature. */
    { "mx.example.org; dkim=none", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=fail header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=passed header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=fail (dkim=pass header.d=google.com) reason=\"; dkim=pass header.d=google.com\" "
      "header.d=evil.example",
      "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.s=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d=\"google.com evil\"", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d=\"evil\\@google.com\"", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.i=@google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d.x=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d=google.com.", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d=.google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d=google..com", "mx.example.org", SIGNER_NONE, NULL },
    /* One name in the DNS, if the server writes it as the sender did. */
    { "mx.example.org; dkim=pass header.d=google.com(x).evil.example", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass header.d=\"google.com\"(x).evil.example header.i=@x", "mx.example.org", SIGNER_NONE, NULL },
    /* What cannot be read to its end proves nothing. */
    { "mx.example.org; dkim=pass header.d=\"google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org 1 2; dkim=pass header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; =pass header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; spf=pass x y=z; dkim=pass header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; spf=pass x=\"y; dkim=pass header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; spf=pass (x; dkim=pass header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=pass (x header.d=google.com", "mx.example.org", SIGNER_NONE, NULL },
    { "mx.example.org; dkim=", "mx.example.org", SIGNER_NONE, NULL },
};

static void read_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char domain[SIGNER_SIZE] = "";
        enum signer_found found = signer_read(fields[i].value, fields[i].ids, domain);
        if (found != fields[i].found)
            print_error("%s\n", fields[i].value);
        assert_int_equal(found, fields[i].found);
        if (found == SIGNER_DOMAIN)
            assert_string_equal(domain, fields[i].domain);
    }
}

/* Whatever is too long is refused, not cut off. */
static void long_ones(void **state)
{
    char value[2048], domain[SIGNER_SIZE] = "";

    (void)state;
    for (int len = 1; len < 1000; len++) {
        (void)snprintf(value, sizeof value, "mx.example.org; dkim=pass header.d=%0*d", len, 0);
        enum signer_found found = signer_read(value, "mx.example.org", domain);
        assert_int_equal(found, len < SIGNER_SIZE ? SIGNER_DOMAIN : SIGNER_NONE);
        assert_true(len >= SIGNER_SIZE || strlen(domain) == (size_t)len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(read_all), cmocka_unit_test(long_ones) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
