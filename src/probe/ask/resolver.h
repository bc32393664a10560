/*
 * libunbound at work: one context with its cache, for all threads, and the threads that it needs. What asks is dns.h.
 */
#ifndef PROBE_ASK_RESOLVER_H
#define PROBE_ASK_RESOLVER_H

#include "base/buf.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/dns_setup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many descriptors a resolver needs beside its sockets. */
enum { PROBE_DNS_DESCRIPTORS = 12 };

/*
 * Sets up libunbound, one for all threads, with one cache. It starts threads of its own with the first question. NULL with a full
 * phrase in WHY, SIZE bytes, where OPTIONS are not valid, or memory or descriptors run out. Freed after all that is made of it.
 */
struct probe_resolver *probe_resolver_new(const struct probe_dns_options *options, char *why, size_t size);
void probe_resolver_free(struct probe_resolver *resolver);

/* Adds the name and the version of the library, as it is linked at run time: "libunbound 1.22.0". */
void probe_dns_library(struct buf *out);

/* Several questions of one thread. */
struct probe_batch;

/* For COUNT questions; NULL where memory runs out. */
struct probe_batch *probe_batch_new(struct probe_resolver *resolver, size_t count);

/* Forgets BATCH. Answers that come later are dropped. */
void probe_batch_free(struct probe_batch *batch);

/* Asks question I of BATCH, each once. */
void probe_batch_ask(struct probe_batch *batch, size_t i, const char *name, enum probe_dns_type type);

/* Waits until all have their answers, or UNTIL by clock_ms(), which is False; or until it is certain that none will come. */
bool probe_batch_wait(struct probe_batch *batch, int64_t until);

/*
 * How question I ended: PROBE_BATCH_ANSWERED, and *RESULT lasts as long as BATCH; PROBE_BATCH_WAITS, it has not;
 * PROBE_BATCH_NAME, the DNS has no room for such a name; PROBE_BATCH_LACK, this machine lacks memory or descriptors.
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
