#include "command/dns/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* All that is special in one of the formats, as data of a TXT record. policies.ini lets only some of it through. */
#define HOSTILE "a\"b\\c;d$e${f}%{g}$${h}\x01\xff'`"

/* What each format makes of two addresses, of HOSTILE, and of a record that cannot be made. */
static const struct row {
    const char *format, *expected;
} rows[] = {
    { "zone", "mta-sts.example.org. 60 IN A 192.0.2.1\n"
              "mta-sts.example.org. 60 IN AAAA 2001:db8::1\n"
              "mta-sts.example.org. 60 IN A 192.0.2.2\n"
              "; _mta-sts.example.org: no\n"
              "_smtp._tls.example.org. 60 IN TXT \"a\\\"b\\\\c;d$e${f}%{g}$${h}\\001\\255'`\"\n\n" },
    { "json",
      "\n  {\"domain\":\"example.org\",\"origin\":\"example.org\",\"leaving\":false,\"records\":[\n"
      "    {\"name\":\"mta-sts.example.org\",\"type\":\"A\",\"ttl\":60,\"data\":\"192.0.2.1\",\"order\":1,\"why\":\"w\"},\n"
      "    {\"name\":\"mta-sts.example.org\",\"type\":\"AAAA\",\"ttl\":60,\"data\":\"2001:db8::1\",\"order\":1,\"why\":\"w\"},\n"
      "    {\"name\":\"mta-sts.example.org\",\"type\":\"A\",\"ttl\":60,\"data\":\"192.0.2.2\",\"order\":1,\"why\":\"w\"},\n"
      "    {\"name\":\"_smtp._tls.example.org\",\"type\":\"TXT\",\"ttl\":60,"
      "\"data\":\"a\\\"b\\\\c;d$e${f}%{g}$${h}\\u0001\\u00ff'`\",\"order\":2,\"why\":\"w\"}],"
      "\"missing\":[\n    {\"name\":\"_mta-sts.example.org\",\"why\":\"no\"}]}" },
    { "nsupdate", "; example.org\n"
                  "prereq nxrrset _smtp._tls.example.org. CNAME\n"
                  "update delete mta-sts.example.org. A\n"
                  "update delete mta-sts.example.org. AAAA\n"
                  "update delete mta-sts.example.org. CNAME\n"
                  "update delete _smtp._tls.example.org. TXT\n"
                  "update add mta-sts.example.org. 60 A 192.0.2.1\n"
                  "update add mta-sts.example.org. 60 AAAA 2001:db8::1\n"
                  "update add mta-sts.example.org. 60 A 192.0.2.2\n"
                  "update add _smtp._tls.example.org. 60 TXT \"a\\\"b\\\\c;d$e${f}%{g}$${h}\\001\\255'`\"\n"
                  "send\n" },
    { "dnscontrol", "D_EXTEND(\"example.org\",\n"
                    "    A(\"mta-sts\", \"192.0.2.1\", TTL(60)),\n"
                    "    AAAA(\"mta-sts\", \"2001:db8::1\", TTL(60)),\n"
                    "    A(\"mta-sts\", \"192.0.2.2\", TTL(60)),\n"
                    "    TXT(\"_smtp._tls\", \"a\\\"b\\\\c;d$e${f}%{g}$${h}\\u0001\\u00ff'`\", TTL(60))\n);\n" },
    { "octodns", "--- # example.org.yaml\n"
                 "_smtp._tls:\n  - ttl: 60\n    type: TXT\n    values:\n"
                 "    - \"a\\\"b\\\\c\\\\;d$e${f}%{g}$${h}\\u0001\\u00ff'`\"\n"
                 "mta-sts:\n  - ttl: 60\n    type: A\n    values:\n    - \"192.0.2.1\"\n    - \"192.0.2.2\"\n"
                 "  - ttl: 60\n    type: AAAA\n    values:\n    - \"2001:db8::1\"\n" },
    { "terraform", "\n    \"mta-sts.example.org A\": {\"origin\":\"example.org\",\"name\":\"mta-sts.example.org\",\"type\":\"A\","
                   "\"ttl\":60,\"values\":[\"192.0.2.1\",\"192.0.2.2\"]},"
                   "\n    \"mta-sts.example.org AAAA\": {\"origin\":\"example.org\",\"name\":\"mta-sts.example.org\","
                   "\"type\":\"AAAA\",\"ttl\":60,\"values\":[\"2001:db8::1\"]},"
                   "\n    \"_smtp._tls.example.org TXT\": {\"origin\":\"example.org\",\"name\":\"_smtp._tls.example.org\","
                   "\"type\":\"TXT\",\"ttl\":60,\"values\":[\"a\\\"b\\\\c;d$e$${f}%%{g}$$${h}\\u0001\\u00ff'`\"]}" },
    { "external",
      "\n    \"mta-sts.example.org A\": \"{\\\"origin\\\":\\\"example.org\\\",\\\"name\\\":\\\"mta-sts.example.org\\\","
      "\\\"type\\\":\\\"A\\\",\\\"ttl\\\":60,\\\"values\\\":[\\\"192.0.2.1\\\",\\\"192.0.2.2\\\"]}\","
      "\n    \"mta-sts.example.org AAAA\": \"{\\\"origin\\\":\\\"example.org\\\",\\\"name\\\":"
      "\\\"mta-sts.example.org\\\",\\\"type\\\":\\\"AAAA\\\",\\\"ttl\\\":60,\\\"values\\\":[\\\"2001:db8::1\\\"]}\","
      "\n    \"_smtp._tls.example.org TXT\": \"{\\\"origin\\\":\\\"example.org\\\",\\\"name\\\":"
      "\\\"_smtp._tls.example.org\\\",\\\"type\\\":\\\"TXT\\\",\\\"ttl\\\":60,\\\"values\\\":"
      "[\\\"a\\\\\\\"b\\\\\\\\c;d$e${f}%{g}$${h}\\\\u0001\\\\u00ff'`\\\"]}\"" },
    { "values", "# example.org\n"
                "mta-sts\tA\t192.0.2.1\nmta-sts\tAAAA\t2001:db8::1\nmta-sts\tA\t192.0.2.2\n_smtp._tls\tTXT\ta\"b\\c;d$e${f}%{g}$$"
                "{h}\\001\xff'`\n" },
};

static void check(struct dns_list *list, const char *format, const char *expected)
{
    struct buf out = { 0 };

    list->domain = list->origin = "example.org";
    list->first = list->opens = true;
    assert_non_null(dns_format_find(format));
    dns_format_find(format)->print(&out, list);
    assert_string_equal(out.text, expected);
    buf_free(&out);
}

static void escapes(void **state)
{
    static struct dns_record records[] = {
        { "mta-sts.example.org", "A", "192.0.2.1", 60, 1, "w" },  { "mta-sts.example.org", "AAAA", "2001:db8::1", 60, 1, "w" },
        { "mta-sts.example.org", "A", "192.0.2.2", 60, 1, "w" },  { .name = "_mta-sts.example.org", .why = "no" },
        { "_smtp._tls.example.org", "TXT", HOSTILE, 60, 2, "w" },
    };
    struct dns_list list = { .records = records, .count = 5, .made = 4 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&list, rows[i].format, rows[i].expected);
    assert_null(dns_format_at(sizeof rows / sizeof *rows)); /* no format without a row here */
}

static void names(void **state)
{
    static struct dns_record records[] = { { "mta-sts.example.org", "CNAME", "policies.example.net.", 60, 1, "w" } };
    static const struct row expected[] = {
        { "zone", "mta-sts.example.org. 60 IN CNAME policies.example.net.\n\n" },
        { "nsupdate", "; example.org\n"
                      "prereq nxrrset mta-sts.example.org. CAA\n"
                      "prereq nxrrset mta-sts.example.org. TXT\n"
                      "update delete mta-sts.example.org. A\n"
                      "update delete mta-sts.example.org. AAAA\n"
                      "update delete mta-sts.example.org. CNAME\n"
                      "update add mta-sts.example.org. 60 CNAME policies.example.net.\n"
                      "send\n" },
        { "dnscontrol", "D_EXTEND(\"example.org\",\n    CNAME(\"mta-sts\", \"policies.example.net.\", TTL(60))\n);\n" },
        { "octodns", "--- # example.org.yaml\nmta-sts:\n  - ttl: 60\n    type: CNAME\n    value: \"policies.example.net.\"\n" },
        { "values", "# example.org\nmta-sts\tCNAME\tpolicies.example.net\n" },
    };
    struct dns_list list = { .records = records, .count = 1, .made = 1 };

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        check(&list, expected[i].format, expected[i].expected);
}

/* Other people's texts: bytes of UTF-8 are characters, and a line end begins no record. */
static void other_texts(void **state)
{
    static const char text[] = "\xc3\xa4 \xe2\x80\xa8 \xf0\x9f\x98\x80 \xc3 \xed\xa0\x80\n_mta-sts\tTXT\tx\x7f";
    static struct dns_record records[] = { { "_mta-sts.example.org", "TXT", text, 60, 2, "w" } };
#define AS_JSON "\\u00e4 \\u2028 \xf0\x9f\x98\x80 \\u00c3 \\u00ed\\u00a0\\u0080\\u000a_mta-sts\\u0009TXT\\u0009x\\u007f"
    static const struct row expected[] = {
        { "zone", "_mta-sts.example.org. 60 IN TXT \"\\195\\164 \\226\\128\\168 \\240\\159\\152\\128 \\195 \\237\\160\\128"
                  "\\010_mta-sts\\009TXT\\009x\\127\"\n\n" },
        { "dnscontrol", "D_EXTEND(\"example.org\",\n    TXT(\"_mta-sts\", \"" AS_JSON "\", TTL(60))\n);\n" },
        { "octodns", "--- # example.org.yaml\n_mta-sts:\n  - ttl: 60\n    type: TXT\n    values:\n    - \"" AS_JSON "\"\n" },
        { "terraform", "\n    \"_mta-sts.example.org TXT\": {\"origin\":\"example.org\",\"name\":\"_mta-sts.example.org\","
                       "\"type\":\"TXT\",\"ttl\":60,\"values\":[\"" AS_JSON "\"]}" },
        { "values", "# example.org\n_mta-sts\tTXT\t\xc3\xa4 \xe2\x80\xa8 \xf0\x9f\x98\x80 \xc3 \xed\xa0\x80\\010_mta-sts\\009"
                    "TXT\\009x\\127\n" },
    };
    struct dns_list list = { .records = records, .count = 1, .made = 1 };

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        check(&list, expected[i].format, expected[i].expected);
}

/* FORMAT prints a text of LEN bytes as strings of 255 bytes if it SPLITS, else as one. */
static void check_split(const char *format, bool splits, size_t len)
{
    char text[1024] = "";
    struct dns_record record = { "_smtp._tls.example.org", "TXT", text, 60, 2, "w" };
    struct dns_list list = { .domain = "example.org", .origin = "example.org", .records = &record, .count = 1, .made = 1 };
    struct buf out = { 0 }, expected = { 0 };

    memset(text, 'x', len);
    for (size_t left = len; left > 0; left -= left < 255 || !splits ? left : 255)
        buf_print(&expected, "%s%.*s", left < len ? "\" \"" : "", splits ? 255 : (int)len, text + len - left);
    dns_format_find(format)->print(&out, &list);
    assert_non_null(strstr(out.text, expected.text));
    assert_null(strstr(out.text, splits ? "\"\"" : "\" \""));
    buf_free(&out);
    buf_free(&expected);
}

static void splits(void **state)
{
    static const char *const split[] = { "zone", "nsupdate" };
    static const char *const whole[] = { "json", "dnscontrol", "octodns", "terraform", "external", "values" };
    static const size_t lengths[] = { 1, 254, 255, 256, 510, 511 };

    (void)state;
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        for (size_t i = 0; i < sizeof split / sizeof *split; i++)
            check_split(split[i], true, lengths[l]);
        for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
            check_split(whole[i], false, lengths[l]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(escapes), cmocka_unit_test(names), cmocka_unit_test(other_texts),
                                        cmocka_unit_test(splits) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
