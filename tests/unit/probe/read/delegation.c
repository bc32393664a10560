/* What is wrong with a delegation, and where its records are: one line is one domain, d.example, with what its three names say.
 */
#include "probe/read/delegation.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A name: "-" has neither record nor CNAME, "+" a record, "?" is not known. "> a b+" is a CNAME to a, then b, with a record. */
static const struct delegation_case {
    const char *names[PLACES]; /* host, id, reports */
    const char *zone, *kinds;
    const char *where; /* of the id; "*" before it: the operator's */
} cases[] = {
    /* Not delegated. */
    { { "+", "+", "+" }, "", "", "_mta-sts.d.example" },
    { { "-", "-", "-" }, "", "", "_mta-sts.d.example" },
    { { "> policies.z.example+", "> _mta-sts.z.example+", "-" }, "", "", "_mta-sts.z.example" },
    { { "> nowhere.example", "> nowhere.example", "-" }, "", "", "nowhere.example" },
    /* Delegated. */
    { { "> mta-sts.d.example.z.example policies.z.example+", "> _mta-sts.d.example.z.example+",
        "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "",
      "*_mta-sts.d.example.z.example" },
    { { "> MTA-STS.D.example.Z.example+", "> _MTA-STS.D.example.Z.example+", "> _SMTP._TLS.D.example.Z.example+" },
      "z.example",
      "",
      "*_mta-sts.d.example.z.example" },
    { { "?", "> _mta-sts.d.example.z.example+", "?" }, "z.example", "", "*_mta-sts.d.example.z.example" },
    { { "> mta-sts.d.example.z.example+", "?", "?" }, "z.example", "", "*_mta-sts.d.example.z.example" },
    /* The zone lacks the records. */
    { { "> mta-sts.d.example.z.example", "> _mta-sts.d.example.z.example", "> _smtp._tls.d.example.z.example" },
      "z.example",
      "host-zone-empty,txt-zone-empty,tlsrpt-zone-empty",
      "*_mta-sts.d.example.z.example" },
    /* Half done. */
    { { "+", "> _mta-sts.d.example.z.example+", "+" },
      "z.example",
      "host-zone-own,tlsrpt-zone-own",
      "*_mta-sts.d.example.z.example" },
    { { "> policies.z.example+", "> _mta-sts.d.example.z.example+", "-" },
      "z.example",
      "host-zone-own,tlsrpt-zone-none",
      "*_mta-sts.d.example.z.example" },
    { { "> mta-sts.d.example.z.example+", "+", "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "txt-zone-own",
      "_mta-sts.d.example" },
    { { "-", "-", "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "host-zone-none,txt-zone-none",
      "*_mta-sts.d.example.z.example" },
    /* A CNAME to a wrong name: of another domain, of another record, in another zone, misspelled. */
    { { "> mta-sts.d.example.z.example+", "> _mta-sts.e.example.z.example+", "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "txt-zone-name",
      "*_mta-sts.d.example.z.example" },
    { { "> mta-sts.e.example.z.example+", "> _mta-sts.d.example.z.example+", "> _smtp._tls.e.example.z.example+" },
      "z.example",
      "host-zone-name,tlsrpt-zone-name",
      "*_mta-sts.d.example.z.example" },
    { { "> mta-sts.d.example.z.example+", "> mta-sts.d.example.z.example", "> _smtp._tls.d.exmple.z.example" },
      "z.example",
      "txt-zone-lost,tlsrpt-zone-lost",
      "*_mta-sts.d.example.z.example" },
    { { "> mta-sts.d.example.y.example+", "> _mta-sts.d.example.z.example+", "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "host-zone-name",
      "*_mta-sts.d.example.z.example" },
    { { "> _mta-sts.d.example.z.example", "> _mta-sts.d.example.z.example+", "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "host-zone-lost",
      "*_mta-sts.d.example.z.example" },
    /* Chains: into the zone, and out of it. */
    { { "> mta-sts.d.example.z.example+", "> alias.d.example _mta-sts.d.example.z.example+",
        "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "",
      "*_mta-sts.d.example.z.example" },
    { { "> mta-sts.d.example.z.example+", "> _mta-sts.d.example.z.example sts.y.example+", "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "",
      "sts.y.example" },
    { { "> mta-sts.d.example.z.example+", "> _mta-sts.d.example.z.example sts.y.example", "> _smtp._tls.d.example.z.example+" },
      "z.example",
      "txt-zone-empty",
      "sts.y.example" },
};

/* Reads TEXT, a name of the table, into NAME. BUFFER gets the targets. */
static void read_name(const char *text, char buffer[2 * DOMAIN_MAX], struct probe_delegation_name *name)
{
    size_t len = strlen(text);

    *name = (struct probe_delegation_name) { .is_known = text[0] != '?', .is_there = text[len - 1] == '+' };
    if (text[0] != '>')
        return;
    (void)snprintf(buffer, (size_t)2 * DOMAIN_MAX, "%.*s", (int)(len - 2 - name->is_there), text + 2);
    char *space = strchr(buffer, ' ');
    name->first = buffer;
    name->last = space != NULL ? space + 1 : buffer;
    if (space != NULL)
        *space = '\0';
}

static void add_kinds(const struct probe_findings *findings, struct buf *kinds)
{
    for (size_t i = 0; i < findings->count; i++)
        buf_print(kinds, "%s%s", kinds->len > 0 ? "," : "", findings->list[i].rule->kind);
}

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct probe_delegation d = { .domain = "d.example" };
        char buffers[PLACES][2 * DOMAIN_MAX], where[DOMAIN_MAX + 1], shown[DOMAIN_MAX + 2];
        struct buf kinds = { 0 };
        buf_add(&kinds, "", 0);
        for (unsigned place = 0; place < PLACES; place++)
            read_name(cases[i].names[place], buffers[place], &d.names[place]);
        probe_delegation_find(&d);
        assert_string_equal(d.zone, cases[i].zone);
        for (unsigned place = 0; place < PLACES; place++) {
            struct probe_findings findings = { 0 };
            probe_delegation_judge(&d, (enum place)place, PROBE_FIRST_NOTHING, &findings);
            assert_false(findings.failed);
            add_kinds(&findings, &kinds);
            probe_findings_free(&findings);
        }
        assert_string_equal(kinds.text, cases[i].kinds);
        bool is_operators = probe_delegation_where(&d, PLACE_ID, where);
        (void)snprintf(shown, sizeof shown, "%s%s", is_operators ? "*" : "", where);
        assert_string_equal(shown, cases[i].where);
        buf_free(&kinds);
    }
}

/* What DELEGATION's finding about PLACE says. The caller frees the findings. */
static const char *text_of(const struct probe_delegation *delegation, enum place place, enum probe_first first,
                           struct probe_findings *findings)
{
    *findings = (struct probe_findings) { 0 };
    probe_delegation_judge(delegation, place, first, findings);
    assert_int_equal(findings->count, 1);
    return probe_finding_text(findings, &findings->list[0]);
}

static void texts(void **state)
{
    struct probe_delegation d = { .domain = "d.example", .zone = "z.example" };
    struct probe_findings findings;

    (void)state;
    d.names[PLACE_ID].is_known = true;
    d.names[PLACE_ID].first = d.names[PLACE_ID].last = "_mta-sts.d.example.z.example";
    const char *text = text_of(&d, PLACE_ID, PROBE_FIRST_NOTHING, &findings);
    assert_non_null(strstr(text, "\"_mta-sts.d.example\" is a CNAME to the right name"));
    assert_non_null(strstr(text, ": mta-sts dns --delegate z.example --only zone d.example ("));
    probe_findings_free(&findings);
    text = text_of(&d, PLACE_ID, PROBE_FIRST_SERVE, &findings);
    assert_non_null(strstr(text, "; but first let the policy be served (RFC"));
    probe_findings_free(&findings);
    d.names[PLACE_ID].first = d.names[PLACE_ID].last = NULL;
    text = text_of(&d, PLACE_ID, PROBE_FIRST_NOTHING, &findings);
    assert_non_null(strstr(text, "publish a CNAME here, too: _mta-sts.d.example.z.example. ("));
    probe_findings_free(&findings);
}

/* A DNS form adds the domain to a target without a final dot. */
static void no_final_dot(void **state)
{
    struct probe_delegation d = { .domain = "d.example" };
    struct probe_findings findings;

    (void)state;
    d.names[PLACE_ID].is_known = true;
    d.names[PLACE_ID].first = d.names[PLACE_ID].last = "_mta-sts.d.example.z.example.d.example";
    probe_delegation_find(&d);
    assert_string_equal(d.zone, "z.example.d.example");
    assert_non_null(strstr(text_of(&d, PLACE_ID, PROBE_FIRST_NOTHING, &findings), "let the owner end it with a dot"));
    probe_findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),
        cmocka_unit_test(texts),
        cmocka_unit_test(no_final_dot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
