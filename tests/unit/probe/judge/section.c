/* The mode and max_age of a suggested section: what is served now is not lost without a word. */
#include "probe/judge/section.h"
#include "probe/judge/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { OK = PROBE_STATUS_OK, WARNING = PROBE_STATUS_WARNING, CRITICAL = PROBE_STATUS_CRITICAL, UNKNOWN = PROBE_STATUS_UNKNOWN };
enum { DAY = 86400, WEEK = 7 * DAY };

// clang-format off
#define NOTHING { .has_record = false }
#define SERVED(of_mode, age, accepted) { .has_record = true, .has_mode = true, .has_max_age = true, .mode = (of_mode), .max_age = (age), .is_accepted = (accepted) }
// clang-format on

static const struct section_case {
    struct probe_served served;
    int mx_status;
    enum policy_mode mode;
    uint32_t max_age;
    const char *begins, *holds; /* the comment */
} cases[] = {
    { NOTHING, OK, POLICY_TESTING, WEEK, "", "" },
    { NOTHING, CRITICAL, POLICY_TESTING, WEEK, "", "" },
    { { .is_unknown = true },
      OK,
      POLICY_TESTING,
      WEEK,
      "Whether a policy is served now could not be found out",
      "keep that mode" },
    /* Enforce is advised nowhere where senders would defer mail by it. */
    { { .is_unknown = true },
      CRITICAL,
      POLICY_TESTING,
      WEEK,
      "Whether a policy is served now could not be found out",
      "keep that mode as soon as all MX hosts are good" },
    { { .has_record = true },
      CRITICAL,
      POLICY_TESTING,
      WEEK,
      "The TXT record says",
      "keep that mode as soon as all MX hosts are good" },
    { SERVED(POLICY_ENFORCE, WEEK, false), CRITICAL, POLICY_TESTING, WEEK, "Served now",
      "accept what is served, and all MX hosts are good, write" },
    { { .is_record_unknown = true, .has_mode = true, .mode = POLICY_ENFORCE, .is_accepted = true },
      CRITICAL,
      POLICY_TESTING,
      WEEK,
      "Served now",
      "write enforce if senders find it, and all MX hosts are good." },
    { { .has_record = true }, OK, POLICY_TESTING, WEEK, "The TXT record says that there is a policy", "keep that mode" },
    { SERVED(POLICY_ENFORCE, 4 * WEEK, true), OK, POLICY_ENFORCE, 4 * WEEK, "Served now: mode enforce, max_age 4w. ",
      "keeps it" },
    { SERVED(POLICY_ENFORCE, DAY, true), OK, POLICY_ENFORCE, DAY, "Served now: mode enforce, max_age 1d. ", "keeps it" },
    { SERVED(POLICY_ENFORCE, 4 * WEEK, true), WARNING, POLICY_ENFORCE, 4 * WEEK, "Served now: mode enforce, max_age 4w. ",
      "keeps it" },
    { SERVED(POLICY_ENFORCE, 4 * WEEK, true), WARNING, POLICY_ENFORCE, 4 * WEEK, "Served now: mode enforce, max_age 4w. ",
      "The comments below say what to mend" },
    /* What could not be looked up says nothing about senders. */
    { { .is_record_unknown = true, .has_mode = true, .mode = POLICY_ENFORCE, .is_accepted = true },
      OK,
      POLICY_TESTING,
      WEEK,
      "Served now: mode enforce. Whether all senders find that could not be found out",
      "goes back to testing. Better: run this again" },
    { SERVED(POLICY_ENFORCE, 4 * WEEK, true), CRITICAL, POLICY_TESTING, 4 * WEEK, "Served now: mode enforce, max_age 4w. ",
      "goes back to testing, because senders defer mail" },
    { SERVED(POLICY_ENFORCE, DAY, true), CRITICAL, POLICY_TESTING, WEEK, "Served now: mode enforce, max_age 1d. ", "goes back" },
    { SERVED(POLICY_ENFORCE, 4 * WEEK, true), UNKNOWN, POLICY_TESTING, 4 * WEEK, "Served now: mode enforce, max_age 4w. ",
      "could not be looked at" },
    { SERVED(POLICY_ENFORCE, 4 * WEEK, false), OK, POLICY_TESTING, 4 * WEEK, "Served now: mode enforce, max_age 4w. ",
      "Not all senders find that, or take it" },
    { SERVED(POLICY_ENFORCE, 4 * WEEK, false), OK, POLICY_TESTING, 4 * WEEK, "Served now: mode enforce, max_age 4w. ",
      "goes back to testing. Once" },
    { SERVED(POLICY_TESTING, 5000, true), OK, POLICY_TESTING, WEEK, "Served now: mode testing, max_age 5000.", "" },
    { SERVED(POLICY_TESTING, 10 * DAY, true), CRITICAL, POLICY_TESTING, 10 * DAY, "Served now: mode testing, max_age 10d.", "" },
    { SERVED(POLICY_NONE, DAY, true), OK, POLICY_TESTING, WEEK, "Served now: mode none, max_age 1d.",
      "begins again with testing" },
    { SERVED(POLICY_ENFORCE, 0, true), OK, POLICY_ENFORCE, 0, "Served now: mode enforce, max_age 0.", "keeps it" },
    { { .has_mode = true, .mode = POLICY_ENFORCE }, OK, POLICY_TESTING, WEEK, "Served now: mode enforce. ", "goes back" },
};

static void one(void **state)
{
    const struct section_case *c = *state;
    struct probe_section section;
    struct buf why = { 0 };

    buf_add(&why, "", 0);
    probe_section_decide(&c->served, c->mx_status, &section, &why);
    assert_int_equal(section.mode, c->mode);
    assert_int_equal(section.max_age, c->max_age);
    assert_memory_equal(why.text, c->begins, strlen(c->begins));
    assert_non_null(strstr(why.text, c->holds));
    if (c->begins[0] == '\0')
        assert_int_equal(why.len, 0);
    buf_free(&why);
}

static void unused(void **state)
{
    static const char mx[] = "mail.example.org\0*.example.net\0Backup.example.org\0backup.example.org\0" /* or 1 is part of it */
                             "192.0.2.1\0*.planned.example";
    const char *const hosts[] = { "MAIL.example.org", "mx1.example.net", "" };
    struct buf out = { 0 };

    (void)state;
    probe_section_add_unused(mx, 6, hosts, 3, &out);
    assert_string_equal(out.text, "mx      = backup.example.org    ; served now, but no MX record matches it; keep it for a host "
                                  "that is planned, or a backup\n"
                                  "mx      = *.planned.example    ; served now, but no MX record matches it; keep it for a host "
                                  "that is planned, or a backup\n");
    buf_free(&out);
    probe_section_add_unused(NULL, 0, hosts, 3, &out);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    enum { CASES = sizeof cases / sizeof cases[0] };
    static char names[CASES][100];
    struct CMUnitTest tests[CASES];

    for (size_t i = 0; i < CASES; i++) {
        (void)snprintf(names[i], sizeof names[i], "%zu: %s, MX hosts %d", i, cases[i].begins, cases[i].mx_status);
        tests[i] = (struct CMUnitTest) { names[i], one, NULL, NULL, (void *)(uintptr_t)&cases[i] };
    }
    const struct CMUnitTest others[] = { cmocka_unit_test(unused) };

    return cmocka_run_group_tests(tests, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
