#include "import/reading.h"

#include "base/buf.h"
#include "import/catalogue.h"
#include "import/text.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "read/finding.h"
#include "read/policy.h"
#include "read/policy_field.h"
#include "read/policy_rules.h"

#include <stddef.h>
#include <string.h>

/* So many lines about one policy; the longest path in a message. */
enum { FAULTS_MAX = 8, PATH_SHOWN = 1000 };

/* Adds "FILE:LINE", safe for a terminal. */
static void add_place(struct buf *out, const char *file, unsigned line)
{
    buf_add_shown(out, file, strlen(file), PATH_SHOWN);
    if (line > 0)
        buf_print(out, ":%u", line);
}

/* Complains "FILE:LINE: KIND[DOMAIN] TEXT"; DOMAIN may be NULL. */
static void complain(struct import_job *job, const char *file, unsigned line, const char *kind, const char *domain,
                     const char *text)
{
    struct buf out = { 0 };

    /* What a text without its end seems to lack is no fault of the file. */
    if (job->catalogue.failed)
        return;
    add_place(&out, file, line);
    buf_print(&out, ": %s", kind);
    if (domain != NULL)
        buf_print(&out, "[%s] ", domain);
    buf_print(&out, "%s", text);
    job->catalogue.failed |= out.failed;
    if (!out.failed)
        job->complain(out.text);
    buf_free(&out);
}

/* --- one policy --- */

enum weight { NOTHING, LEFT_OUT, WRONG };

static enum weight weigh(const struct probe_finding *finding)
{
    static const size_t unknown[] = { EXT_NOT_ASCII, EXT_COLON, EXT };
    const size_t rule = (size_t)(finding->rule - probe_policy_rule);

    if (finding->severity == PROBE_FAIL || rule == KEY_REPEATED || rule == KEY_REPEATED_BADLY)
        return WRONG;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (rule == unknown[i])
            return LEFT_OUT;
    return NOTHING;
}

/* Complains of all that is wrong. Adds it to FAULTS, a line each. */
static void add_faults(struct import_job *job, const char *file, const char *domain, const struct import_text *text,
                       const struct probe_findings *findings, struct buf *faults)
{
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct probe_finding *finding = &findings->list[i];
        const char *says = probe_finding_text(findings, finding);
        enum weight weight = weigh(finding);
        if (weight == NOTHING || (weight == WRONG && ++count > FAULTS_MAX))
            continue;
        const unsigned line = import_text_line(text, finding->line);
        complain(job, file, line, weight == WRONG ? "" : "warning: ", domain, says);
        if (weight != WRONG)
            continue;
        add_place(faults, file, line);
        buf_print(faults, ": %s\n", says);
    }
    if (count > FAULTS_MAX)
        buf_print(faults, "and %zu more\n", count - FAULTS_MAX);
}

/* Adds the patterns of POLICY to MX, in lower case, an empty one for each that is not valid, and counts them. */
static size_t add_patterns(const struct probe_policy *policy, struct buf *mx)
{
    const char *pattern = policy->mx.text;
    char normal[DOMAIN_MAX + 3];
    size_t count = 0;

    for (size_t i = 0, len; i < policy->mx_count; i++, pattern += len + 1) {
        len = strlen(pattern);
        bool is_valid = policy_mx_fault(pattern, len) == DOMAIN_FINE && len < sizeof normal;
        size_t kept = is_valid ? len : 0;
        for (size_t at = 0; at < kept; at++)
            normal[at] = domain_lower(pattern[at]);
        normal[kept] = '\0';
        buf_add(mx, normal, kept + 1);
        count++;
    }
    return count;
}

static void add_item(struct import_job *job, const char *file, unsigned line, const char *domain,
                     const struct catalogue_values *values, const struct buf *faults)
{
    struct buf place = { 0 };

    add_place(&place, file, line);
    job->catalogue.failed |= place.failed || faults->failed;
    job->incomplete |= faults->len > 0;
    if (!job->catalogue.failed)
        catalogue_add(&job->catalogue, domain, place.text, values, faults->len > 0 ? faults->text : NULL);
    buf_free(&place);
}

/* With CRLF and a space in each line, as it is served from then on, POLICY may be larger than it was. */
static void check_size(struct import_job *job, const char *file, const char *domain, const struct import_text *text,
                       const struct policy *policy, struct buf *faults)
{
    static const char says[] =
        "with CRLF and a space in each line the policy is over 65,536 bytes; write fewer mx lines (RFC 8461 3.3)";

    if (faults->len > 0 || policy_render(policy, NULL, 0) <= POLICY_BYTES_MAX)
        return;
    complain(job, file, import_text_line(text, 0), "", domain, says);
    add_place(faults, file, import_text_line(text, 0));
    buf_print(faults, ": %s\n", says);
}

bool import_reading(struct import_job *job, const char *file, const char *domain, const struct import_text *text)
{
    struct probe_policy policy;
    struct buf faults = { 0 }, mx = { 0 };

    probe_policy_read(text->bytes.text, text->bytes.len, &policy);
    job->catalogue.failed |= text->bytes.failed || text->lines.failed || policy.findings.failed || policy.mx.failed;
    if (!job->catalogue.failed) {
        add_faults(job, file, domain, text, &policy.findings, &faults);
        struct catalogue_values values = { .has_mode = policy.has_mode, .has_max_age = policy.has_max_age };
        values.policy.mode = policy.has_mode ? policy.mode : POLICY_TESTING;
        values.policy.max_age = policy.has_max_age ? policy.max_age : 0;
        values.policy.mx_count = add_patterns(&policy, &mx);
        values.policy.mx = mx.text != NULL ? mx.text : "";
        job->catalogue.failed |= mx.failed;
        check_size(job, file, domain, text, &values.policy, &faults);
        add_item(job, file, import_text_line(text, 0), domain, &values, &faults);
    }
    bool is_good = faults.len == 0;
    buf_free(&faults);
    buf_free(&mx);
    probe_policy_free(&policy);
    return is_good;
}

void import_unreadable(struct import_job *job, const char *file, unsigned line, const char *domain, const char *why)
{
    const struct catalogue_values values = { .policy = { .mode = POLICY_TESTING, .mx = "" } };
    struct buf faults = { 0 };

    complain(job, file, line, "", domain, why);
    add_place(&faults, file, line);
    buf_print(&faults, ": %s\n", why);
    add_item(job, file, line, domain, &values, &faults);
    buf_free(&faults);
}

void import_bare(struct import_job *job, const char *file, unsigned line, const char *domain)
{
    struct buf place = { 0 };

    add_place(&place, file, line);
    job->catalogue.failed |= place.failed;
    if (!place.failed) {
        buf_add(&job->bare, domain, strlen(domain) + 1);
        buf_add(&job->bare, place.text, place.len + 1);
    }
    job->catalogue.failed |= job->bare.failed;
    buf_free(&place);
}

/* Complains of each host without a policy; once, if its servers are beside each other. */
static void complain_of_bare(struct import_job *job)
{
    const char *last = "";

    for (size_t at = 0; at < job->bare.len;) {
        const char *domain = job->bare.text + at, *place = domain + strlen(domain) + 1;
        at += strlen(domain) + strlen(place) + 2;
        if (strcmp(domain, last) == 0 || catalogue_has(&job->catalogue, domain))
            continue;
        last = domain;
        complain(
            job, place, 0, "", domain,
            "this server returns no policy; import the folder of its mta-sts.txt, too, or import it from where it is served: "
            "mta-sts-probe --import");
        job->incomplete = true;
    }
}

bool import_settle(struct import_job *job)
{
    bool all = catalogue_settle(&job->catalogue, job->complain);

    if (!job->catalogue.failed)
        complain_of_bare(job);
    buf_free(&job->bare);
    return all && !job->incomplete;
}

void import_warn(struct import_job *job, const char *file, const char *domain, const char *text)
{
    complain(job, file, 0, "warning: ", domain, text);
}

void import_refuse(struct import_job *job, const char *file, unsigned line, const char *why)
{
    complain(job, file, line, "", NULL, why);
    job->incomplete = true;
}
