/* DNS messages, made by hand: what the reader finds in them. A message that is cut or changed anywhere does no harm. */
#include "probe/ask/dns_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD(flags, answers) "\0\1" flags "\0\1\0" answers "\0\0\0\0"
#define ASKED(type) "\1a\4test\0\0" type "\0\1"
#define OWNER "\xc0\x0c"
#define RECORD(type, len) "\0" type "\0\1\0\0\0\74\0" len

static const struct answer_case {
    const char *label, *bytes;
    size_t len;
    enum probe_dns_type type;
    enum probe_dns_state state;
    size_t count;
    const char *alias;
    bool authentic;
} cases[] = {
#define CASE(label, bytes) label, bytes, sizeof bytes - 1
    { CASE("an address", HEAD("\x81\x80", "\1") ASKED("\1") OWNER RECORD("\1", "\4") "\300\0\2\1"), PROBE_DNS_A, PROBE_DNS_FOUND,
      1, NULL, false },
    { CASE("signed", HEAD("\x81\xa0", "\1") ASKED("\1") OWNER RECORD("\1", "\4") "\300\0\2\1"), PROBE_DNS_A, PROBE_DNS_FOUND, 1,
      NULL, true },
    { CASE("other capitals", HEAD("\x81\x80", "\1") ASKED("\1") "\1A\4TEST\0" RECORD("\1", "\4") "\300\0\2\1"), PROBE_DNS_A,
      PROBE_DNS_FOUND, 1, NULL, false },
    { CASE("another name's", HEAD("\x81\x80", "\1") ASKED("\1") "\1b\xc0\x0e" RECORD("\1", "\4") "\300\0\2\1"), PROBE_DNS_A,
      PROBE_DNS_ABSENT, 0, NULL, false },
    { CASE("a CNAME after its target", HEAD("\x81\x80", "\2") ASKED("\1") "\1b\xc0\x0e" RECORD(
                                           "\1", "\4") "\300\0\2\1" OWNER RECORD("\5", "\4") "\1b\xc0\x0e"),
      PROBE_DNS_A, PROBE_DNS_FOUND, 1, "b.test", false },
    { CASE("a CNAME to itself", HEAD("\x81\x80", "\1") ASKED("\1") OWNER RECORD("\5", "\2") OWNER), PROBE_DNS_A, PROBE_DNS_ABSENT,
      0, "a.test", false },
    { CASE("nothing, from no resolver", HEAD("\x81\x00", "\0") ASKED("\1")), PROBE_DNS_A, PROBE_DNS_AGAIN, 0, NULL, false },
    { CASE("an address of five octets", HEAD("\x81\x80", "\1") ASKED("\1") OWNER RECORD("\1", "\5") "\300\0\2\1\1"), PROBE_DNS_A,
      PROBE_DNS_AGAIN, 0, NULL, false },
    { CASE("a pointer to itself", HEAD("\x81\x80", "\1") ASKED("\1") "\xc0\x18" RECORD("\1", "\4") "\300\0\2\1"), PROBE_DNS_A,
      PROBE_DNS_AGAIN, 0, NULL, false },
    { CASE("a question", HEAD("\x01\x00", "\0") ASKED("\1")), PROBE_DNS_A, PROBE_DNS_AGAIN, 0, NULL, false },
    { CASE("two strings", HEAD("\x81\x80", "\1") ASKED("\20") OWNER RECORD("\20", "\4") "\1x\1y"), PROBE_DNS_TXT, PROBE_DNS_FOUND,
      2, NULL, false },
    { CASE("a string beyond its record", HEAD("\x81\x80", "\1") ASKED("\20") OWNER RECORD("\20", "\2") "\2xy"), PROBE_DNS_TXT,
      PROBE_DNS_AGAIN, 0, NULL, false },
    { CASE("a TXT record of nothing", HEAD("\x81\x80", "\1") ASKED("\20") OWNER RECORD("\20", "\0")), PROBE_DNS_TXT,
      PROBE_DNS_AGAIN, 0, NULL, false },
    { CASE("a null MX", HEAD("\x81\x80", "\1") ASKED("\17") OWNER RECORD("\17", "\3") "\0\0\0"), PROBE_DNS_MX, PROBE_DNS_FOUND, 1,
      NULL, false },
    { CASE("an MX with something after it", HEAD("\x81\x80", "\1") ASKED("\17") OWNER RECORD("\17", "\4") "\0\0\0\0"),
      PROBE_DNS_MX, PROBE_DNS_AGAIN, 0, NULL, false },
    { CASE("a TLSA record", HEAD("\x81\x80", "\1") ASKED("\64") OWNER RECORD("\64", "\5") "\3\1\1xy"), PROBE_DNS_TLSA,
      PROBE_DNS_FOUND, 1, NULL, false },
};

enum { CASES = sizeof cases / sizeof cases[0] };

static void one_case(void **state)
{
    const struct answer_case *c = *state;
    struct probe_dns_answer answer;

    probe_dns_answer_read((const unsigned char *)c->bytes, c->len, "a.test.", c->type, &answer);
    assert_int_equal(answer.state, c->state);
    assert_int_equal(answer.count, c->count);
    assert_int_equal(answer.authentic, c->authentic);
    assert_true((answer.alias == NULL) == (c->alias == NULL));
    if (c->alias != NULL)
        assert_string_equal(answer.alias, c->alias);
    assert_true((answer.why == NULL) == (c->state == PROBE_DNS_FOUND));
    probe_dns_answer_free(&answer);
}

/* In memory of exactly that size, so that the sanitizers find each byte read beyond it. */
static void read_exactly(const unsigned char *bytes, size_t len, enum probe_dns_type type)
{
    struct probe_dns_answer answer;
    unsigned char *copy = malloc(len > 0 ? len : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    probe_dns_answer_read(copy, len, "a.test", type, &answer);
    free(copy);
    probe_dns_answer_free(&answer);
}

static void cut_and_changed(void **state)
{
    unsigned char bytes[128];

    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct answer_case *c = &cases[i];
        for (size_t len = 0; len <= c->len; len++)
            read_exactly((const unsigned char *)c->bytes, len, c->type);
        for (size_t at = 0; at < c->len; at++) {
            memcpy(bytes, c->bytes, c->len);
            for (unsigned value = 0; value < 256; value++) {
                bytes[at] = (unsigned char)value;
                read_exactly(bytes, c->len, c->type);
            }
        }
    }
}

#define TWO HEAD("\x81\x80", "\2") ASKED("\1") OWNER RECORD("\1", "\4") "\300\0\2\2" OWNER RECORD("\1", "\4") "\300\0\2\1"
#define NOTHING HEAD("\x81\x80", "\0") ASKED("\1")
#define FAILED HEAD("\x81\x82", "\0") ASKED("\1")

/* Addresses are sorted, and it is known whether there may be more. */
static const struct {
    const char *first, *second;
    size_t first_len, second_len, count;
    enum probe_dns_state state;
    bool is_partial;
} joins[] = {
    { TWO, TWO, sizeof TWO - 1, sizeof TWO - 1, 4, PROBE_DNS_FOUND, false },
    { TWO, NOTHING, sizeof TWO - 1, sizeof NOTHING - 1, 2, PROBE_DNS_FOUND, false },
    { TWO, FAILED, sizeof TWO - 1, sizeof FAILED - 1, 2, PROBE_DNS_FOUND, true },
    { FAILED, TWO, sizeof FAILED - 1, sizeof TWO - 1, 2, PROBE_DNS_FOUND, true },
    { NOTHING, FAILED, sizeof NOTHING - 1, sizeof FAILED - 1, 0, PROBE_DNS_AGAIN, false },
    { NOTHING, NOTHING, sizeof NOTHING - 1, sizeof NOTHING - 1, 0, PROBE_DNS_ABSENT, false },
};

static void joined(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        struct probe_dns_answer answer, more;
        probe_dns_answer_read((const unsigned char *)joins[i].first, joins[i].first_len, "a.test", PROBE_DNS_A, &answer);
        probe_dns_answer_read((const unsigned char *)joins[i].second, joins[i].second_len, "a.test", PROBE_DNS_A, &more);
        probe_dns_answer_join(&answer, &more);
        assert_int_equal(answer.state, joins[i].state);
        assert_int_equal(answer.is_partial, joins[i].is_partial);
        assert_int_equal(answer.count, joins[i].count);
        for (size_t k = 1; k < answer.count; k++)
            assert_true(strcmp(answer.addresses[k - 1], answer.addresses[k]) <= 0);
        if (joins[i].is_partial)
            assert_non_null(answer.why);
        probe_dns_answer_free(&answer);
    }
}

int main(void)
{
    static struct CMUnitTest tests[CASES];
    const struct CMUnitTest others[] = { cmocka_unit_test(cut_and_changed), cmocka_unit_test(joined) };

    for (size_t i = 0; i < CASES; i++)
        tests[i] = (struct CMUnitTest) { cases[i].label, one_case, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    return _cmocka_run_group_tests("probe_answer", tests, CASES, NULL, NULL) +
           cmocka_run_group_tests_name("probe_answer, hostile", others, NULL, NULL);
}
