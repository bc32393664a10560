#include "probe/ask/resolver.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "probe/ask/dns_answer.h"
#include "probe/ask/dns_setup.h"
#include "probe/ask/lack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unbound.h>
#include <unistd.h>

/* DEAD: libunbound answers no more. */
enum { NEW, WORKS, DEAD };
enum { CLASS_IN = 1, START_MS = 5000, READS = 0, WRITES = 1 };

struct slot {
    struct probe_batch *batch;
    enum probe_batch_end end;
    struct ub_result *result;
};

struct probe_batch {
    struct probe_batch *next, **at; /* in the resolver's list of those that libunbound works on after they were forgotten */
    struct probe_resolver *resolver;
    pthread_cond_t changed;
    size_t count, waits; /* questions; of these, those that libunbound works on */
    bool is_forgotten;
    struct slot slots[];
};

struct probe_resolver {
    struct probe_dns_setup setup;
    atomic_int validation;
    atomic_int state; /* NEW, WORKS or DEAD */
    pthread_mutex_t starting;
    pthread_mutex_t lock; /* of all below, and of all batches */
    struct probe_batch *forgotten;
    bool has_thread;
    bool is_used;     /* libunbound was asked something, so it has a thread */
    pthread_t thread; /* hands over what libunbound found */
    int stop[2];      /* a pipe: it is closed to end the thread */
};

/* --- batches; the caller holds the lock, where there are others --- */

static void destroy(struct probe_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        ub_resolve_free(batch->slots[i].result);
    (void)pthread_cond_destroy(&batch->changed);
    free(batch);
}

static void unlink_forgotten(struct probe_batch *batch)
{
    *batch->at = batch->next;
    if (batch->next != NULL)
        batch->next->at = batch->at;
}

static void link_forgotten(struct probe_batch *batch)
{
    struct probe_batch **list = &batch->resolver->forgotten;

    batch->is_forgotten = true;
    batch->next = *list;
    batch->at = list;
    if (batch->next != NULL)
        batch->next->at = &batch->next;
    *list = batch;
}

struct probe_batch *probe_batch_new(struct probe_resolver *resolver, size_t count)
{
    struct probe_batch *batch = calloc(1, sizeof *batch + count * sizeof batch->slots[0]);

    if (batch == NULL)
        return NULL;
    batch->resolver = resolver;
    batch->count = count;
    for (size_t i = 0; i < count; i++)
        batch->slots[i].batch = batch;
    if (clock_condition(&batch->changed))
        return batch;
    free(batch);
    return NULL;
}

void probe_batch_free(struct probe_batch *batch)
{
    pthread_mutex_t *lock;

    if (batch == NULL)
        return;
    lock = &batch->resolver->lock;
    (void)pthread_mutex_lock(lock);
    if (batch->waits > 0)
        link_forgotten(batch);
    else
        destroy(batch);
    (void)pthread_mutex_unlock(lock);
}

static enum probe_batch_end end_of(int error)
{
    if (error == 0)
        return PROBE_BATCH_ANSWERED;
    return error == UB_SYNTAX ? PROBE_BATCH_NAME : PROBE_BATCH_LACK;
}

/* libunbound calls this from ub_process(). */
static void take(void *data, int error, struct ub_result *result)
{
    struct slot *slot = data;
    struct probe_batch *batch = slot->batch;
    pthread_mutex_t *lock = &batch->resolver->lock;

    (void)pthread_mutex_lock(lock);
    slot->result = result;
    slot->end = end_of(error);
    batch->waits--;
    if (batch->waits == 0 && batch->is_forgotten) {
        unlink_forgotten(batch);
        destroy(batch);
    } else if (batch->waits == 0) {
        (void)pthread_cond_signal(&batch->changed);
    }
    (void)pthread_mutex_unlock(lock);
}

static void submit(struct slot *slot, const char *name, enum probe_dns_type type)
{
    struct probe_resolver *resolver = slot->batch->resolver;

    (void)pthread_mutex_lock(&resolver->lock);
    slot->batch->waits++;
    resolver->is_used = true;
    (void)pthread_mutex_unlock(&resolver->lock);
    int error = ub_resolve_async(resolver->setup.context, name, (int)type, CLASS_IN, slot, take, NULL);
    if (error != 0)
        take(slot, error, NULL);
}

bool probe_batch_wait(struct probe_batch *batch, int64_t until)
{
    bool in_time = true;

    (void)pthread_mutex_lock(&batch->resolver->lock);
    while (batch->waits > 0 && in_time)
        in_time = clock_wait(&batch->changed, &batch->resolver->lock, until);
    bool all = batch->waits == 0;
    (void)pthread_mutex_unlock(&batch->resolver->lock);
    return all || atomic_load(&batch->resolver->state) == DEAD;
}

enum probe_batch_end probe_batch_end(const struct probe_batch *batch, size_t i, const struct ub_result **result)
{
    (void)pthread_mutex_lock(&batch->resolver->lock);
    enum probe_batch_end end = batch->slots[i].end;
    if (end == PROBE_BATCH_WAITS && atomic_load(&batch->resolver->state) == DEAD)
        end = PROBE_BATCH_LACK;
    *result = batch->slots[i].result;
    (void)pthread_mutex_unlock(&batch->resolver->lock);
    return end;
}

/* --- the thread --- */

static void *hand_over(void *argument)
{
    struct probe_resolver *resolver = argument;
    struct ub_ctx *context = resolver->setup.context;
    struct pollfd fds[] = { { ub_fd(context), POLLIN, 0 }, { resolver->stop[READS], POLLIN, 0 } };

    while (fds[1].revents == 0) {
        int ready = poll(fds, 2, -1);
        if ((ready < 0 && errno != EINTR) || (ready > 0 && fds[0].revents != 0 && ub_process(context) != 0)) {
            atomic_store(&resolver->state, DEAD);
            break;
        }
    }
    return NULL;
}

static void *do_nothing(void *argument)
{
    return argument;
}

/* Can PROBE_DNS_DESCRIPTORS more files be opened? */
static bool has_descriptors(void)
{
    int all[PROBE_DNS_DESCRIPTORS];
    size_t count = 0;

    while (count < PROBE_DNS_DESCRIPTORS && (all[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        count++;
    for (size_t i = 0; i < count; i++)
        (void)close(all[i]);
    return count == PROBE_DNS_DESCRIPTORS;
}

/* Asks a question that libunbound answers by itself. Its thread may have ended at once, for want of memory. */
static bool is_alive(struct probe_resolver *resolver)
{
    struct probe_batch *batch = probe_batch_new(resolver, 1);

    if (batch == NULL)
        return false;
    submit(&batch->slots[0], "localhost", PROBE_DNS_A);
    (void)probe_batch_wait(batch, clock_ms() + START_MS);
    (void)pthread_mutex_lock(&resolver->lock);
    bool answers = batch->slots[0].end == PROBE_BATCH_ANSWERED;
    (void)pthread_mutex_unlock(&resolver->lock);
    probe_batch_free(batch);
    return answers;
}

/*
 * libunbound and libevent end the process where they cannot start a thread of their own, or lack descriptors for it: so that is
 * tried first. A thread that has ended leaves its stack to the next one.
 */
static bool start_threads(struct probe_resolver *resolver)
{
    pthread_t other;

    if (!has_descriptors() || pthread_create(&other, NULL, do_nothing, NULL) != 0)
        return false;
    resolver->has_thread = pthread_create(&resolver->thread, NULL, hand_over, resolver) == 0;
    (void)pthread_join(other, NULL);
    return resolver->has_thread && is_alive(resolver);
}

/* With the first question, so that the threads have the signal mask of those that ask. */
static void start(struct probe_resolver *resolver)
{
    (void)pthread_mutex_lock(&resolver->starting);
    if (atomic_load(&resolver->state) == NEW)
        atomic_store(&resolver->state, start_threads(resolver) ? WORKS : DEAD);
    (void)pthread_mutex_unlock(&resolver->starting);
}

void probe_batch_ask(struct probe_batch *batch, size_t i, const char *name, enum probe_dns_type type)
{
    struct probe_resolver *resolver = batch->resolver;

    if (atomic_load(&resolver->state) == NEW)
        start(resolver);
    /* libunbound crashes where it has no memory for a question. */
    if (atomic_load(&resolver->state) == WORKS && memory_is_left())
        submit(&batch->slots[i], name, type);
    else
        batch->slots[i].end = PROBE_BATCH_LACK;
}

/* --- the resolver --- */

const char *probe_resolver_anchor(const struct probe_resolver *resolver)
{
    return resolver->setup.anchor;
}

enum probe_validation probe_resolver_validation(const struct probe_resolver *resolver)
{
    return (enum probe_validation)atomic_load(&resolver->validation);
}

void probe_resolver_set_validation(struct probe_resolver *resolver, enum probe_validation validation)
{
    atomic_store(&resolver->validation, (int)validation);
}

void probe_dns_library(struct buf *out)
{
    buf_print(out, "libunbound %s", ub_version());
}

static bool open_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        ends[READS] = ends[WRITES] = -1;
        return false;
    }
    return fcntl(ends[READS], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[WRITES], F_SETFD, FD_CLOEXEC) == 0;
}

struct probe_resolver *probe_resolver_new(const struct probe_dns_options *options, char *why, size_t size)
{
    struct probe_resolver *resolver = calloc(1, sizeof *resolver);

    if (resolver == NULL || pthread_mutex_init(&resolver->lock, NULL) != 0 ||
        pthread_mutex_init(&resolver->starting, NULL) != 0) {
        (void)snprintf(why, size, PROBE_LACK_MEMORY);
        free(resolver);
        return NULL;
    }
    if (!open_pipe(resolver->stop) || !has_descriptors())
        (void)snprintf(why, size, "no resolver could be started: no open file is left" PROBE_LACK_ADVICE);
    else if (probe_dns_setup(options, &resolver->setup, why, size))
        return resolver;
    probe_resolver_free(resolver);
    return NULL;
}

void probe_resolver_free(struct probe_resolver *resolver)
{
    if (resolver == NULL)
        return;
    bool is_idle = !resolver->is_used || (atomic_load(&resolver->state) == WORKS && is_alive(resolver));
    if (resolver->stop[WRITES] >= 0)
        (void)close(resolver->stop[WRITES]);
    if (resolver->has_thread)
        (void)pthread_join(resolver->thread, NULL);
    if (is_idle)
        probe_dns_setup_end(&resolver->setup);
    if (resolver->stop[READS] >= 0)
        (void)close(resolver->stop[READS]);
    for (struct probe_batch *batch = resolver->forgotten, *next; batch != NULL; batch = next) {
        next = batch->next;
        destroy(batch);
    }
    (void)pthread_mutex_destroy(&resolver->lock);
    (void)pthread_mutex_destroy(&resolver->starting);
    free(resolver);
}
