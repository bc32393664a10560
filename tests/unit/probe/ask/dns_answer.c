/* What libunbound hands over, made by hand: what the reader finds in it. Records that are cut or changed anywhere do no harm. */
#include "probe/ask/dns_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

#include <cmocka.h>

enum { RECORDS_MAX = 3, SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5, NOTZONE = 10 };

struct record {
    const char *bytes;
    int len;
};

// clang-format off
#define R(bytes) { bytes, sizeof bytes - 1 }
// clang-format on

#define A R("\300\0\2\1")

static const struct answer_case {
    const char *label;
    enum probe_dns_type type;
    struct record records[RECORDS_MAX];
    int rcode;
    const char *canonname;
    bool secure, bogus;
    const char *unvalidated;
    enum probe_dns_state state;
    size_t count;
    const char *alias;
    const char *shows; /* the first of the list; or WHY, where there is none */
} cases[] = {
    { "an address", PROBE_DNS_A, { A }, 0, NULL, false, false, NULL, PROBE_DNS_FOUND, 1, NULL, "192.0.2.1" },
    { "IPv6",
      PROBE_DNS_AAAA,
      { R("\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1") },
      0,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_FOUND,
      1,
      NULL,
      "2001:db8::1" },
    { "two", PROBE_DNS_A, { A, A }, 0, NULL, false, false, NULL, PROBE_DNS_FOUND, 2, NULL, "192.0.2.1" },
    { "secure", PROBE_DNS_A, { A }, 0, NULL, true, false, NULL, PROBE_DNS_FOUND, 1, NULL, "192.0.2.1" },
    { "bogus",
      PROBE_DNS_A,
      { A },
      0,
      NULL,
      false,
      true,
      NULL,
      PROBE_DNS_AGAIN,
      0,
      NULL,
      "DNSSEC validation failed: signature expired; sign the zone anew, or correct its DS record" },
    { "bogus, and nothing can be validated",
      PROBE_DNS_A,
      { A },
      0,
      NULL,
      false,
      true,
      "no key",
      PROBE_DNS_FOUND,
      1,
      NULL,
      "192.0.2.1" },
    { "a CNAME", PROBE_DNS_A, { A }, 0, "b.test.", false, false, NULL, PROBE_DNS_FOUND, 1, "b.test", "192.0.2.1" },
    { "a CNAME that leads to nothing",
      PROBE_DNS_A,
      { { 0 } },
      0,
      "b.test.",
      false,
      false,
      NULL,
      PROBE_DNS_ABSENT,
      0,
      "b.test",
      "its CNAME leads to a name that has no such record" },
    { "a CNAME that leads nowhere",
      PROBE_DNS_A,
      { { 0 } },
      NXDOMAIN,
      "b.test.",
      false,
      false,
      NULL,
      PROBE_DNS_ABSENT,
      0,
      "b.test",
      "its CNAME leads to a name that does not exist" },
    { "a CNAME to the root",
      PROBE_DNS_A,
      { { 0 } },
      0,
      ".",
      false,
      false,
      NULL,
      PROBE_DNS_ABSENT,
      0,
      ".",
      "its CNAME leads to a name that has no such record" },
    { "nothing", PROBE_DNS_A, { { 0 } }, 0, NULL, false, false, NULL, PROBE_DNS_ABSENT, 0, NULL, "the name has no such record" },
    { "no such name",
      PROBE_DNS_A,
      { { 0 } },
      NXDOMAIN,
      NULL,
      true,
      false,
      NULL,
      PROBE_DNS_ABSENT,
      0,
      NULL,
      "the name does not exist" },
    { "a bogus proof",
      PROBE_DNS_A,
      { { 0 } },
      NXDOMAIN,
      NULL,
      false,
      true,
      NULL,
      PROBE_DNS_AGAIN,
      0,
      NULL,
      "DNSSEC validation failed: signature expired; sign the zone anew, or correct its DS record" },
    { "all failed",
      PROBE_DNS_A,
      { { 0 } },
      SERVFAIL,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_AGAIN,
      0,
      NULL,
      "all name servers failed, or none could be reached; check the network here, then try --dns root" },
    { "refused",
      PROBE_DNS_A,
      { { 0 } },
      REFUSED,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_AGAIN,
      0,
      NULL,
      "the name server refused to answer (REFUSED); try another one with --dns" },
    { "another error",
      PROBE_DNS_A,
      { { 0 } },
      NOTZONE,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_AGAIN,
      0,
      NULL,
      "the name server answered with an error; try another one with --dns" },
    { "an address of five octets",
      PROBE_DNS_A,
      { R("\300\0\2\1\1") },
      0,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_AGAIN,
      0,
      NULL,
      NULL },
    { "two strings", PROBE_DNS_TXT, { R("\1x\1y") }, 0, NULL, false, false, NULL, PROBE_DNS_FOUND, 2, NULL, "x" },
    { "two records", PROBE_DNS_TXT, { R("\2xy\0"), R("\1z") }, 0, NULL, false, false, NULL, PROBE_DNS_FOUND, 3, NULL, "xy" },
    { "a string beyond its record", PROBE_DNS_TXT, { R("\2x") }, 0, NULL, false, false, NULL, PROBE_DNS_AGAIN, 0, NULL, NULL },
    { "a TXT record of nothing", PROBE_DNS_TXT, { { "", 0 } }, 0, NULL, false, false, NULL, PROBE_DNS_AGAIN, 0, NULL, NULL },
    { "an MX",
      PROBE_DNS_MX,
      { R("\0\24\1b\4test\0"), R("\0\12\5a.\\ \177\4test\0") },
      0,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_FOUND,
      2,
      NULL,
      "a\\.\\\\\\032\\127.test" },
    { "a null MX", PROBE_DNS_MX, { R("\0\0\0") }, 0, NULL, false, false, NULL, PROBE_DNS_FOUND, 1, NULL, "" },
    { "an MX with something after it",
      PROBE_DNS_MX,
      { R("\0\0\0\0") },
      0,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_AGAIN,
      0,
      NULL,
      NULL },
    { "an MX without an end", PROBE_DNS_MX, { R("\0\0\1a") }, 0, NULL, false, false, NULL, PROBE_DNS_AGAIN, 0, NULL, NULL },
    { "an MX with a pointer", PROBE_DNS_MX, { R("\0\0\300\14") }, 0, NULL, false, false, NULL, PROBE_DNS_AGAIN, 0, NULL, NULL },
    { "a TLSA record", PROBE_DNS_TLSA, { R("\3\1\1xy") }, 0, NULL, true, false, NULL, PROBE_DNS_FOUND, 1, NULL, "xy" },
    { "a TLSA record of two octets", PROBE_DNS_TLSA, { R("\3\1") }, 0, NULL, false, false, NULL, PROBE_DNS_AGAIN, 0, NULL, NULL },
    { "the CNAME itself",
      PROBE_DNS_CNAME,
      { R("\10_mta-sts\4test\0") },
      0,
      NULL,
      true,
      false,
      NULL,
      PROBE_DNS_FOUND,
      1,
      NULL,
      "_mta-sts.test" },
    { "a CNAME of characters that a zone file has for something else",
      PROBE_DNS_CNAME,
      { R("\10a;\"(b)@$\4te.t\0") },
      0,
      NULL,
      false,
      false,
      NULL,
      PROBE_DNS_FOUND,
      1,
      NULL,
      "a\\;\\\"\\(b\\)\\@\\$.te\\.t" },
    { "a CNAME without an end", PROBE_DNS_CNAME, { R("\4test") }, 0, NULL, false, false, NULL, PROBE_DNS_AGAIN, 0, NULL, NULL },
    { "keys", PROBE_DNS_DNSKEY, { R("\1\1\3\15") }, 0, NULL, true, false, NULL, PROBE_DNS_FOUND, 0, NULL, NULL },
};

enum { CASES = sizeof cases / sizeof cases[0] };

/* Each record in memory of exactly its size, so that the sanitizers find each byte read beyond it. */
struct made {
    char *data[RECORDS_MAX + 1];
    int len[RECORDS_MAX + 1];
    struct ub_result result;
};

static void make(const struct answer_case *c, struct made *made)
{
    size_t count = 0;

    *made = (struct made) { 0 };
    for (; count < RECORDS_MAX && c->records[count].bytes != NULL; count++) {
        size_t len = (size_t)c->records[count].len;
        made->len[count] = (int)len;
        made->data[count] = malloc(len > 0 ? len : 1);
        assert_non_null(made->data[count]);
        memcpy(made->data[count], c->records[count].bytes, len);
    }
    made->result = (struct ub_result) { .data = made->data,
                                        .len = made->len,
                                        .canonname = (char *)(uintptr_t)c->canonname,
                                        .rcode = c->rcode,
                                        .havedata = count > 0,
                                        .nxdomain = c->rcode == NXDOMAIN,
                                        .secure = c->secure,
                                        .bogus = c->bogus };
    static char own[] = "validation failure <a.test. A IN>: signature expired";
    static char earlier[] =
        "validation failure <a.test. A IN>: key for validation test. is marked as invalid because of a previous "
        "validation failure <b.test. MX IN>: signature expired";
    if (c->bogus)
        made->result.why_bogus = c->rcode == NXDOMAIN ? earlier : own;
}

static void unmake(struct made *made)
{
    for (size_t i = 0; i < RECORDS_MAX; i++)
        free(made->data[i]);
}

static const char *first(const struct probe_dns_answer *answer, enum probe_dns_type type, char *text, size_t size)
{
    if (answer->count == 0)
        return answer->why;
    if (type == PROBE_DNS_MX)
        return answer->mx[0].host;
    if (type == PROBE_DNS_CNAME)
        return answer->targets[0];
    if (type != PROBE_DNS_TXT && type != PROBE_DNS_TLSA)
        return answer->addresses[0];
    size_t len = type == PROBE_DNS_TXT ? answer->strings[0].len : answer->tlsa[0].len;
    (void)snprintf(text, size, "%.*s", (int)len,
                   type == PROBE_DNS_TXT ? answer->strings[0].bytes : (const char *)answer->tlsa[0].data);
    return text;
}

static void one_case(void **state)
{
    const struct answer_case *c = *state;
    struct probe_dns_answer answer;
    struct made made;
    char text[64];

    make(c, &made);
    probe_dns_answer_read(&made.result, c->type, c->unvalidated, &answer);
    unmake(&made);
    assert_int_equal(answer.state, c->state);
    assert_int_equal(answer.count, c->count);
    assert_int_equal(answer.authentic, c->secure);
    assert_int_equal(answer.is_bogus, c->bogus && c->unvalidated == NULL);
    assert_true((answer.alias == NULL) == (c->alias == NULL));
    if (c->alias != NULL)
        assert_string_equal(answer.alias, c->alias);
    assert_true((answer.why == NULL) == (c->state == PROBE_DNS_FOUND));
    if (c->shows != NULL)
        assert_string_equal(first(&answer, c->type, text, sizeof text), c->shows);
    probe_dns_answer_free(&answer);
}

/* Reads the records of C, where the first is LEN bytes at BYTES. */
static void read_other(const struct answer_case *c, const char *bytes, int len)
{
    struct answer_case other = *c;
    struct probe_dns_answer answer;
    struct made made;

    other.records[0] = (struct record) { bytes, len };
    make(&other, &made);
    probe_dns_answer_read(&made.result, c->type, NULL, &answer);
    unmake(&made);
    probe_dns_answer_free(&answer);
}

static void cut_and_changed(void **state)
{
    char bytes[128];

    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct record *record = &cases[i].records[0];
        for (int len = 0; record->bytes != NULL && len <= record->len; len++)
            read_other(&cases[i], record->bytes, len);
        for (int at = 0; at < record->len; at++) {
            memcpy(bytes, record->bytes, (size_t)record->len);
            for (unsigned value = 0; value < 256; value++) {
                bytes[at] = (char)value;
                read_other(&cases[i], bytes, record->len);
            }
        }
    }
}

/* The longest name that there is, and one octet more. */
static void long_names(void **state)
{
    char bytes[300] = "\0\12";
    size_t at = 2;

    (void)state;
    for (size_t i = 0; i < 3; i++, at += 64) {
        bytes[at] = 63;
        memset(bytes + at + 1, '\1', 63);
    }
    for (int last = 61; last <= 62; last++) {
        struct answer_case c = { .type = PROBE_DNS_MX };
        struct probe_dns_answer answer;
        struct made made;
        bytes[at] = (char)last;
        memset(bytes + at + 1, '\1', (size_t)last);
        bytes[at + 1 + (size_t)last] = '\0';
        c.records[0] = (struct record) { bytes, (int)at + last + 2 };
        make(&c, &made);
        probe_dns_answer_read(&made.result, c.type, NULL, &answer);
        unmake(&made);
        assert_int_equal(answer.state, last == 61 ? PROBE_DNS_FOUND : PROBE_DNS_AGAIN);
        probe_dns_answer_free(&answer);
    }
}

/* A message about a.test: how many records the answer and the authority section have, then the records. */
#define MESSAGE(answers, authorities) "\0\0\201\200\0\1\0" answers "\0" authorities "\0\0\1a\4test\0\0\1\0\1"
#define RECORD(type, len) "\300\14\0" type "\0\1\0\0\0\1\0" len
#define NS RECORD("\2", "\4") "\1b\300\16"
#define SOA RECORD("\6", "\0")
#define CNAME RECORD("\5", "\4") "\1b\300\16"

static const struct {
    const char *bytes;
    int len;
    bool refers;
} messages[] = {
    { NULL, 0, false },
    { MESSAGE("\0", "\0"), sizeof MESSAGE("\0", "\0") - 1, false },
    { MESSAGE("\0", "\1") NS, sizeof MESSAGE("\0", "\1") NS - 1, true },
    { MESSAGE("\1", "\1") CNAME NS, sizeof MESSAGE("\1", "\1") CNAME NS - 1, true },
    { MESSAGE("\0", "\1") SOA, sizeof MESSAGE("\0", "\1") SOA - 1, false },
    { MESSAGE("\0", "\2") NS SOA, sizeof MESSAGE("\0", "\2") NS SOA - 1, false },
    { MESSAGE("\1", "\0") NS, sizeof MESSAGE("\1", "\0") NS - 1, false },
};

static bool is_referral(const char *bytes, size_t len)
{
    struct probe_dns_answer answer;
    struct made made;
    char *exact = bytes != NULL ? malloc(len > 0 ? len : 1) : NULL;

    if (exact != NULL)
        memcpy(exact, bytes, len);
    make(&(struct answer_case) { .type = PROBE_DNS_A }, &made);
    made.result.answer_packet = exact;
    made.result.answer_len = (int)len;
    probe_dns_answer_read(&made.result, PROBE_DNS_A, NULL, &answer);
    unmake(&made);
    free(exact);
    assert_int_equal(answer.state, PROBE_DNS_ABSENT);
    bool found = answer.is_referral;
    probe_dns_answer_free(&answer);
    return found;
}

static void referrals(void **state)
{
    char bytes[128];

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        size_t all = (size_t)messages[i].len;
        assert_int_equal(is_referral(messages[i].bytes, all), messages[i].refers);
        for (size_t len = 0; len < all; len++)
            assert_true(!is_referral(messages[i].bytes, len) || len + 4 >= all);
        for (size_t at = 0; at < all; at++) {
            memcpy(bytes, messages[i].bytes, all);
            for (unsigned value = 0; value < 256; value++) {
                bytes[at] = (char)value;
                (void)is_referral(bytes, all);
            }
        }
    }
}

/* Numbers of cases. Addresses are sorted, and it is known whether there may be more. */
enum { ONE = 0, TWO = 2, BOGUS = 4, NOTHING = 10, FAILED = 13 };
static const struct {
    size_t first, second, count;
    enum probe_dns_state state;
    bool is_partial;
} joins[] = {
    { TWO, TWO, 4, PROBE_DNS_FOUND, false },        { TWO, NOTHING, 2, PROBE_DNS_FOUND, false },
    { TWO, FAILED, 2, PROBE_DNS_FOUND, true },      { FAILED, ONE, 1, PROBE_DNS_FOUND, true },
    { BOGUS, ONE, 1, PROBE_DNS_FOUND, true },       { ONE, BOGUS, 1, PROBE_DNS_FOUND, true },
    { NOTHING, FAILED, 0, PROBE_DNS_AGAIN, false }, { NOTHING, NOTHING, 0, PROBE_DNS_ABSENT, false },
    { NOTHING, BOGUS, 0, PROBE_DNS_AGAIN, false },
};

static void read_case(size_t i, struct probe_dns_answer *answer)
{
    struct made made;

    make(&cases[i], &made);
    probe_dns_answer_read(&made.result, cases[i].type, NULL, answer);
    unmake(&made);
}

static void joined(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        struct probe_dns_answer answer, more;
        read_case(joins[i].first, &answer);
        read_case(joins[i].second, &more);
        probe_dns_answer_join(&answer, &more);
        assert_int_equal(answer.state, joins[i].state);
        assert_int_equal(answer.is_partial, joins[i].is_partial);
        assert_int_equal(answer.count, joins[i].count);
        for (size_t k = 1; k < answer.count; k++)
            assert_true(strcmp(answer.addresses[k - 1], answer.addresses[k]) <= 0);
        if (joins[i].is_partial)
            assert_true(strlen(answer.why) > 10);
        probe_dns_answer_free(&answer);
    }
}

int main(void)
{
    static struct CMUnitTest tests[CASES];
    const struct CMUnitTest others[] = { cmocka_unit_test(cut_and_changed), cmocka_unit_test(long_names),
                                         cmocka_unit_test(joined), cmocka_unit_test(referrals) };

    for (size_t i = 0; i < CASES; i++)
        tests[i] = (struct CMUnitTest) { cases[i].label, one_case, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    return _cmocka_run_group_tests("probe_answer", tests, CASES, NULL, NULL) +
           cmocka_run_group_tests_name("probe_answer, hostile", others, NULL, NULL);
}
