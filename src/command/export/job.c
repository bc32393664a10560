#include "command/export/job.h"

#include "base/buf.h"
#include "base/say.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/domain.h"

#include <stdio.h>

void job_fail(struct job *job, const char *text)
{
    job->failed = true;
    say_complain(text);
}

void job_fail_for_memory(struct job *job)
{
    job->stopped = true;
    job_fail(job, "out of memory");
}

void job_fail_because(struct job *job, struct buf *why, bool stop)
{
    if (why->failed || why->text == NULL)
        job_fail_for_memory(job);
    else
        job_fail(job, why->text);
    job->stopped |= stop;
    buf_free(why);
}

static const struct index_verdict *policy_in(const struct index_verdict *verdict, const char **broken)
{
    bool good = verdict == NULL || verdict->found == INDEX_POLICY;

    *broken = good ? NULL : verdict->bytes;
    return good ? verdict : NULL;
}

void job_end(struct job *job)
{
    verdict_drop(job->held);
    job->held = NULL;
}

const struct index_verdict *job_policy(struct job *job, const char *domain, const char **broken)
{
    job_end(job);
    if (!index_find_named(job->index, domain, domain, &job->held))
        job_fail_for_memory(job);
    return policy_in(job->held, broken);
}

/* Asks for a domain that the file does not name. */
static const struct index_verdict *find_others(struct job *job)
{
    char domain[DOMAIN_MAX + 1];
    unsigned n = 0;

    do
        (void)snprintf(domain, sizeof domain, "%u.invalid", n++);
    while (index_names(job->index, domain));
    job_end(job);
    if (!index_find(job->index, domain, &job->held))
        job_fail_for_memory(job);
    return job->held;
}

const struct index_verdict *job_policy_of_others(struct job *job, const char **broken)
{
    const struct index_verdict *verdict = policy_in(find_others(job), broken);

    return verdict != NULL ? job_policy(job, "*", broken) : NULL;
}

const char *job_unsure(struct job *job)
{
    const struct index_verdict *others = job->stopped ? NULL : find_others(job);

    return others != NULL && others->found == INDEX_UNSURE ? others->bytes : NULL;
}
