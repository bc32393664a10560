#include "probe/run.h"

#include "base/buf.h"
#include "base/clock.h"
#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/lack.h"
#include "probe/check/domain.h"
#include "probe/check/error.h"
#include "probe/check/file.h"
#include "probe/judge/result.h"
#include "probe/limits.h"
#include "probe/reports.h"
#include "probe/tell/format.h"
#include "probe/tell/report.h"
#include "program/status.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Results wait until those of all earlier domains are printed. WINDOW_EACH: how many may wait, for each thread. */
enum { WINDOW_EACH = 16, BAR_MS = 200, STACK = 512 * 1024 };

struct slot {
    bool ready;
    int status;
    struct buf text;
    void *looked; /* of the run's way */
};

struct state {
    const struct probe_run *run;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a slot became ready, or free */
    struct slot *slots;
    size_t window, taken, printed, total; /* counts of domains: slots; taken by a thread; printed; all */
    size_t at;                            /* where the file's next domain is */
    size_t jobs, lacking;                 /* counts of threads: all; those without a resolver */
    bool out_of_memory;                   /* something was not printed */
    int cannot_write;                     /* why something could not be written, as errno has it; 0: all was */
    atomic_bool over;
    struct probe_report_counts counts;
    int64_t begin; /* by clock_ms() */
};

/* --- the domains --- */

static bool is_stopped(const struct state *s)
{
    return *s->run->context->stop;
}

static void stop(struct state *s)
{
    *s->run->context->stop = true;
    (void)pthread_mutex_lock(&s->lock);
    (void)pthread_cond_broadcast(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);
}

/* Takes the next domain, which has *NUMBER, once there is a slot for its result. False: no more, or stopped. */
static bool next_domain(struct state *s, char domain[DOMAIN_MAX + 1], size_t *number)
{
    const struct probe_run *run = s->run;
    bool there;

    (void)pthread_mutex_lock(&s->lock);
    while (s->taken < s->total && s->taken - s->printed >= s->window && !is_stopped(s))
        (void)pthread_cond_wait(&s->changed, &s->lock);
    there = s->taken < s->total && !is_stopped(s) && s->taken - s->printed < s->window;
    if (there && run->count > 0)
        (void)snprintf(domain, DOMAIN_MAX + 1, "%s", run->domains[s->taken]);
    else if (there && !probe_file_next(run->file, &s->at, domain)) {
        s->total = s->taken;
        there = false;
    }
    if (there)
        *number = s->taken++;
    (void)pthread_mutex_unlock(&s->lock);
    return there;
}

static void probe_one(struct state *s, struct probe_dns *dns, const char *domain, struct slot *slot)
{
    const struct probe_run *run = s->run;
    struct probe_expected expected = { 0 };
    struct buf text = { 0 };
    struct probe_result result;

    if (run->way != NULL) {
        slot->looked = run->way->look(run->way->data, dns, domain, &slot->status);
        slot->text.failed = slot->looked == NULL;
        return;
    }
    bool good = run->file == NULL || probe_file_find(run->file, domain, &expected, &text);
    probe_domain(run->context, dns, domain, run->file != NULL ? &expected : NULL, &result);
    if (run->reports != NULL)
        buf_print(&result.reports, "%s", probe_reports_find(run->reports, domain));
    slot->status = good ? probe_status(&result) : PROBE_STATUS_UNKNOWN;
    if (slot->status != PROBE_STATUS_OK || !run->quiet)
        probe_format_result(run->format, &result, &run->report, &slot->text);
    probe_result_free(&result);
    buf_free(&text);
}

/* MORE threads have no resolver, and the others do their work. LESS were not started. Without any thread, the run stops. */
static void count_lacking(struct state *s, size_t more, size_t less)
{
    (void)pthread_mutex_lock(&s->lock);
    s->jobs -= less;
    s->lacking += more;
    bool all = s->lacking == s->jobs;
    (void)pthread_mutex_unlock(&s->lock);
    if (!all || is_stopped(s))
        return;
    (void)probe_error(PROBE_ERROR_NO_RESOLVER);
    stop(s);
}

static void *work(void *argument)
{
    struct state *s = argument;
    struct probe_dns *dns = probe_dns_new(&s->run->context->dns);
    char domain[DOMAIN_MAX + 1];
    size_t number;

    while (dns != NULL && next_domain(s, domain, &number)) {
        struct slot done = { .ready = true };
        probe_one(s, dns, domain, &done);
        (void)pthread_mutex_lock(&s->lock);
        s->slots[number % s->window] = done;
        (void)pthread_cond_broadcast(&s->changed);
        (void)pthread_mutex_unlock(&s->lock);
    }
    if (dns == NULL)
        count_lacking(s, 1, 0);
    probe_dns_free(dns);
    return NULL;
}

/* --- signals --- */

static void signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGINT);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGHUP);
}

/* The first signal stops the run, which prints what it has. The second one ends the process. */
static void *wait_for_signal(void *argument)
{
    struct state *s = argument;
    sigset_t set;
    int number;

    signals(&set);
    (void)sigwait(&set, &number);
    if (s->over)
        return NULL;
    stop(s);
    (void)sigdelset(&set, SIGHUP); /* run_threads() wakes this thread with it */
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    while (!s->over) {
        const struct timespec while_ending = { 0, BAR_MS * 1000000L };
        (void)nanosleep(&while_ending, NULL);
    }
    return NULL;
}

/* --- printing --- */

static unsigned long passed_ms(const struct state *s)
{
    return (unsigned long)(clock_ms() - s->begin);
}

static void wipe_bar(const struct state *s)
{
    if (s->run->bar)
        (void)fputs("\r\033[K", stderr);
}

static void draw_bar(const struct state *s)
{
    struct buf bar = { 0 };

    if (!s->run->bar)
        return;
    probe_report_bar(&s->counts, s->total, passed_ms(s), &bar);
    if (bar.text != NULL)
        (void)fprintf(stderr, "\r\033[K%s", bar.text);
    (void)fflush(stderr);
    buf_free(&bar);
}

/* Prints TEXT and frees it. If memory ran out while it was made, nothing of it is printed: half a result is none. */
static void print(struct state *s, struct buf *text)
{
    s->out_of_memory |= text->failed;
    if (text->len > 0 && !text->failed) {
        wipe_bar(s);
        errno = 0;
        size_t written = fwrite(text->text, 1, text->len, stdout);
        if ((written < text->len || (s->run->bar && fflush(stdout) != 0)) && s->cannot_write == 0)
            s->cannot_write = errno;
    }
    buf_free(text);
}

static void print_errors(struct state *s, struct buf *errors)
{
    if (errors->len > 0) {
        wipe_bar(s);
        (void)fputs(errors->text, stderr);
    }
    s->out_of_memory |= errors->failed;
    buf_free(errors);
}

/* Prints what the run's way made of a domain. */
static void print_looked(struct state *s, struct slot *done)
{
    struct buf errors = { 0 };

    s->run->way->print(s->run->way->data, done->looked, &done->text, &errors);
    print(s, &done->text);
    print_errors(s, &errors);
}

/* Prints the result in SLOT and frees the slot. The caller holds the lock; it is given up while printing. */
static void print_slot(struct state *s, struct slot *slot)
{
    struct slot done = *slot;

    *slot = (struct slot) { 0 };
    s->printed++;
    s->counts.of[done.status]++;
    (void)pthread_cond_broadcast(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);
    if (done.looked != NULL)
        print_looked(s, &done);
    else
        print(s, &done.text);
    (void)pthread_mutex_lock(&s->lock);
}

/* Prints all results in order; after a stop, those of the domains that were taken. */
static void print_all(struct state *s)
{
    unsigned long drawn = 0;

    (void)pthread_mutex_lock(&s->lock);
    while (s->printed < s->total && !(is_stopped(s) && s->printed == s->taken)) {
        struct slot *slot = &s->slots[s->printed % s->window];
        if (slot->ready)
            print_slot(s, slot);
        else
            (void)clock_wait(&s->changed, &s->lock, clock_ms() + BAR_MS);
        if (s->run->bar && passed_ms(s) >= drawn + BAR_MS) {
            drawn = passed_ms(s);
            draw_bar(s);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    wipe_bar(s);
}

static void print_begin(struct state *s)
{
    struct buf text = { 0 };

    if (s->run->way != NULL)
        return;
    probe_format_begin(s->run->format, (int64_t)time(NULL), s->run->quiet, &text);
    print(s, &text);
}

/* What is at the end makes the output look complete: it is left out if something could not be written. */
static void print_end(struct state *s)
{
    struct buf text = { 0 };

    probe_format_end(s->run->format, &s->counts, passed_ms(s), s->out_of_memory, &text);
    if (s->cannot_write == 0)
        print(s, &text);
    buf_free(&text);
}

/* The same for the run's way. */
static void end_way(struct state *s)
{
    struct buf text = { 0 }, errors = { 0 };

    s->run->way->end(s->run->way->data, s->out_of_memory || s->counts.left > 0, &text, &errors);
    print(s, &text);
    print_errors(s, &errors);
}

static int finish(struct state *s)
{
    const struct probe_run *run = s->run;
    int status = PROBE_STATUS_OK;

    s->counts.left = s->total - s->printed;
    if (run->way != NULL)
        end_way(s);
    for (int i = 0; i < PROBE_STATUSES; i++)
        if (s->counts.of[i] > 0)
            status = status_worse(status, i);
    if (s->counts.left > 0 || s->out_of_memory)
        status = run->way != NULL ? PROBE_STATUS_UNKNOWN : status_worse(status, PROBE_STATUS_UNKNOWN);
    if (run->way == NULL && run->summary && (probe_format_needs_end(run->format) || !run->quiet || status != PROBE_STATUS_OK))
        print_end(s);
    if (s->out_of_memory)
        (void)probe_error("out of memory: some results are missing; write a lower -j, and run it again");
    if (fflush(stdout) != 0 && s->cannot_write == 0)
        s->cannot_write = errno;
    return s->cannot_write == 0 ? status : probe_error("cannot write: %s", strerror(s->cannot_write));
}

/* --- the whole run --- */

static size_t start(struct state *s, pthread_t *threads, size_t count)
{
    pthread_attr_t attributes;
    size_t started = 0;

    if (pthread_attr_init(&attributes) != 0)
        return 0;
    (void)pthread_attr_setstacksize(&attributes, STACK);
    while (started < count && pthread_create(&threads[started], &attributes, work, s) == 0)
        started++;
    (void)pthread_attr_destroy(&attributes);
    return started;
}

static int run_threads(struct state *s, size_t jobs)
{
    pthread_t threads[PROBE_RUN_JOBS_MAX], waiter;
    bool waits = pthread_create(&waiter, NULL, wait_for_signal, s) == 0;
    size_t started = start(s, threads, jobs);
    int status = PROBE_STATUS_UNKNOWN;

    if (started > 0) {
        count_lacking(s, 0, jobs - started);
        print_begin(s);
        print_all(s);
    }
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    s->over = true;
    if (waits) {
        (void)pthread_kill(waiter, SIGHUP);
        (void)pthread_join(waiter, NULL);
    }
    if (started > 0)
        status = finish(s);
    else
        (void)probe_error("cannot start a thread; raise ulimit -u, or write a lower -j");
    return status;
}

int probe_run(const struct probe_run *run)
{
    struct state s = { .run = run, .total = run->count > 0 ? run->count : probe_file_count(run->file) };
    size_t jobs = run->jobs < s.total ? run->jobs : s.total;
    sigset_t set;

    signals(&set);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (s.total == 0)
        return probe_error("the file names no domain; add a section for one, or name one that [*] covers");
    jobs = probe_limits_jobs((unsigned)jobs, run->context->dns.sockets + run->others);
    s.jobs = jobs;
    s.begin = clock_ms();
    s.window = jobs * WINDOW_EACH + 1;
    s.slots = calloc(s.window, sizeof *s.slots);
    if (s.slots == NULL || pthread_mutex_init(&s.lock, NULL) != 0 || !clock_condition(&s.changed)) {
        free(s.slots);
        return probe_error(PROBE_LACK_MEMORY);
    }
    int status = run_threads(&s, jobs);
    for (size_t i = 0; i < s.window; i++)
        buf_free(&s.slots[i].text);
    free(s.slots);
    (void)pthread_cond_destroy(&s.changed);
    (void)pthread_mutex_destroy(&s.lock);
    return status;
}
