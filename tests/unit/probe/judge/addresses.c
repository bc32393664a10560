/* What the addresses of one host say together: which fail, which do not, and which findings they share. */
#include "probe/judge/addresses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ADDRESSES = 3 };

static const struct probe_rule rules[] = {
    { "remark", PROBE_OK, 0, 0, 0, "is remarkable", "RFC 1" },
    { "warning", PROBE_WARN, 0, 0, 0, "is odd", "RFC 2" },
    { "fault", PROBE_FAIL, 0, 0, 0, "fails", "RFC 3" },
};

static const char *const names[ADDRESSES] = { "192.0.2.1", "192.0.2.2", "2001:db8::1" };

/* --- states --- */

static const struct {
    enum probe_fetch_outcome outcome;
    bool is_known;
    int finding; /* the number of a rule; -1: none */
    enum probe_address_state state;
} states[] = {
    { PROBE_FETCHED, true, -1, PROBE_ADDRESS_GOOD },
    { PROBE_FETCHED, true, 0, PROBE_ADDRESS_GOOD },
    { PROBE_FETCHED, true, 1, PROBE_ADDRESS_GOOD },
    { PROBE_FETCHED, true, 2, PROBE_ADDRESS_BAD },
    { PROBE_FETCH_REFUSED, true, 2, PROBE_ADDRESS_BAD },
    { PROBE_FETCH_REFUSED, false, 1, PROBE_ADDRESS_DOUBTFUL },
    { PROBE_FETCH_SLOW, false, 1, PROBE_ADDRESS_DOUBTFUL },
    { PROBE_FETCH_LATER, false, 1, PROBE_ADDRESS_DOUBTFUL },
    { PROBE_FETCH_NO_ROUTE, false, -1, PROBE_ADDRESS_NO_ROUTE },
    { PROBE_FETCH_STOPPED, false, -1, PROBE_ADDRESS_NOT_ASKED },
    { PROBE_FETCH_LACK, false, -1, PROBE_ADDRESS_NOT_ASKED },
};

static void each_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        const struct probe_fetched fetched = { .outcome = states[i].outcome };
        struct probe_findings findings = { 0 };
        if (states[i].finding >= 0)
            probe_findings_add(&findings, &rules[states[i].finding], 0, span_of("x"));
        assert_int_equal(probe_address_state(&fetched, states[i].is_known, &findings), states[i].state);
        probe_findings_free(&findings);
    }
}

static void of_special_use(void **state)
{
    struct probe_address list[] = { { .name = "10.0.0.1", .state = PROBE_ADDRESS_GOOD },
                                    { .name = "10.0.0.1", .state = PROBE_ADDRESS_NO_ROUTE },
                                    { .name = "10.0.0.1", .state = PROBE_ADDRESS_BAD },
                                    { .name = "11.0.0.1", .state = PROBE_ADDRESS_GOOD } };

    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        probe_address_judge_use(&list[i]);
    assert_int_equal(list[0].state, PROBE_ADDRESS_SPECIAL);
    assert_int_equal(list[1].state, PROBE_ADDRESS_SPECIAL);
    assert_int_equal(list[2].state, PROBE_ADDRESS_BAD);
    assert_int_equal(list[3].state, PROBE_ADDRESS_GOOD);
}

/* --- all together --- */

/*
 * ADDRESSES: a letter for each: g, good; w, good with a warning; b, bad; d, doubtful; n, no route; l, no time left; r, good with
 * a remark; B, bad in another way; s, not public.
 */
static const struct {
    const char *addresses;
    enum probe_reach reach;
    const char *says; /* of each finding: its severity, its addresses, its text */
} cases[] = {
    { "g", PROBE_REACH_ALL, "" },
    { "b", PROBE_REACH_NONE, "2 [] \"x\" fails (RFC 3)\n" },
    { "d", PROBE_REACH_UNKNOWN, "1 [] \"x\" is odd (RFC 2)\n" },
    { "n", PROBE_REACH_UNKNOWN, "" },
    { "l", PROBE_REACH_UNKNOWN, "" },
    { "ggg", PROBE_REACH_ALL, "" },
    { "gn", PROBE_REACH_ALL, "" },
    { "gl", PROBE_REACH_ALL, "" },
    { "gb", PROBE_REACH_SOME, "1 [192.0.2.2] at 192.0.2.2: \"x\" fails (RFC 3)\n" },
    { "bg", PROBE_REACH_SOME, "1 [192.0.2.1] at 192.0.2.1: \"x\" fails (RFC 3)\n" },
    { "bgb", PROBE_REACH_SOME, "1 [192.0.2.1 2001:db8::1] at 192.0.2.1, 2001:db8::1: \"x\" fails (RFC 3)\n" },
    { "gd", PROBE_REACH_SOME, "1 [192.0.2.2] at 192.0.2.2: \"x\" is odd (RFC 2)\n" },
    { "bbb", PROBE_REACH_NONE, "2 [] \"x\" fails (RFC 3)\n" },
    { "bB", PROBE_REACH_NONE,
      "2 [192.0.2.1] at 192.0.2.1: \"x\" fails (RFC 3)\n2 [192.0.2.2] at 192.0.2.2: \"y\" fails (RFC 3)\n" },
    { "bl", PROBE_REACH_PARTLY, "2 [192.0.2.1] at 192.0.2.1: \"x\" fails (RFC 3)\n" },
    { "bn", PROBE_REACH_PARTLY, "2 [192.0.2.1] at 192.0.2.1: \"x\" fails (RFC 3)\n" },
    { "bd", PROBE_REACH_NONE,
      "2 [192.0.2.1] at 192.0.2.1: \"x\" fails (RFC 3)\n1 [192.0.2.2] at 192.0.2.2: \"x\" is odd (RFC 2)\n" },
    { "ww", PROBE_REACH_ALL, "1 [] \"x\" is odd (RFC 2)\n" },
    { "gw", PROBE_REACH_ALL, "1 [192.0.2.2] at 192.0.2.2: \"x\" is odd (RFC 2)\n" },
    { "rg", PROBE_REACH_ALL, "0 [192.0.2.1] at 192.0.2.1: \"x\" is remarkable (RFC 1)\n" },
    { "s", PROBE_REACH_NONE, "" },
    { "ss", PROBE_REACH_NONE, "" },
    { "gs", PROBE_REACH_SOME, "" },
    { "sn", PROBE_REACH_UNKNOWN, "" },
    { "sd", PROBE_REACH_UNKNOWN, "1 [192.0.2.2] at 192.0.2.2: \"x\" is odd (RFC 2)\n" },
    { "sb", PROBE_REACH_NONE, "2 [192.0.2.2] at 192.0.2.2: \"x\" fails (RFC 3)\n" },
    { "dnd", PROBE_REACH_UNKNOWN, "1 [192.0.2.1 2001:db8::1] at 192.0.2.1, 2001:db8::1: \"x\" is odd (RFC 2)\n" },
};

static const struct {
    char letter;
    enum probe_address_state state;
    int finding;
    const char *subject;
} letters[] = {
    { 'g', PROBE_ADDRESS_GOOD, -1, NULL },     { 'w', PROBE_ADDRESS_GOOD, 1, "x" },
    { 'r', PROBE_ADDRESS_GOOD, 0, "x" },       { 'b', PROBE_ADDRESS_BAD, 2, "x" },
    { 'B', PROBE_ADDRESS_BAD, 2, "y" },        { 'd', PROBE_ADDRESS_DOUBTFUL, 1, "x" },
    { 'n', PROBE_ADDRESS_NO_ROUTE, -1, NULL }, { 'l', PROBE_ADDRESS_NOT_ASKED, -1, NULL },
    { 's', PROBE_ADDRESS_SPECIAL, -1, NULL },
};

static void set_address(char letter, const char *name, struct probe_address *address)
{
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i].letter != letter)
            continue;
        address->name = name;
        address->state = letters[i].state;
        if (letters[i].finding >= 0)
            probe_findings_add(&address->findings, &rules[letters[i].finding], 0, span_of(letters[i].subject));
    }
}

static void each_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct probe_address list[ADDRESSES] = { 0 };
        struct probe_findings findings = { 0 };
        struct buf says = { 0 };
        size_t count = strlen(cases[i].addresses);
        enum probe_severity worst = PROBE_OK;
        for (size_t k = 0; k < count; k++)
            set_address(cases[i].addresses[k], names[k], &list[k]);
        assert_int_equal(probe_addresses_join(list, count, &findings), cases[i].reach);
        buf_add(&says, "", 0);
        for (size_t k = 0; k < findings.count; k++) {
            const struct probe_finding *finding = &findings.list[k];
            buf_print(&says, "%d [%s] %s\n", finding->severity, probe_finding_addresses(&findings, finding),
                      probe_finding_text(&findings, finding));
            worst = finding->severity > worst ? finding->severity : worst;
        }
        assert_string_equal(says.text, cases[i].says);
        assert_int_equal(findings.verdict, worst);
        buf_free(&says);
        probe_findings_free(&findings);
        probe_addresses_free(list, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state),
        cmocka_unit_test(of_special_use),
        cmocka_unit_test(each_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
