#include "serve/poller.h"

#include "base/clock.h"
#include "serve/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { TRASH_SIZE = 65536, TRASH_READS = 16, FOREVER_MS = 60000, BYTES_MOST = 16 * 1024 * 1024 };

/* For each kind of waiting. */
static const struct kind {
    int64_t patience, hurry; /* how long it may wait, in ms: normally (0: for ever), and at the end of the program */
    unsigned rank;           /* the lowest is closed first where there are too many */
    short events;            /* of poll() */
} kinds[CONNECTION_WAITS] = {
    [CONNECTION_NEW] = { 5000, 500, 2, POLLIN },       [CONNECTION_PART] = { 5000, 500, 3, POLLIN },
    [CONNECTION_BODY] = { 120000, 2000, 3, POLLIN },   [CONNECTION_IDLE] = { 0, 0, 0, POLLIN },
    [CONNECTION_UNSENT] = { 30000, 2000, 4, POLLOUT }, [CONNECTION_END] = { 5000, 500, 1, POLLIN },
};

struct entry {
    struct connection connection;
    bool ready, quiet; /* by the last poll(): something came, nothing came; neither: it was added after that */
};

/* Only the thread in poller_next() takes entries out: their places do not change while it polls. */
struct poller {
    pthread_mutex_t lock;
    struct entry *list;
    struct pollfd *polled; /* WAKE, then each entry of LIST */
    size_t count, most, room, next;
    size_t bytes, to_drop;
    int64_t hurry_since; /* 0: no hurry */
    int wake[2];
    bool sleeping, closed;
    char trash[TRASH_SIZE]; /* for what comes on a connection that only waits for its end: a front server may still send 100 MB */
};

/* The lock is held. */
static void wake(struct poller *poller)
{
    if (poller->sleeping && write(poller->wake[1], "", 1) == 1)
        poller->sleeping = false;
}

static void take_out(struct poller *poller, size_t i)
{
    poller->bytes -= connection_size(&poller->list[i].connection);
    poller->list[i] = poller->list[--poller->count];
}

static void give_up(struct poller *poller, size_t i)
{
    struct connection connection = poller->list[i].connection;

    take_out(poller, i);
    connection_close(&connection);
}

/* --- which are closed --- */

static int64_t end_of(const struct poller *poller, const struct connection *connection)
{
    const struct kind *kind = &kinds[connection->waits];
    int64_t end = kind->patience > 0 ? connection->since + kind->patience : INT64_MAX;
    int64_t hurried = poller->hurry_since > 0 ? poller->hurry_since + kind->hurry : INT64_MAX;

    return hurried < end ? hurried : end;
}

static bool goes_before(const struct connection *a, const struct connection *b)
{
    unsigned rank = kinds[a->waits].rank, other = kinds[b->waits].rank;

    return rank < other || (rank == other && a->since < b->since);
}

static bool holds_much(const struct connection *connection)
{
    const enum connection_waits waits = connection->waits;

    return waits == CONNECTION_PART || waits == CONNECTION_BODY || waits == CONNECTION_UNSENT;
}

/* The one to close first; with HOLDING, of those that hold bytes. COUNT where none may be closed. */
static size_t first_to_go(const struct poller *poller, bool holding)
{
    size_t first = poller->count;

    for (size_t i = 0; i < poller->count; i++) {
        const struct entry *entry = &poller->list[i];
        if (!entry->quiet || (holding && !holds_much(&entry->connection)))
            continue;
        if (first == poller->count || goes_before(&entry->connection, &poller->list[first].connection))
            first = i;
    }
    return first;
}

static bool drop_one(struct poller *poller, bool holding)
{
    size_t first = first_to_go(poller, holding);

    if (first == poller->count)
        return false;
    give_up(poller, first);
    return true;
}

static bool are_too_many(const struct poller *poller)
{
    return poller->to_drop > 0 || poller->count > poller->most;
}

/* Right after poll(), and only connections on which nothing has come. */
static void drop_overdue(struct poller *poller, int64_t now)
{
    for (size_t i = 0; i < poller->count;) {
        if (poller->list[i].quiet && now >= end_of(poller, &poller->list[i].connection))
            give_up(poller, i);
        else
            i++;
    }
    while (are_too_many(poller) && drop_one(poller, false))
        poller->to_drop -= poller->to_drop > 0;
    while (poller->bytes > BYTES_MOST && drop_one(poller, true))
        continue;
    poller->to_drop = 0;
}

/* --- which are ready --- */

/* Throws away what has come. False where the connection has ended. */
static bool read_away(struct poller *poller, int fd)
{
    ssize_t got = 1;

    for (int i = 0; i < TRASH_READS && got > 0; i++)
        got = recv(fd, poller->trash, sizeof poller->trash, MSG_DONTWAIT); // NOLINT(clang-analyzer-unix.BlockInCriticalSection)
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

static void read_all_away(struct poller *poller)
{
    for (size_t i = 0; i < poller->count;) {
        struct entry *entry = &poller->list[i];
        bool due = entry->ready && entry->connection.waits == CONNECTION_END;
        if (due)
            entry->ready = false;
        if (due && !read_away(poller, entry->connection.fd))
            give_up(poller, i);
        else
            i++;
    }
}

static bool take_ready(struct poller *poller, struct connection *connection)
{
    for (; poller->next < poller->count; poller->next++) {
        if (poller->list[poller->next].ready) {
            *connection = poller->list[poller->next].connection;
            take_out(poller, poller->next);
            return true;
        }
    }
    return false;
}

/* Fills POLLED. Returns how long poll() may wait, in ms. */
static int64_t prepare(struct poller *poller, int64_t now)
{
    bool pressed = are_too_many(poller) || poller->bytes > BYTES_MOST;
    int64_t until = pressed ? now : now + FOREVER_MS;

    poller->polled[0] = (struct pollfd) { poller->wake[0], POLLIN, 0 };
    for (size_t i = 0; i < poller->count; i++) {
        const struct connection *connection = &poller->list[i].connection;
        int64_t end = end_of(poller, connection);
        poller->polled[i + 1] = (struct pollfd) { connection->fd, kinds[connection->waits].events, 0 };
        until = end < until ? end : until;
    }
    return until > now ? until - now : 0;
}

/* Waits until there is something to do, and gives up the lock for that time. */
static void sleep_on(struct poller *poller)
{
    size_t count = poller->count;
    int64_t ms = prepare(poller, clock_ms());

    poller->sleeping = true;
    (void)pthread_mutex_unlock(&poller->lock);
    int got = poll(poller->polled, (nfds_t)(count + 1), (int)ms);
    if (got > 0 && poller->polled[0].revents != 0)
        (void)!read(poller->wake[0], poller->trash, sizeof poller->trash);
    (void)pthread_mutex_lock(&poller->lock);
    poller->sleeping = false;
    for (size_t i = 0; i < count; i++) {
        poller->list[i].ready = got > 0 && poller->polled[i + 1].revents != 0;
        poller->list[i].quiet = got >= 0 && !poller->list[i].ready;
    }
    poller->next = 0;
}

bool poller_next(struct poller *poller, struct connection *connection)
{
    bool found;

    (void)pthread_mutex_lock(&poller->lock);
    while (!(found = take_ready(poller, connection)) && !(poller->closed && poller->count == 0)) {
        sleep_on(poller);
        drop_overdue(poller, clock_ms());
        read_all_away(poller);
    }
    (void)pthread_mutex_unlock(&poller->lock);
    return found;
}

void poller_add(struct poller *poller, const struct connection *connection)
{
    struct connection turned_away = *connection;

    (void)pthread_mutex_lock(&poller->lock);
    bool fits = poller->count < poller->room;
    if (fits) {
        poller->list[poller->count++] = (struct entry) { .connection = *connection };
        poller->bytes += connection_size(connection);
        wake(poller);
    }
    (void)pthread_mutex_unlock(&poller->lock);
    if (!fits)
        connection_close(&turned_away);
}

void poller_drop(struct poller *poller)
{
    (void)pthread_mutex_lock(&poller->lock);
    poller->to_drop++;
    wake(poller);
    (void)pthread_mutex_unlock(&poller->lock);
}

void poller_hurry(struct poller *poller)
{
    (void)pthread_mutex_lock(&poller->lock);
    poller->hurry_since = clock_ms();
    wake(poller);
    (void)pthread_mutex_unlock(&poller->lock);
}

void poller_close(struct poller *poller)
{
    (void)pthread_mutex_lock(&poller->lock);
    poller->closed = true;
    wake(poller);
    (void)pthread_mutex_unlock(&poller->lock);
}

static bool open_wake(int wake[2])
{
    if (pipe(wake) != 0)
        return false;
    if (fcntl(wake[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(wake[1], F_SETFL, O_NONBLOCK) == 0)
        return true;
    (void)close(wake[0]);
    (void)close(wake[1]);
    return false;
}

struct poller *poller_new(size_t most)
{
    struct poller *poller = calloc(1, sizeof *poller);

    if (poller == NULL)
        return NULL;
    /* Between two calls of poll() more may be added. */
    poller->most = most;
    poller->room = 2 * most;
    poller->list = calloc(poller->room, sizeof *poller->list);
    poller->polled = calloc(poller->room + 1, sizeof *poller->polled);
    if (poller->list != NULL && poller->polled != NULL && pthread_mutex_init(&poller->lock, NULL) == 0) {
        if (open_wake(poller->wake))
            return poller;
        (void)pthread_mutex_destroy(&poller->lock);
    }
    free(poller->list);
    free(poller->polled);
    free(poller);
    return NULL;
}

void poller_free(struct poller *poller)
{
    if (poller == NULL)
        return;
    for (size_t i = 0; i < poller->count; i++)
        connection_close(&poller->list[i].connection);
    (void)close(poller->wake[0]);
    (void)close(poller->wake[1]);
    (void)pthread_mutex_destroy(&poller->lock);
    free(poller->list);
    free(poller->polled);
    free(poller);
}
