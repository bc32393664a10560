/*
 * libunbound at work: one context with its cache, for all threads, and the threads that it needs. What asks is dns.h.
 */
#ifndef PROBE_ASK_RESOLVER_H
#define PROBE_ASK_RESOLVER_H

#include "probe/ask/dns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ub_result;

/* Several questions of one thread. */
struct probe_batch;

/* For COUNT questions; NULL where memory runs out. */
struct probe_batch *probe_batch_new(struct probe_resolver *resolver, size_t count);

/* Forgets BATCH. Answers that come later are dropped. */
void probe_batch_free(struct probe_batch *batch);

/* Asks question I of BATCH, each once. */
void probe_batch_ask(struct probe_batch *batch, size_t i, const char *name, enum probe_dns_type type);

/* Waits until all have their answers, or UNTIL by clock_ms(). False: not all have. */
bool probe_batch_wait(struct probe_batch *batch, int64_t until);

/*
 * How question I ended: PROBE_BATCH_ANSWERED, and *RESULT lasts as long as BATCH; PROBE_BATCH_WAITS, it has not; PROBE_BATCH_NAME,
 * the DNS has no room for such a name; PROBE_BATCH_LACK, this machine lacks memory or descriptors.
 */
enum probe_batch_end { PROBE_BATCH_WAITS, PROBE_BATCH_ANSWERED, PROBE_BATCH_NAME, PROBE_BATCH_LACK };
enum probe_batch_end probe_batch_end(const struct probe_batch *batch, size_t i, const struct ub_result **result);

/* The name of the first trust anchor; "": there is none. */
const char *probe_resolver_anchor(const struct probe_resolver *resolver);

/* Whether what comes can be validated; it is found out once for all threads. */
enum probe_validation { PROBE_VALIDATION_UNKNOWN, PROBE_VALIDATION_WORKS, PROBE_VALIDATION_FAILS };
enum probe_validation probe_resolver_validation(const struct probe_resolver *resolver);
void probe_resolver_set_validation(struct probe_resolver *resolver, enum probe_validation validation);

#endif
