#include "serve/fastcgi.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "config/ini.h"
#include "config/store.h"
#include "serve/confine.h"
#include "serve/exchange.h"
#include "serve/handler.h"
#include "serve/poller.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
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
    ACCEPT_AGAIN_MS = 10, /* until accept() is tried again where something is short */
    LISTEN_MS = 1000,
    STACK_BYTES = 512 * 1024,
    MMAP_THRESHOLD = 256 * 1024,
    WAITING_MOST = 1024,
    WAITING_LEAST = 16,
    DESCRIPTORS_BESIDE = 16 /* those of the threads */
};

/* A thread that answers. */
struct worker {
    pthread_t thread;
    struct server *server;
    bool (*next)(struct worker *worker, struct connection *connection); /* where its connections come from */
    struct handler handler;
};

struct server {
    enum confined confined;
    int listener;
    struct handler_shared shared;
    unsigned count; /* of the workers that were started: one for each of -t, which accept, and one for those that wait */
    struct worker *workers;
    pthread_t watcher; /* the thread that looks after the file */
    bool watching;
    atomic_bool failed;
    _Atomic int64_t accept_logged;
};

/* True where accept() is to be tried again. */
static bool bear_accept_error(struct server *server, int error)
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

/* The next new connection. */
static bool accept_one(struct worker *worker, struct connection *connection)
{
    struct server *server = worker->server;
    struct handler_shared *shared = &server->shared;

    while (!atomic_load(&shared->stop)) {
        atomic_fetch_add(&shared->idle, 1);
        int fd = accept(server->listener, NULL, NULL), error = errno;
        atomic_fetch_sub(&shared->idle, 1);
        if (fd >= 0) {
            *connection = (struct connection) { .fd = fd, .since = clock_ms() };
            return true;
        }
        if (!atomic_load(&shared->stop) && !bear_accept_error(server, error)) {
            atomic_store(&server->failed, true);
            (void)kill(getpid(), SIGTERM);
            return false;
        }
    }
    return false;
}

static bool wait_for_one(struct worker *worker, struct connection *connection)
{
    return poller_next(worker->server->shared.poller, connection);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct connection connection;

    while (worker->next(worker, &connection))
        handler_run(&worker->handler, &connection);
    return NULL;
}

static void *watch(void *arg)
{
    while (store_watch(arg))
        continue;
    return NULL;
}

/* --- the thread that looks after the others --- */

/* Until SIGTERM or SIGINT. */
static void look_after(struct server *server, const sigset_t *signals)
{
    int got = 0;

    while (got != SIGTERM && got != SIGINT)
        if (sigwait(signals, &got) == 0 && got == SIGHUP)
            store_look(server->shared.store);
}

/* Accepts no more; what was begun is finished. Other processes may hold the same socket: it is closed here, and not shut down. */
static void stop_workers(struct server *server)
{
    struct handler_shared *shared = &server->shared;
    unsigned accepting = server->count > shared->threads ? shared->threads : server->count;

    atomic_store(&shared->stop, true);
    (void)close(server->listener);
    poller_hurry(shared->poller);
    for (unsigned i = 0; i < accepting; i++)
        (void)pthread_kill(server->workers[i].thread, SIGUSR1); /* an accept() that waits */
    for (unsigned i = 0; i < accepting; i++)
        (void)pthread_join(server->workers[i].thread, NULL);
    poller_close(shared->poller);
    if (server->count > accepting)
        (void)pthread_join(server->workers[accepting].thread, NULL);
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

    return sigaction(SIGPIPE, &ignore, NULL) == 0 && sigaction(SIGUSR1, &wake, NULL) == 0;
}

static bool start_worker(struct server *server, struct worker *worker, const pthread_attr_t *attributes)
{
    bool accepts = server->count < server->shared.threads;

    worker->server = server;
    worker->next = accepts ? accept_one : wait_for_one;
    worker->handler.shared = &server->shared;
    worker->handler.lingers = accepts;
    return pthread_create(&worker->thread, attributes, work, worker) == 0;
}

/* Starts what it can; true where that is all. */
static bool start_threads(struct server *server)
{
    pthread_attr_t attributes;
    bool good = pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0;

    if (good)
        good = server->watching = pthread_create(&server->watcher, &attributes, watch, server->shared.store) == 0;
    while (good && server->count <= server->shared.threads) {
        good = start_worker(server, &server->workers[server->count], &attributes);
        server->count += good;
    }
    (void)pthread_attr_destroy(&attributes);
    return good;
}

/* FILE, and where that is: whoever starts the program in the wrong folder is to see it. */
static void print_place(struct buf *text, const char *file)
{
    char folder[PATH_MAX];

    if (file[0] != '/' && getcwd(folder, sizeof folder) != NULL)
        buf_print(text, "%s/", folder);
    buf_print(text, "%s", file);
}

static void log_ready(const struct server *server, const char *file)
{
    static const char *const rights[] = {
        [CONFINED_NOT] = "",
        [CONFINED_READING] = "; can open no file but to read it (Landlock)",
        [CONFINED_FOLDER] = "; can open no file but to read it in its folder (Landlock)",
    };
    size_t domains = store_domains(server->shared.store);
    struct buf text = { 0 };

    buf_print(&text, "ready: %zu domain%s, %u threads, policies from ", domains, domains == 1 ? "" : "s", server->shared.threads);
    print_place(&text, file);
    buf_print(&text, "%s", rights[server->confined]);
    if (text.text != NULL)
        log_line(text.text);
    buf_free(&text);
}

static int run(struct server *server, const char *file)
{
    sigset_t signals;

    bool good = block_signals(&signals) && exchange_init() && set_signals() && start_threads(server);
    if (good) {
        log_ready(server, file);
        look_after(server, &signals);
    } else {
        log_line("cannot start all threads: out of memory, processes or descriptors; try a smaller -t");
    }
    store_stop(server->shared.store);
    stop_workers(server);
    if (server->watching)
        (void)pthread_join(server->watcher, NULL);
    return good && !atomic_load(&server->failed) ? 0 : 1;
}

/* A file that was read goes back to the system when the next one is in force, however many threads read them. */
static void return_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
#endif
}

/* How many connections may wait; 0, and said why, where there are too few descriptors even for the threads. */
static size_t count_descriptors(unsigned threads)
{
    rlim_t needed = (rlim_t)threads + DESCRIPTORS_BESIDE + WAITING_LEAST;
    struct rlimit limit;
    char text[160];

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return WAITING_LEAST;
    if (limit.rlim_cur < needed + WAITING_MOST && limit.rlim_cur < limit.rlim_max) {
        rlim_t before = limit.rlim_cur;
        limit.rlim_cur = limit.rlim_max < needed + WAITING_MOST ? limit.rlim_max : needed + WAITING_MOST;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            limit.rlim_cur = before;
    }
    if (limit.rlim_cur < needed) {
        (void)snprintf(
            text, sizeof text,
            "cannot start: %u threads need %lu descriptors, and %lu is the limit; raise it (ulimit -n), or try a smaller -t",
            threads, (unsigned long)needed, (unsigned long)limit.rlim_cur);
        log_line(text);
        return 0;
    }
    rlim_t most = limit.rlim_cur - needed + WAITING_LEAST;
    return most < WAITING_MOST ? (size_t)most : WAITING_MOST;
}

/* All that the threads share. False, and said, where there is no memory or no descriptor for it. */
static bool prepare(struct server *server, size_t waiting)
{
    server->workers = calloc((size_t)server->shared.threads + 1, sizeof *server->workers);
    server->shared.poller = poller_new(waiting);
    if (server->workers != NULL && server->shared.poller != NULL)
        return true;
    log_line("cannot start: out of memory or of descriptors");
    return false;
}

int serve_fastcgi(int fd, const char *file, unsigned threads)
{
    int status = 1;
    struct server server = { .listener = fd, .shared.threads = threads };
    size_t waiting = count_descriptors(threads);

    if (waiting == 0)
        return 1;
    /* The first reading may have to wait for the file: no reason to die of a SIGHUP. */
    struct sigaction harmless = { .sa_handler = do_nothing, .sa_flags = SA_RESTART };
    (void)sigaction(SIGHUP, &harmless, NULL);
    return_memory();
    ini_init();
    server.confined = confine_to_reading(file);
    server.shared.store = store_open(file, NULL, log_line);
    if (server.shared.store == NULL)
        return 1;
    if (prepare(&server, waiting))
        status = run(&server, file);
    poller_free(server.shared.poller);
    free(server.workers);
    store_free(server.shared.store);
    return status;
}
