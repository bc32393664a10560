/*
 * The probe's reader of policies. The input is the body of an answer. The report has only printable ASCII, a verdict other than
 * ok has a finding, and the probe finds the same values as RFC 8461's grammar in a policy that this program could have printed.
 */
#include "fuzz.h"
#include "probe/tell/report.h"
#include "read/match.h"
#include "read/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *body = malloc(size + 1);
    struct probe_policy policy;
    struct fuzz_policy own;
    struct probe_result result = { .domain = "a.example" };
    struct probe_report_options options = { false, false, false };
    struct buf out = { 0 };

    CHECK(body != NULL);
    memcpy(body, data, size);
    body[size] = '\0';
    probe_policy_read(size > 0 ? body : NULL, size, &policy);
    CHECK(!policy.findings.failed);
    CHECK((policy.findings.verdict == PROBE_OK) || policy.findings.count > 0);
    const char *mx = policy.mx_count > 0 ? policy.mx.text : "";
    for (size_t i = 0; i < policy.mx_count; i++, mx += strlen(mx) + 1)
        (void)probe_match_host(policy.mx.text, policy.mx_count, mx, &policy.findings);
    if (fuzz_read_policy(body, size, &own) && own.max_age >= 604800 && strcmp(own.mode, "none") != 0 && size <= 10240)
        CHECK(policy.has_mode && policy.has_max_age && policy.max_age == own.max_age && policy.mx_count == own.mx_count);
    result.checks[PROBE_CHECK_POLICY].state = PROBE_DONE;
    result.checks[PROBE_CHECK_POLICY].findings = policy.findings;
    policy.findings = (struct probe_findings) { 0 };
    probe_report(&result, &options, &out);
    for (size_t i = 0; i < out.len; i++)
        CHECK(out.text[i] == '\n' || (out.text[i] >= ' ' && out.text[i] <= '~'));
    buf_free(&out);
    probe_result_free(&result);
    probe_policy_free(&policy);
    free(body);
    return 0;
}
