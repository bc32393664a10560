#include "probe/import.h"

#include "base/buf.h"
#include "base/file.h"
#include "import/catalogue.h"
#include "import/reading.h"
#include "import/text.h"
#include "import/write.h"
#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/check/context.h"
#include "probe/check/domain.h"
#include "probe/check/error.h"
#include "probe/judge/result.h"
#include "probe/run.h"
#include "read/finding.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

enum { URL_ROOM = DOMAIN_MAX + 128 };

struct import {
    const struct probe_context *context;
    pthread_mutex_t lock; /* of the job */
    struct import_job job;
};

/* One domain of it. */
struct import_one {
    struct import *import;
    const char *domain;
    size_t policies; /* different ones */
    bool is_wrong;
};

static void complain(const char *line)
{
    (void)probe_error("%s", line);
}

static void print_url(char url[URL_ROOM], const char *domain, const char *address)
{
    (void)snprintf(url, URL_ROOM, "https://" DOMAIN_POLICY_HOST_PREFIX "%s/.well-known/mta-sts.txt%s%s", domain,
                   address != NULL ? " at " : "", address != NULL ? address : "");
}

static void take_policy(void *to, const char *address, const struct buf *body)
{
    struct import_one *one = to;
    struct import_text text = { { 0 }, { 0 } };
    char url[URL_ROOM];

    one->policies++;
    print_url(url, one->domain, address);
    import_text_set(&text, body->text, body->len);
    (void)pthread_mutex_lock(&one->import->lock);
    one->is_wrong |= !import_reading(&one->import->job, url, one->domain, &text);
    (void)pthread_mutex_unlock(&one->import->lock);
    import_text_free(&text);
}

/* The first FAIL, or why nobody can say. Returns the status. */
static int find_reason(const struct probe_result *result, const char **why)
{
    static const enum probe_check_name order[] = { PROBE_CHECK_HOST, PROBE_CHECK_HTTPS, PROBE_CHECK_ANSWER };

    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct probe_check *check = &result->checks[order[i]];
        for (size_t k = 0; k < check->findings.count; k++) {
            *why = probe_finding_text(&check->findings, &check->findings.list[k]);
            if (check->findings.list[k].severity == PROBE_FAIL)
                return PROBE_STATUS_CRITICAL;
        }
        *why = check->summary.text != NULL ? check->summary.text : "could not be asked";
        if (check->state == PROBE_UNKNOWN)
            return PROBE_STATUS_UNKNOWN;
    }
    *why = "no policy is served";
    return PROBE_STATUS_CRITICAL;
}

/* Returns DATA, which there is one of for all domains. */
static void *look(void *data, struct probe_dns *dns, const char *domain, int *status)
{
    struct import_one one = { data, domain, 0, false };
    struct probe_result result;
    const char *why;
    char url[URL_ROOM];

    probe_domain_policy(one.import->context, dns, domain, &result, NULL, take_policy, &one);
    *status = one.is_wrong || one.policies > 1 ? PROBE_STATUS_CRITICAL : PROBE_STATUS_OK;
    if (one.policies == 0) {
        *status = find_reason(&result, &why);
        print_url(url, domain, NULL);
        (void)pthread_mutex_lock(&one.import->lock);
        import_unreadable(&one.import->job, url, 0, domain, why);
        (void)pthread_mutex_unlock(&one.import->lock);
    }
    probe_result_free(&result);
    return data;
}

/* The sections are printed at the end, since domains share them. */
static void print(void *data, void *looked, struct buf *out, struct buf *errors)
{
    (void)data;
    (void)looked;
    (void)out;
    (void)errors;
}

static void end(void *data, bool is_lost, struct buf *out, struct buf *errors)
{
    struct import *import = data;
    struct catalogue *catalogue = &import->job.catalogue;

    (void)catalogue_settle(catalogue, complain);
    if (!catalogue->failed)
        import_write(catalogue, file_is_added_to(STDOUT_FILENO), out);
    out->failed |= catalogue->failed;
    if (is_lost)
        buf_print(errors, "mta-sts-probe: not all domains were looked at; those are not in the output\n");
}

int probe_import(const struct probe_context *context, const char *const *domains, size_t count, unsigned jobs)
{
    struct import import = { context, PTHREAD_MUTEX_INITIALIZER, { .complain = complain } };
    const struct probe_run_way way = { look, print, end, &import };
    const struct probe_run run = { .context = context, .domains = domains, .count = count, .jobs = jobs, .way = &way };

    int status = probe_run(&run);
    catalogue_free(&import.job.catalogue);
    (void)pthread_mutex_destroy(&import.lock);
    return status;
}
