/* An export under way: where its policies come from, and what has failed so far. */
#ifndef COMMAND_JOB_H
#define COMMAND_JOB_H

#include "base/buf.h"
#include "config/index.h"

#include <stdbool.h>

struct job {
    struct index *index;
    bool failed;  /* a mistake or a failure was reported */
    bool stopped; /* and it is of no use to go on: memory ran out, or nothing can be written */
};

/* Complains TEXT; the job has failed, and goes on. */
void job_fail(struct job *job, const char *text);

/* Nothing is written from what is not known: the job is stopped. */
void job_fail_for_memory(struct job *job);

/* Complains what WHY holds, and frees it. With STOP the job is stopped. */
void job_fail_because(struct job *job, struct buf *why, bool stop);

/*
 * The policy of DOMAIN, which the file names. NULL where it has none: *BROKEN is the mistake in its place, or NULL. Where memory
 * runs out, the job is stopped.
 */
const struct index_verdict *job_policy(struct job *job, const char *domain, const char **broken);

/* The same of every domain that the file does not name: the policy of [*]; or the header that cannot be read. */
const struct index_verdict *job_policy_of_others(struct job *job, const char **broken);

/* May a header that cannot be read name domains of which nothing else is known? Its message then, or NULL. */
const char *job_unsure(struct job *job);

#endif
