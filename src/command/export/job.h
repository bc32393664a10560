/* An export under way: where its policies come from, and what has failed so far. */
#ifndef COMMAND_EXPORT_JOB_H
#define COMMAND_EXPORT_JOB_H

#include "base/buf.h"
#include "config/index.h"
#include "config/verdict.h"

#include <stdbool.h>

struct job {
    struct index *index;
    bool failed;                      /* a mistake or a failure was reported */
    bool stopped;                     /* and nothing more is written: memory ran out, or writing failed for good */
    const struct index_verdict *held; /* the last verdict; job_end() is due */
};

/* Complains of TEXT. The job has failed, and goes on. */
void job_fail(struct job *job, const char *text);

/* Complains that memory ran out. The job is stopped: what is not known cannot be written. */
void job_fail_for_memory(struct job *job);

/* Complains of what WHY holds, and frees it. The job has failed; with STOP it is stopped, too. */
void job_fail_because(struct job *job, struct buf *why, bool stop);

/*
 * The policy of DOMAIN, which the file names. NULL where it has none: *BROKEN is the mistake in its place, or NULL. Where memory
 * runs out, the job is stopped. Here and below: what is returned is valid until the next of these calls.
 */
const struct index_verdict *job_policy(struct job *job, const char *domain, const char **broken);

/* The same for all domains that the file does not name: the policy of [*], with {domain} in it. *BROKEN may also be a header that
 * cannot be read. */
const struct index_verdict *job_policy_of_others(struct job *job, const char **broken);

/* The message about a header that cannot be read, and so may name any domain. NULL where there is none. */
const char *job_unsure(struct job *job);

/* Frees what JOB holds. */
void job_end(struct job *job);

#endif
