/* Says what stands in the way of an update, and what to do about it. Pure. */
#ifndef PROBE_UPDATE_OBSTACLE_H
#define PROBE_UPDATE_OBSTACLE_H

#include "base/buf.h"
#include "probe/judge/result.h"
#include "probe/update/plan.h"

/* A policy that RESULT is about is not served, or must not be followed yet: adds a line for each reason to OUT. */
void update_obstacle_unsafe(const struct probe_result *result, struct buf *out);

/*
 * The resolver does not know the records at HOST, the policy host's name, that are published now: adds that. UNKNOWN is why it
 * cannot be told whether it does; NULL: it has other records.
 */
void update_obstacle_old(const struct update_name *host, const char *unknown, struct buf *out);

/* NAME has to wait because of STEP: adds a line to OUT, or nothing. MISTAKE: a message about the mistake in policies.ini. */
void update_obstacle_name(const struct update_name *name, enum update_step step, const char *mistake, struct buf *out);

/* SERVERS, of --primary, say nothing of NAME, which is in ZONE ("": not known): adds what to look at. */
void update_obstacle_primary(const struct update_name *name, const char *servers, const char *zone, struct buf *out);

/* A CNAME leads to NAME, and policies.ini asks for no record there: adds a line if the policy host needs one. */
void update_obstacle_empty(const struct update_name *name, struct buf *out);

/* NAME, of the domain's own, is no CNAME to TARGET, its name in the zone of --delegate: adds what its owner has to publish. */
void update_obstacle_owner(const struct update_name *name, const char *target, struct buf *out);

#endif
