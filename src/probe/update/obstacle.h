/* Says what stands in the way of an update, and what to do about it. Pure. */
#ifndef PROBE_UPDATE_OBSTACLE_H
#define PROBE_UPDATE_OBSTACLE_H

#include "base/buf.h"
#include "probe/judge/result.h"
#include "probe/update/plan.h"

/* A policy that RESULT is about is not served, or must not be followed yet: adds a line for each reason to OUT. */
void update_obstacle_unsafe(const struct probe_result *result, struct buf *out);

/* The resolver does not know the records at HOST, the policy host's name, that are published now: adds that. */
void update_obstacle_old(const struct update_name *host, struct buf *out);

/* NAME has to wait because of STEP: adds a line to OUT, or nothing. MISTAKE: a message about the mistake in policies.ini. */
void update_obstacle_name(const struct update_name *name, enum update_step step, const char *mistake, struct buf *out);

#endif
