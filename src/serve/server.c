#include "serve/server.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/words.h"
#include "config/store.h"
#include "ini/lines.h"
#include "serve/confine.h"
#include "serve/connection.h"
#include "serve/exchange.h"
#include "serve/handler.h"
#include "serve/poller.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum {
    ACCEPT_AGAIN_MS = 10, /* between two calls of accept() while descriptors or memory are short */
    LISTEN_MS = 1000,
    STACK_BYTES = 512 * 1024,
    MMAP_THRESHOLD = 256 * 1024,
    POLLED_MOST = 1024,
    POLLED_LEAST = 16,
    DESCRIPTORS_OTHER = 16 /* besides those of each thread and of each polled connection */
};

/* A thread that handles connections. */
struct thread {
    pthread_t id;
    struct server *server;
    bool (*next)(struct thread *thread, struct connection *connection); /* waits for a connection; false: there will be none */
    struct handler handler;
};

struct server {
    const struct server_settings *settings;
    struct buf confined; /* what confine_to() said */
    int listener;
    struct handler_shared shared;
    unsigned count; /* of threads that were started: as many as -t says accept, and the last one has the poller */
    struct thread *threads;
    char *own;         /* the memory that each thread has for the program */
    pthread_t watcher; /* the thread that reads the file again */
    bool watching;
    atomic_bool failed;
    _Atomic int64_t accept_logged;
};

/* accept() has failed. Logs the reason, and waits where something is short. False where accept() will never work again. */
static bool retry_accept(struct server *server, int error)
{
    struct pollfd listener = { server->listener, POLLIN, 0 };
    char text[128];

    if (error == EINTR || error == ECONNABORTED)
        return true;
    if (error == EAGAIN) {
        (void)poll(&listener, 1, LISTEN_MS);
        return true;
    }
    bool passing = error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM || error == EPROTO;
    if (!passing || log_is_due(&server->accept_logged)) {
        (void)snprintf(text, sizeof text, "cannot accept a connection: %s%s", strerror(error),
                       error == EMFILE ? "; raise the limit of open files (ulimit -n)" : "");
        log_line(text);
    }
    if (passing) {
        poller_drop(server->shared.poller);
        (void)poll(NULL, 0, ACCEPT_AGAIN_MS);
    }
    return passing;
}

static bool next_accepted(struct thread *thread, struct connection *connection)
{
    struct server *server = thread->server;
    struct handler_shared *shared = &server->shared;

    while (!atomic_load(&shared->stop)) {
        atomic_fetch_add(&shared->idle, 1);
        int fd = accept(server->listener, NULL, NULL), error = errno;
        atomic_fetch_sub(&shared->idle, 1);
        if (fd >= 0) {
            *connection = (struct connection) { .fd = fd, .since = clock_ms() };
            return true;
        }
        if (!atomic_load(&shared->stop) && !retry_accept(server, error)) {
            atomic_store(&server->failed, true);
            (void)kill(getpid(), SIGTERM);
            return false;
        }
    }
    return false;
}

static bool next_polled(struct thread *thread, struct connection *connection)
{
    return poller_next(thread->server->shared.poller, connection);
}

static void *run_thread(void *arg)
{
    struct thread *thread = arg;
    struct connection connection;

    while (thread->next(thread, &connection))
        handler_run(&thread->handler, &connection);
    return NULL;
}

static void *watch_file(void *arg)
{
    while (store_watch(arg))
        continue;
    return NULL;
}

/* --- start and end --- */

/* Returns at SIGTERM or SIGINT. */
static void wait_for_signal(struct server *server, const sigset_t *signals)
{
    int got = 0;

    while (got != SIGTERM && got != SIGINT)
        if (sigwait(signals, &got) == 0 && got == SIGHUP)
            store_look(server->shared.store);
}

/* Accepts no more, and finishes what was begun. Closes the socket without a shutdown(): other processes may have it, too. */
static void stop_threads(struct server *server)
{
    struct handler_shared *shared = &server->shared;
    unsigned accepting = server->count > shared->threads ? shared->threads : server->count;

    atomic_store(&shared->stop, true);
    (void)close(server->listener);
    poller_hurry(shared->poller);
    for (unsigned i = 0; i < accepting; i++)
        (void)pthread_kill(server->threads[i].id, SIGUSR1); /* ends an accept() that waits */
    for (unsigned i = 0; i < accepting; i++)
        (void)pthread_join(server->threads[i].id, NULL);
    poller_close(shared->poller);
    if (server->count > accepting)
        (void)pthread_join(server->threads[accepting].id, NULL);
}

static void do_nothing(int signal)
{
    (void)signal;
}

static bool block_signals(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    return pthread_sigmask(SIG_BLOCK, signals, NULL) == 0;
}

static bool set_signals(void)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN }, wake = { .sa_handler = do_nothing };

    return sigaction(SIGPIPE, &ignore, NULL) == 0 && sigaction(SIGXFSZ, &ignore, NULL) == 0 &&
           sigaction(SIGUSR1, &wake, NULL) == 0;
}

void server_shield(bool on)
{
    sigset_t wake;

    (void)sigemptyset(&wake);
    (void)sigaddset(&wake, SIGUSR1);
    (void)pthread_sigmask(on ? SIG_BLOCK : SIG_UNBLOCK, &wake, NULL);
}

static bool start_thread(struct server *server, struct thread *thread, const pthread_attr_t *attributes)
{
    bool accepts = server->count < server->shared.threads;

    thread->server = server;
    thread->next = accepts ? next_accepted : next_polled;
    thread->handler.shared = &server->shared;
    thread->handler.own = server->own + server->settings->calls->own * server->count;
    thread->handler.lingers = accepts;
    return pthread_create(&thread->id, attributes, run_thread, thread) == 0;
}

/* False where not all threads could be started; those that were are counted. */
static bool start_threads(struct server *server)
{
    pthread_attr_t attributes;
    bool good = pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0;

    if (good)
        good = server->watching = pthread_create(&server->watcher, &attributes, watch_file, server->shared.store) == 0;
    while (good && server->count <= server->shared.threads) {
        good = start_thread(server, &server->threads[server->count], &attributes);
        server->count += good;
    }
    (void)pthread_attr_destroy(&attributes);
    return good;
}

/* FILE as an absolute path: a wrong working directory is to be seen. */
static void print_place(struct buf *text, const char *file)
{
    char folder[PATH_MAX];

    if (file[0] != '/' && getcwd(folder, sizeof folder) != NULL)
        buf_print(text, "%s/", folder);
    buf_print(text, "%s", file);
}

static void log_ready(const struct server *server)
{
    const struct server_settings *settings = server->settings;
    size_t domains = store_domains(server->shared.store);
    struct buf text = { 0 };

    buf_print(&text, "ready: %zu domain%s, %u threads, policies from ", domains, words_plural(domains), server->shared.threads);
    print_place(&text, settings->file);
    if (settings->folder != NULL) {
        buf_print(&text, ", reports into ");
        print_place(&text, settings->folder);
    }
    if (server->confined.text != NULL)
        buf_print(&text, "; %s", server->confined.text);
    if (text.text != NULL)
        log_line(text.text);
    buf_free(&text);
}

static int run(struct server *server)
{
    sigset_t signals;

    bool good = block_signals(&signals) && exchange_init() && set_signals() && start_threads(server);
    if (good) {
        log_ready(server);
        wait_for_signal(server, &signals);
    } else {
        log_failed_start("cannot start all threads: out of memory, processes or descriptors; lower -t");
    }
    store_stop(server->shared.store);
    stop_threads(server);
    if (server->watching)
        (void)pthread_join(server->watcher, NULL);
    return good && !atomic_load(&server->failed) ? 0 : 1;
}

/* The memory of an earlier file goes back to the system, whichever threads read it. */
static void return_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
#endif
}

/* How many connections the poller may keep. 0, and the reason is logged, where descriptors do not even do for the threads. */
static size_t count_descriptors(const struct server_settings *settings)
{
    const rlim_t each = 1 + (rlim_t)settings->calls->descriptors, most = POLLED_MOST * each;
    const rlim_t passing = ((rlim_t)settings->threads + 1) * settings->calls->passing; /* the poller is a thread, too */
    rlim_t needed = settings->threads * each + passing + DESCRIPTORS_OTHER + POLLED_LEAST * each;
    struct rlimit limit;
    char text[160];

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return POLLED_LEAST;
    if (limit.rlim_cur < needed + most && limit.rlim_cur < limit.rlim_max) {
        rlim_t before = limit.rlim_cur;
        limit.rlim_cur = limit.rlim_max < needed + most ? limit.rlim_max : needed + most;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            limit.rlim_cur = before;
    }
    if (limit.rlim_cur < needed) {
        (void)snprintf(text, sizeof text,
                       "cannot start: %u threads need %lu descriptors, but the limit is %lu; raise it (ulimit -n) or lower -t",
                       settings->threads, (unsigned long)needed, (unsigned long)limit.rlim_cur);
        log_failed_start(text);
        return 0;
    }
    rlim_t polled = (limit.rlim_cur - needed) / each + POLLED_LEAST;
    return polled < POLLED_MOST ? (size_t)polled : POLLED_MOST;
}

/* Allocates what the threads share. False, and the reason is logged, where memory or descriptors run out. */
static bool prepare(struct server *server, size_t polled)
{
    size_t count = (size_t)server->shared.threads + 1;

    server->threads = calloc(count, sizeof *server->threads);
    server->own = calloc(count, server->settings->calls->own);
    server->shared.poller = poller_new(polled);
    bool has_own = server->own != NULL || server->settings->calls->own == 0;
    if (server->threads != NULL && has_own && server->shared.poller != NULL)
        return true;
    log_failed_start("cannot start: out of memory or of descriptors");
    return false;
}

int server_run(const struct server_settings *settings)
{
    int status = 1;
    struct server server = { .settings = settings,
                             .listener = settings->listener,
                             .shared = { .calls = settings->calls, .to = settings->to, .threads = settings->threads } };
    size_t polled = count_descriptors(settings);

    if (polled == 0)
        return 1;
    /* A SIGHUP while the file is read for the first time is not to end the program. */
    struct sigaction harmless = { .sa_handler = do_nothing, .sa_flags = SA_RESTART };
    (void)sigaction(SIGHUP, &harmless, NULL);
    return_memory();
    ini_init();
    confine_to(settings->file, settings->folder, &server.confined);
    server.shared.store = store_open(settings->file, NULL, log_failed_start);
    if (server.shared.store != NULL) {
        store_say(server.shared.store, log_line);
        if (prepare(&server, polled))
            status = run(&server);
        poller_free(server.shared.poller);
        free(server.threads);
        free(server.own);
        store_free(server.shared.store);
    }
    buf_free(&server.confined);
    return status;
}
