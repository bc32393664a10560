#include "serve.h"

#include "buf.h"
#include "confine.h"
#include "file.h"
#include "ini.h"
#include "record.h"
#include "reply.h"
#include "store.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum {
    REQUEST_MS = 5000,     /* a connection that has not sent a whole request by then is given up */
    REQUEST_BUSY_MS = 500, /* the same while every thread is taken */
    ANSWER_MS = 30000,     /* and one that does not take its answer */
    STOP_ANSWER_MS = 2000, /* at the end: for answers that are going out, */
    STOP_MS = 500,         /* and for requests that are coming in */
    TICK_MS = 100,         /* how often connections are looked at, where there are any */
    TICK_IDLE_MS = 1000,
    BODY_MS = 5000, /* CGI: how long a request's body is read, to no use but the front server's */
    LOG_EVERY_MS = 60000,
    STACK_BYTES = 512 * 1024,
    MMAP_THRESHOLD = 256 * 1024,
    PIECE_MS = 1, /* how long the rest of a request that came in pieces is waited for before it is looked at again */
    SHOWN_MAX = 64,
    KEEPERS = 2
};

/* --- the log --- */

/* One write a line, so that lines of several threads do not mix. Where nobody reads the log and it is full, the line is lost, no
 * more. */
static void log_line(const char *line)
{
    struct pollfd log = { STDERR_FILENO, POLLOUT, 0 };
    struct buf text = { 0 };

    buf_print(&text, "mta-sts: %s\n", line);
    if (text.text != NULL && poll(&log, 1, 0) == 1)
        (void)file_write(STDERR_FILENO, text.text, text.len);
    buf_free(&text);
}

static int64_t now_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* always there */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* True once in LOG_EVERY_MS; LAST is 0 to begin with. */
static bool is_time_to_log(_Atomic int64_t *last)
{
    int64_t now = now_ms(), before = atomic_load(last);

    return (before == 0 || now - before >= LOG_EVERY_MS) && atomic_compare_exchange_strong(last, &before, now);
}

static void print_name(struct buf *text, const char *variable, const char *name)
{
    buf_print(text, "%s ", variable);
    if (name == NULL) {
        buf_print(text, "is not set");
        return;
    }
    buf_print(text, "is \"");
    buf_add_shown(text, name, strlen(name), SHOWN_MAX);
    buf_print(text, "\"");
}

static void print_hint(struct buf *text, const struct reply_request *request, enum reply_hint hint)
{
    print_name(text, "SERVER_NAME", request->server_name);
    buf_print(text, ", ");
    print_name(text, "HTTP_HOST", request->http_host);
    buf_print(text, ": %s", reply_hint_text(hint));
}

/* --- one answer --- */

struct answer {
    struct reply reply;
    struct store_answer found;
    struct buf log; /* the mistake that stands in the way; empty: none */
    enum reply_kind kind;
};

/* STORE may be NULL: there is nothing to answer from. */
static void make_answer(struct store *store, const struct reply_request *request, const char *domain, struct answer *answer)
{
    static const enum reply_kind kinds[] = {
        [STORE_POLICY] = REPLY_POLICY,
        [STORE_ABSENT] = REPLY_ABSENT,
        [STORE_BROKEN] = REPLY_BROKEN,
        [STORE_FAILED] = REPLY_FAILED,
    };

    if (answer->kind == REPLY_POLICY && store == NULL)
        answer->kind = REPLY_FAILED;
    if (answer->kind == REPLY_POLICY) {
        store_find(store, domain, &answer->found);
        answer->kind = kinds[answer->found.found];
        if (answer->kind == REPLY_BROKEN || answer->kind == REPLY_FAILED)
            buf_add(&answer->log, answer->found.bytes, answer->found.len);
    }
    reply_make(answer->kind, request, domain, answer->found.bytes, answer->found.len, &answer->reply);
}

/* --- CGI --- */

/* Some front servers answer with an error where a program leaves the request's body alone, and they are still writing it. */
static void read_body(void)
{
    const char *text = getenv("CONTENT_LENGTH");
    long long left = text != NULL ? strtoll(text, NULL, 10) : 0;
    int64_t end = now_ms() + BODY_MS;
    char trash[16384];

    while (left > 0) {
        struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
        int64_t wait = end - now_ms();
        if (wait <= 0 || poll(&input, 1, (int)wait) <= 0)
            return;
        ssize_t n = read(STDIN_FILENO, trash, sizeof trash);
        if (n <= 0)
            return;
        left -= n;
    }
}

static int write_cgi(const struct reply *reply)
{
    struct buf out = { 0 };

    buf_add(&out, reply->head, reply->head_len);
    buf_add(&out, reply->body, reply->body_len);
    bool good = !out.failed && file_write(STDOUT_FILENO, out.text, out.len);
    buf_free(&out);
    return good ? 0 : 1;
}

int serve_cgi(const char *file)
{
    const struct reply_request request = { getenv("REQUEST_METHOD"), getenv("SERVER_NAME"), getenv("HTTP_HOST") };
    char domain[DOMAIN_MAX + 1];
    struct store *store = NULL;
    struct answer *answer = calloc(1, sizeof *answer);

    if (answer == NULL) {
        log_line("out of memory");
        return 1;
    }
    ini_init();
    answer->kind = reply_to(&request, domain);
    if (answer->kind == REPLY_POLICY)
        store = store_open(file, domain, log_line);
    make_answer(store, &request, domain, answer);
    /* What works, and is none of a user's on shared hosting, is not told with each request. */
    if (answer->kind == REPLY_NO_HOST)
        print_hint(&answer->log, &request, REPLY_HINT_NO_HOST);
    if (answer->log.len > 0)
        log_line(answer->log.text);
    int status = write_cgi(&answer->reply);
    read_body();
    store_free(store);
    buf_free(&answer->log);
    free(answer);
    return status;
}

/* --- FastCGI --- */

enum state { IDLE, READING, ANSWERING, CLOSING, GONE };

/*
 * A thread, and the connection it has. SLOT is a descriptor of its own for that connection: libfcgi closes the one it was given
 * when it likes to, after which the number may be another thread's, so that it is no handle to end a connection by.
 */
struct worker {
    pthread_t thread;
    struct server *server;
    pthread_mutex_t lock; /* for SLOT, STATE and SINCE */
    int slot;
    enum state state;
    int64_t since; /* in milliseconds */
    struct answer answer;
    unsigned char peeked[RECORD_REQUEST_MAX];
};

struct server {
    enum confined confined;
    int listener, nothing; /* NOTHING is what a slot holds when there is no connection */
    struct store *store;
    unsigned count;
    struct worker *workers;
    unsigned keepers;
    pthread_t keeper[KEEPERS]; /* threads that look after the file */
    atomic_bool stop, failed;
    atomic_bool starved; /* there was no descriptor for a connection: those that are silent are in its way */
    _Atomic int64_t hint_logged[REPLY_HINTS], broken_logged, accept_logged;
};

int serve_is_listening(int fd)
{
    int listening = 0;
    socklen_t len = sizeof listening;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening;
}

static void enter(struct worker *worker, enum state state)
{
    (void)pthread_mutex_lock(&worker->lock);
    worker->state = state;
    worker->since = now_ms();
    (void)pthread_mutex_unlock(&worker->lock);
}

/* A mistake in the file was told when it was read; with each request it goes into the front server's log, too. */
static void log_mistake(struct worker *worker, FCGX_Request *fcgi)
{
    const char *text = worker->answer.log.text;

    if (is_time_to_log(&worker->server->broken_logged))
        log_line(text);
    (void)FCGX_FPrintF(fcgi->err, "mta-sts: %s\n", text);
}

static void log_hint(struct worker *worker, FCGX_Request *fcgi, const struct reply_request *request)
{
    enum reply_hint hint = reply_hint(request);
    struct buf text = { 0 };

    if (hint == REPLY_HINT_NONE || !is_time_to_log(&worker->server->hint_logged[hint]))
        return;
    print_hint(&text, request, hint);
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
    make_answer(worker->server->store, &request, domain, answer);
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
    size_t size = record_values(worker->peeked, len, worker->server->count, answer);

    return recv(fd, worker->peeked, len, 0) == (ssize_t)len && file_write(fd, (const char *)answer, size);
}

/* Waits a moment for more of a request that comes in pieces (a Unix socket holds some 70 of them, no front server makes ten).
 * False where the connection has ended. */
static bool await_piece(int fd)
{
    struct pollfd connection = { fd, 0, 0 };

    (void)poll(NULL, 0, PIECE_MS);
    return poll(&connection, 1, 0) == 0;
}

/*
 * Waits for a request on FD, and leaves it there, for libfcgi: until then libfcgi has not seen a byte, and no call of it waits.
 * RECORD_READY, RECORD_WHOLE, or RECORD_BAD where none comes. After a whole one nothing is under way when it was answered, and
 * the connection can be closed at once: a quarter less time for each answer. A front server that sends in several pieces gets the
 * same, more slowly.
 */
static enum record_look await_request(struct worker *worker, int fd)
{
    for (;;) {
        size_t len = 0;
        ssize_t got = recv(fd, worker->peeked, sizeof worker->peeked, MSG_PEEK);
        if (got <= 0)
            return RECORD_BAD;
        enum record_look look = record_look(worker->peeked, (size_t)got, &len);
        if (look != RECORD_PART && look != RECORD_VALUES)
            return look;
        if (look == RECORD_VALUES ? !tell_values(worker, fd, len) : (size_t)got == sizeof worker->peeked || !await_piece(fd))
            return RECORD_BAD;
    }
}

/* Closes so that what the front server still sends does not cost it the answer: waits for its end of the connection to close,
 * too. */
static void close_gently(struct worker *worker, int fd)
{
    char trash[4096];

    enter(worker, CLOSING);
    if (shutdown(fd, SHUT_WR) == 0)
        while (read(fd, trash, sizeof trash) > 0)
            continue;
    (void)close(fd);
}

/*
 * libfcgi is handed each connection: it takes one that is open already for one that it kept, and with no listening socket it
 * never waits for another. Closing is not left to it either, since it would wait for the front server under no control.
 */
static void converse(struct worker *worker, int fd)
{
    FCGX_Request fcgi;
    enum record_look look = RECORD_BAD;
    bool keep = true;

    (void)FCGX_InitRequest(&fcgi, -1, 0);
    fcgi.ipcFd = fd;
    fcgi.keepConnection = 1;
    while (keep) {
        enter(worker, READING);
        look = await_request(worker, fd);
        if (look == RECORD_BAD)
            break;
        if (FCGX_Accept_r(&fcgi) != 0)
            return; /* no request came of it; libfcgi has closed it */
        enter(worker, ANSWERING);
        /* Of a request in pieces libfcgi would take the last one for the beginning of the next. */
        keep = fcgi.keepConnection && look == RECORD_WHOLE && !atomic_load(&worker->server->stop);
        answer_request(worker, &fcgi);
        fcgi.keepConnection = 1;
        FCGX_Finish_r(&fcgi);
        if (fcgi.ipcFd < 0)
            return;
    }
    if (look == RECORD_READY)
        close_gently(worker, fd);
    else
        (void)close(fd);
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
    if (!passing || is_time_to_log(&server->accept_logged)) {
        (void)snprintf(text, sizeof text, "cannot accept a connection: %s%s", strerror(error),
                       error == EMFILE ? "; raise the limit of open files (ulimit -n)" : "");
        log_line(text);
    }
    atomic_store(&server->starved, passing);
    if (passing)
        (void)poll(NULL, 0, TICK_MS);
    return passing;
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct server *server = worker->server;

    while (!atomic_load(&server->stop)) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0) {
            int error = errno;
            if (atomic_load(&server->stop) || bear_accept_error(server, error))
                continue;
            atomic_store(&server->failed, true);
            (void)kill(getpid(), SIGTERM);
            break;
        }
        (void)pthread_mutex_lock(&worker->lock);
        (void)dup2(fd, worker->slot);
        (void)pthread_mutex_unlock(&worker->lock);
        converse(worker, fd);
        (void)pthread_mutex_lock(&worker->lock);
        worker->state = IDLE;
        (void)dup2(server->nothing, worker->slot);
        (void)pthread_mutex_unlock(&worker->lock);
    }
    enter(worker, GONE);
    return NULL;
}

static void *check(void *arg)
{
    while (store_check(arg))
        continue;
    return NULL;
}

static void *watch(void *arg)
{
    while (store_watch(arg))
        continue;
    return NULL;
}

static void *(*const keepers[KEEPERS])(void *) = { check, watch };

/* --- the thread that looks after the others --- */

/*
 * Ends each connection that takes too long: REQUEST is how long a request may take to come in, ANSWER how long an answer to go
 * out, in ms. Returns how many workers have one, and how many are gone.
 */
static unsigned end_overdue(struct server *server, int64_t request, int64_t answer, unsigned *gone)
{
    const int64_t patience[] = { [READING] = request, [ANSWERING] = answer, [CLOSING] = request };
    int64_t now = now_ms();
    unsigned busy = 0;

    *gone = 0;
    for (unsigned i = 0; i < server->count; i++) {
        struct worker *worker = &server->workers[i];
        (void)pthread_mutex_lock(&worker->lock);
        *gone += worker->state == GONE;
        if (worker->state != IDLE && worker->state != GONE) {
            busy++;
            if (now - worker->since >= patience[worker->state])
                (void)shutdown(worker->slot, SHUT_RDWR);
        }
        (void)pthread_mutex_unlock(&worker->lock);
    }
    return busy;
}

/* Until SIGTERM or SIGINT. */
static void look_after(struct server *server, const sigset_t *signals)
{
    unsigned busy = 0, gone;

    for (;;) {
        long ms = busy > 0 ? TICK_MS : TICK_IDLE_MS;
        const struct timespec tick = { ms / 1000, ms % 1000 * 1000000L };
        int got = sigtimedwait(signals, NULL, &tick);
        if (got == SIGTERM || got == SIGINT)
            return;
        if (got == SIGHUP)
            store_look(server->store);
        bool all_busy = busy == server->count || atomic_exchange(&server->starved, false);
        busy = end_overdue(server, all_busy ? REQUEST_BUSY_MS : REQUEST_MS, ANSWER_MS, &gone);
    }
}

/* Accepts no more; what was begun is finished. Other processes may hold the same socket: it is closed here, and not shut down. */
static void stop_workers(struct server *server)
{
    unsigned gone = 0;
    int64_t begin = now_ms();

    atomic_store(&server->stop, true);
    (void)close(server->listener);
    for (unsigned i = 0; i < server->count; i++)
        (void)pthread_kill(server->workers[i].thread, SIGUSR1); /* an accept() that waits begins anew, on a closed socket */
    while (gone < server->count) {
        int64_t took = now_ms() - begin;
        (void)end_overdue(server, took >= STOP_MS ? 0 : STOP_MS, took >= STOP_ANSWER_MS ? 0 : STOP_ANSWER_MS, &gone);
        if (gone < server->count)
            (void)poll(NULL, 0, 1);
    }
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
    struct sigaction ignore = { .sa_handler = SIG_IGN }, wake = { .sa_handler = do_nothing, .sa_flags = SA_RESTART };

    return sigaction(SIGPIPE, &ignore, NULL) == 0 && sigaction(SIGUSR1, &wake, NULL) == 0;
}

static bool start_worker(struct server *server, struct worker *worker, const pthread_attr_t *attributes)
{
    worker->server = server;
    worker->state = IDLE;
    worker->slot = dup(server->nothing);
    if (worker->slot < 0 || pthread_mutex_init(&worker->lock, NULL) != 0)
        return false;
    return pthread_create(&worker->thread, attributes, work, worker) == 0;
}

/* Starts what it can; true where that is all. */
static bool start_threads(struct server *server, unsigned threads)
{
    pthread_attr_t attributes;
    bool good = pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0;

    while (good && server->keepers < KEEPERS) {
        good = pthread_create(&server->keeper[server->keepers], &attributes, keepers[server->keepers], server->store) == 0;
        server->keepers += good;
    }
    while (good && server->count < threads) {
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

    (void)snprintf(text, sizeof text, "ready: %zu domain%s, %u threads%s", domains, domains == 1 ? "" : "s", server->count,
                   rights[server->confined]);
    log_line(text);
}

static int run(struct server *server, unsigned threads)
{
    sigset_t signals;

    /* Blocked before libfcgi sets its own handlers, and set after. */
    bool good = block_signals(&signals) && FCGX_Init() == 0 && set_signals() && start_threads(server, threads);
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

int serve_fastcgi(int fd, const char *file, unsigned threads)
{
    int ends[2] = { -1, -1 }, status = 1;
    struct server server = { .listener = fd };

    /* The first reading may have to wait for the file: no reason to die of a SIGHUP. */
    struct sigaction harmless = { .sa_handler = do_nothing, .sa_flags = SA_RESTART };
    (void)sigaction(SIGHUP, &harmless, NULL);
    return_memory();
    ini_init();
    server.confined = confine_to_reading(file);
    server.store = store_open(file, NULL, log_line);
    if (server.store == NULL)
        return 1;
    server.workers = calloc(threads, sizeof *server.workers);
    if (server.workers == NULL || pipe(ends) != 0) {
        log_line("cannot start: out of memory or of descriptors");
    } else {
        server.nothing = ends[0];
        status = run(&server, threads);
        for (unsigned i = 0; i < server.count; i++) {
            (void)close(server.workers[i].slot);
            (void)pthread_mutex_destroy(&server.workers[i].lock);
        }
        (void)close(ends[0]);
        (void)close(ends[1]);
    }
    free(server.workers);
    store_free(server.store);
    return status;
}
