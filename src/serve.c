#include "serve.h"

#include "answer.h"
#include "buf.h"
#include "clock.h"
#include "confine.h"
#include "ini.h"
#include "log.h"
#include "record.h"
#include "store.h"
#include "waiting.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum {
    REQUEST_MS = 5000,       /* a connection that has not sent a whole request by then is given up */
    LINGER_MS = 10,          /* how long a thread stays with one on which nothing comes, before that one waits by itself; */
    LINGER_BUSY_MS = 1,      /* the same while every thread is taken */
    PIECES = 50,             /* how often a thread looks for the rest of a request */
    ANSWER_MS = 30000,       /* a connection that does not take its answer by then is ended */
    ANSWER_WAITED_MS = 1000, /* the same for the one thread that answers those that waited */
    STOP_ANSWER_MS = 2000,   /* at the end: for answers that are going out, */
    STOP_MS = 500,           /* and for requests that are coming in */
    TICK_MS = 1000,          /* how often threads that answer are looked at */
    STACK_BYTES = 512 * 1024,
    MMAP_THRESHOLD = 256 * 1024,
    LIBFCGI_BYTES = 64 * 1024, /* what libfcgi takes for a request, without its variables */
    WAITING_MOST = 1024,
    WAITING_LEAST = 16,
    DESCRIPTORS_BESIDE = 16, /* those of the threads */
    KEEPERS = 1
};

/* A thread that answers. */
struct worker {
    pthread_t thread;
    struct server *server;
    bool (*next)(struct worker *worker, struct waiting_connection *connection); /* where its connections come from */
    int64_t patience;                                                           /* with an answer, in ms */
    _Atomic int64_t answers_since;                                              /* in ms; 0: it does not */
    atomic_bool gone;
    struct answer answer;
    size_t size; /* of what is next in the socket, a copy of it: */
    unsigned char peeked[RECORD_REQUEST_MAX];
};

struct server {
    enum confined confined;
    int listener;
    struct store *store;
    struct waiting *waiting; /* connections on which nothing comes; the last worker is theirs, the others accept new ones */
    unsigned threads, count; /* as told with -t; with that last one, of those that were started */
    struct worker *workers;
    unsigned keepers;
    pthread_t keeper[KEEPERS]; /* threads that look after the file */
    atomic_uint accepting;     /* threads that have nothing to do */
    atomic_bool stop, failed;
    _Atomic int64_t hint_logged[REPLY_HINTS], broken_logged, accept_logged, memory_logged;
};

int serve_is_listening(int fd)
{
    int listening = 0;
    socklen_t len = sizeof listening;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening;
}

/* A mistake in the file was told when it was read; with each request it goes into the front server's log, too. */
static void log_mistake(struct worker *worker, FCGX_Request *fcgi)
{
    const char *text = worker->answer.log.text;

    if (log_is_due(&worker->server->broken_logged))
        log_line(text);
    (void)FCGX_FPrintF(fcgi->err, "mta-sts: %s\n", text);
}

static void log_hint(struct worker *worker, FCGX_Request *fcgi, const struct reply_request *request)
{
    enum reply_hint hint = reply_hint(request);
    struct buf text = { 0 };

    if (hint == REPLY_HINT_NONE || !log_is_due(&worker->server->hint_logged[hint]))
        return;
    answer_print_hint(&text, request, hint);
    if (text.text != NULL) {
        log_line(text.text);
        (void)FCGX_FPrintF(fcgi->err, "mta-sts: %s\n", text.text);
    }
    buf_free(&text);
}

static void answer_request(struct worker *worker, FCGX_Request *fcgi)
{
    struct answer *answer = &worker->answer;
    const struct reply_request request = { FCGX_GetParam("REQUEST_METHOD", fcgi->envp), FCGX_GetParam("SERVER_NAME", fcgi->envp),
                                           FCGX_GetParam("HTTP_HOST", fcgi->envp) };
    char domain[DOMAIN_MAX + 1];

    answer->kind = reply_to(&request, domain);
    answer_make(worker->server->store, &request, domain, answer);
    if (answer->log.text != NULL)
        log_mistake(worker, fcgi);
    buf_free(&answer->log);
    if (answer->kind != REPLY_METHOD)
        log_hint(worker, fcgi, &request);
    /* A front server that has gone is noticed when the connection is closed. */
    (void)FCGX_PutStr(answer->reply.head, (int)answer->reply.head_len, fcgi->out);
    (void)FCGX_PutStr(answer->reply.body, (int)answer->reply.body_len, fcgi->out);
}

static bool tell_values(struct worker *worker, int fd, size_t len)
{
    unsigned char answer[RECORD_VALUES_MAX];
    size_t size = record_values(worker->peeked, len, worker->server->threads, answer);

    return recv(fd, worker->peeked, len, 0) == (ssize_t)len && send(fd, answer, size, MSG_DONTWAIT) == (ssize_t)size;
}

/* What lies in the socket: RECORD_PART also where that is nothing. */
static enum record_look peek(struct worker *worker, int fd, size_t *len)
{
    ssize_t n = recv(fd, worker->peeked, sizeof worker->peeked, MSG_PEEK | MSG_DONTWAIT);

    worker->size = n > 0 ? (size_t)n : 0;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return RECORD_PART;
    enum record_look look = n > 0 ? record_look(worker->peeked, worker->size, len) : RECORD_BAD;
    return look == RECORD_PART && worker->size == sizeof worker->peeked ? RECORD_BAD : look;
}

/*
 * Waits LINGER ms for a request to begin, and a moment for the rest of one that has, and leaves it where it is, for libfcgi:
 * until then libfcgi has not seen a byte, and no call of it waits. RECORD_PART where nothing is to be done yet, RECORD_BAD where
 * never.
 */
static enum record_look await_request(struct worker *worker, struct waiting_connection *connection, int linger)
{
    struct pollfd input = { connection->fd, POLLIN, 0 };
    size_t len = 0;

    for (int looks = linger > 0 ? PIECES : 1; looks > 0; looks--) {
        enum record_look look = peek(worker, connection->fd, &len);
        connection->what = worker->size > 0 ? WAITING_FOR_REST : WAITING_FOR_REQUEST;
        if (look == RECORD_VALUES) {
            if (!tell_values(worker, connection->fd, len))
                return RECORD_BAD;
        } else if (look != RECORD_PART) {
            return look;
        } else if (worker->size > 0) {
            (void)sched_yield();
        } else if (linger <= 0 || poll(&input, 1, linger) <= 0) {
            return RECORD_PART;
        }
    }
    connection->looks++;
    return RECORD_PART;
}

/* libfcgi ends the process where it gets no memory: see that there is some for a request of SIZE bytes. */
static bool has_memory(struct worker *worker, size_t size)
{
    void *memory = malloc(LIBFCGI_BYTES + size);

    if (memory == NULL && log_is_due(&worker->server->memory_logged))
        log_line("out of memory: requests are not answered");
    free(memory);
    return memory != NULL;
}

static bool wait_for_one(struct worker *worker, struct waiting_connection *connection);

/* What becomes of a connection after an answer. */
enum after { AFTER_KEEP, AFTER_CLOSE, AFTER_READ_AWAY, AFTER_CLOSED };

/*
 * libfcgi is handed each connection: it takes one that is open already for one that it kept, and with no listening socket it
 * never waits for another. Closing is not left to it either, since it would wait for the front server under no control.
 */
static enum after answer_one(struct worker *worker, int fd, bool whole)
{
    FCGX_Request fcgi;

    (void)FCGX_InitRequest(&fcgi, -1, 0);
    fcgi.ipcFd = fd;
    fcgi.keepConnection = 1;
    if (FCGX_Accept_r(&fcgi) != 0)
        return AFTER_CLOSED;
    atomic_store(&worker->answers_since, clock_ms());
    bool keep = fcgi.keepConnection;
    answer_request(worker, &fcgi);
    fcgi.keepConnection = 1;
    FCGX_Finish_r(&fcgi);
    atomic_store(&worker->answers_since, 0);
    if (fcgi.ipcFd < 0)
        return AFTER_CLOSED;
    /* After a whole request nothing is under way: closing at once takes a quarter less time. Of one in pieces libfcgi would take
     * the last one for the beginning of the next. */
    if (!whole)
        return AFTER_READ_AWAY;
    return keep ? AFTER_KEEP : AFTER_CLOSE;
}

/* Answers what comes on CONNECTION, for as long as something does. */
static void attend(struct worker *worker, struct waiting_connection *connection)
{
    struct server *server = worker->server;
    enum after after = AFTER_KEEP;

    while (after == AFTER_KEEP) {
        int linger = worker->next == wait_for_one ? 0 : atomic_load(&server->accepting) > 0 ? LINGER_MS : LINGER_BUSY_MS;
        enum record_look look = await_request(worker, connection, linger);
        if (look == RECORD_PART) {
            waiting_add(server->waiting, connection);
            return;
        }
        bool good = look != RECORD_BAD && has_memory(worker, worker->size);
        after = good ? answer_one(worker, connection->fd, look == RECORD_WHOLE) : AFTER_CLOSE;
        *connection = (struct waiting_connection) { .fd = connection->fd, .since = clock_ms() };
    }
    if (after == AFTER_READ_AWAY && shutdown(connection->fd, SHUT_WR) == 0) {
        /* What the front server still sends is not to cost it the answer. */
        connection->what = WAITING_FOR_END;
        waiting_add(server->waiting, connection);
    } else if (after != AFTER_CLOSED) {
        (void)close(connection->fd);
    }
}

/* True where accept() is to be tried again. */
static bool bear_accept_error(struct server *server, int error)
{
    struct pollfd listener = { server->listener, POLLIN, 0 };
    char text[128];

    if (error == EINTR || error == ECONNABORTED)
        return true;
    if (error == EAGAIN) {
        (void)poll(&listener, 1, TICK_MS);
        return true;
    }
    bool passing = error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM || error == EPROTO;
    if (!passing || log_is_due(&server->accept_logged)) {
        (void)snprintf(text, sizeof text, "cannot accept a connection: %s%s", strerror(error),
                       error == EMFILE ? "; raise the limit of open files (ulimit -n)" : "");
        log_line(text);
    }
    if (passing) {
        waiting_drop(server->waiting);
        (void)poll(NULL, 0, LINGER_MS);
    }
    return passing;
}

/* The next new connection. */
static bool accept_one(struct worker *worker, struct waiting_connection *connection)
{
    struct server *server = worker->server;

    while (!atomic_load(&server->stop)) {
        atomic_fetch_add(&server->accepting, 1);
        int fd = accept(server->listener, NULL, NULL), error = errno;
        atomic_fetch_sub(&server->accepting, 1);
        if (fd >= 0) {
            *connection = (struct waiting_connection) { .fd = fd, .since = clock_ms() };
            return true;
        }
        if (!atomic_load(&server->stop) && !bear_accept_error(server, error)) {
            atomic_store(&server->failed, true);
            (void)kill(getpid(), SIGTERM);
            return false;
        }
    }
    return false;
}

static bool wait_for_one(struct worker *worker, struct waiting_connection *connection)
{
    return waiting_next(worker->server->waiting, connection);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct waiting_connection connection;

    while (worker->next(worker, &connection))
        attend(worker, &connection);
    atomic_store(&worker->gone, true);
    return NULL;
}

static void *watch(void *arg)
{
    while (store_watch(arg))
        continue;
    return NULL;
}

static void *(*const keepers[KEEPERS])(void *) = { watch };

/* --- the thread that looks after the others --- */

/*
 * Ends each answer that was not taken within PATIENCE ms, or what its thread has: a write() that waits is interrupted, which
 * libfcgi takes for an error. Returns how many threads are gone.
 */
static unsigned end_overdue(struct server *server, int64_t patience)
{
    int64_t now = clock_ms();
    unsigned gone = 0;

    for (unsigned i = 0; i < server->count; i++) {
        struct worker *worker = &server->workers[i];
        int64_t since = atomic_load(&worker->answers_since);
        gone += atomic_load(&worker->gone);
        if (since != 0 && now - since >= (patience < worker->patience ? patience : worker->patience))
            (void)pthread_kill(worker->thread, SIGUSR1);
    }
    return gone;
}

/* Until SIGTERM or SIGINT. */
static void look_after(struct server *server, const sigset_t *signals)
{
    const struct timespec tick = { TICK_MS / 1000, TICK_MS % 1000 * 1000000L };

    for (;;) {
        int got = sigtimedwait(signals, NULL, &tick);
        if (got == SIGTERM || got == SIGINT)
            return;
        if (got == SIGHUP)
            store_look(server->store);
        (void)end_overdue(server, ANSWER_MS);
    }
}

/* Waits until COUNT threads are gone. */
static void await_gone(struct server *server, unsigned count, int64_t begin)
{
    while (end_overdue(server, clock_ms() - begin >= STOP_ANSWER_MS ? 0 : STOP_ANSWER_MS) < count)
        (void)poll(NULL, 0, 1);
}

/* Accepts no more; what was begun is finished. Other processes may hold the same socket: it is closed here, and not shut down. */
static void stop_workers(struct server *server)
{
    unsigned accepting = server->count > server->threads ? server->threads : server->count;
    int64_t begin = clock_ms();

    atomic_store(&server->stop, true);
    (void)close(server->listener);
    waiting_hurry(server->waiting, STOP_MS);
    for (unsigned i = 0; i < accepting; i++)
        (void)pthread_kill(server->workers[i].thread, SIGUSR1); /* an accept() that waits, too */
    await_gone(server, accepting, begin);
    waiting_close(server->waiting);
    await_gone(server, server->count, begin);
    for (unsigned i = 0; i < server->count; i++)
        (void)pthread_join(server->workers[i].thread, NULL);
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
    bool accepts = server->count < server->threads;

    worker->server = server;
    worker->next = accepts ? accept_one : wait_for_one;
    worker->patience = accepts ? ANSWER_MS : ANSWER_WAITED_MS;
    return pthread_create(&worker->thread, attributes, work, worker) == 0;
}

/* Starts what it can; true where that is all. */
static bool start_threads(struct server *server)
{
    pthread_attr_t attributes;
    bool good = pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0;

    while (good && server->keepers < KEEPERS) {
        good = pthread_create(&server->keeper[server->keepers], &attributes, keepers[server->keepers], server->store) == 0;
        server->keepers += good;
    }
    while (good && server->count <= server->threads) {
        good = start_worker(server, &server->workers[server->count], &attributes);
        server->count += good;
    }
    (void)pthread_attr_destroy(&attributes);
    return good;
}

static void log_ready(const struct server *server)
{
    static const char *const rights[] = {
        [CONFINED_NOT] = "",
        [CONFINED_READING] = "; can open no file but to read it (Landlock)",
        [CONFINED_FOLDER] = "; can open no file but to read it in its folder (Landlock)",
    };
    size_t domains = store_domains(server->store);
    char text[128];

    (void)snprintf(text, sizeof text, "ready: %zu domain%s, %u threads%s", domains, domains == 1 ? "" : "s", server->threads,
                   rights[server->confined]);
    log_line(text);
}

static int run(struct server *server)
{
    sigset_t signals;

    /* Blocked before libfcgi sets its own handlers, and set after. */
    bool good = block_signals(&signals) && FCGX_Init() == 0 && set_signals() && start_threads(server);
    if (good) {
        log_ready(server);
        look_after(server, &signals);
    } else {
        log_line("cannot start all threads: out of memory, processes or descriptors; try a smaller -t");
    }
    store_stop(server->store);
    stop_workers(server);
    while (server->keepers > 0)
        (void)pthread_join(server->keeper[--server->keepers], NULL);
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
    server->workers = calloc((size_t)server->threads + 1, sizeof *server->workers);
    server->waiting = waiting_new(waiting, REQUEST_MS);
    if (server->workers != NULL && server->waiting != NULL)
        return true;
    log_line("cannot start: out of memory or of descriptors");
    return false;
}

int serve_fastcgi(int fd, const char *file, unsigned threads)
{
    int status = 1;
    struct server server = { .listener = fd, .threads = threads };
    size_t waiting = count_descriptors(threads);

    if (waiting == 0)
        return 1;
    /* The first reading may have to wait for the file: no reason to die of a SIGHUP. */
    struct sigaction harmless = { .sa_handler = do_nothing, .sa_flags = SA_RESTART };
    (void)sigaction(SIGHUP, &harmless, NULL);
    return_memory();
    ini_init();
    server.confined = confine_to_reading(file);
    server.store = store_open(file, NULL, log_line);
    if (server.store == NULL)
        return 1;
    if (prepare(&server, waiting))
        status = run(&server);
    waiting_free(server.waiting);
    free(server.workers);
    store_free(server.store);
    return status;
}
