#include "serve/waiting.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRASH_SIZE = 65536, TRASH_READS = 16, FOREVER_MS = 60000, BYTES_MOST = 16 * 1024 * 1024 };

/* By what a connection waits for. */
static const struct kind {
    int64_t patience, hurry; /* how long it waits at most, in ms: as a rule (0: for ever), and at the end of the program */
    unsigned rank;           /* which go first where there are too many */
    short events;            /* of poll() */
} kinds[CONNECTION_WAITS] = {
    [CONNECTION_NEW] = { 5000, 500, 2, POLLIN }, [CONNECTION_PART] = { 5000, 500, 3, POLLIN },
    [CONNECTION_IDLE] = { 0, 0, 0, POLLIN },     [CONNECTION_UNSENT] = { 30000, 2000, 4, POLLOUT },
    [CONNECTION_END] = { 5000, 500, 1, POLLIN },
};

struct entry {
    struct connection connection;
    bool ready, quiet; /* as the last poll() found it; neither: it came after that */
};

/* Only the thread of waiting_next() takes entries out, so that their places last while it polls. */
struct waiting {
    pthread_mutex_t lock;
    struct entry *list;
    struct pollfd *polled; /* the wake-up's, then one for each entry of LIST */
    size_t count, most, room, next;
    size_t bytes, to_drop;
    int64_t hurry_since; /* 0: no hurry */
    int wake[2];
    bool sleeping, closed;
    char trash[TRASH_SIZE]; /* what comes where only the end is waited for: a front server may have 100 MB to get rid of */
};

/* The lock is held. */
static void wake(struct waiting *waiting)
{
    if (waiting->sleeping && write(waiting->wake[1], "", 1) == 1)
        waiting->sleeping = false;
}

static void take_out(struct waiting *waiting, size_t i)
{
    waiting->bytes -= connection_size(&waiting->list[i].connection);
    waiting->list[i] = waiting->list[--waiting->count];
}

static void give_up(struct waiting *waiting, size_t i)
{
    struct connection connection = waiting->list[i].connection;

    take_out(waiting, i);
    connection_close(&connection);
}

/* --- those that go --- */

static int64_t end_of(const struct waiting *waiting, const struct connection *connection)
{
    const struct kind *kind = &kinds[connection->waits];
    int64_t end = kind->patience > 0 ? connection->since + kind->patience : INT64_MAX;
    int64_t hurried = waiting->hurry_since > 0 ? waiting->hurry_since + kind->hurry : INT64_MAX;

    return hurried < end ? hurried : end;
}

static bool goes_before(const struct connection *a, const struct connection *b)
{
    unsigned rank = kinds[a->waits].rank, other = kinds[b->waits].rank;

    return rank < other || (rank == other && a->since < b->since);
}

static bool holds_much(const struct connection *connection)
{
    return connection->waits == CONNECTION_PART || connection->waits == CONNECTION_UNSENT;
}

/* The one that goes first, of those that hold bytes where HOLDING; COUNT: none may. */
static size_t first_to_go(const struct waiting *waiting, bool holding)
{
    size_t first = waiting->count;

    for (size_t i = 0; i < waiting->count; i++) {
        const struct entry *entry = &waiting->list[i];
        if (!entry->quiet || (holding && !holds_much(&entry->connection)))
            continue;
        if (first == waiting->count || goes_before(&entry->connection, &waiting->list[first].connection))
            first = i;
    }
    return first;
}

static bool drop_one(struct waiting *waiting, bool holding)
{
    size_t first = first_to_go(waiting, holding);

    if (first == waiting->count)
        return false;
    give_up(waiting, first);
    return true;
}

static bool are_too_many(const struct waiting *waiting)
{
    return waiting->to_drop > 0 || waiting->count > waiting->most;
}

/* Only those on which nothing has come, and right after poll() has said so. */
static void drop_overdue(struct waiting *waiting, int64_t now)
{
    for (size_t i = 0; i < waiting->count;) {
        if (waiting->list[i].quiet && now >= end_of(waiting, &waiting->list[i].connection))
            give_up(waiting, i);
        else
            i++;
    }
    while (are_too_many(waiting) && drop_one(waiting, false))
        waiting->to_drop -= waiting->to_drop > 0;
    while (waiting->bytes > BYTES_MOST && drop_one(waiting, true))
        continue;
    waiting->to_drop = 0;
}

/* --- those that are ready --- */

/* Reads away what came on it. False where it has ended. */
static bool read_away(struct waiting *waiting, int fd)
{
    ssize_t got = 1;

    for (int i = 0; i < TRASH_READS && got > 0; i++)
        got = recv(fd, waiting->trash, sizeof waiting->trash, MSG_DONTWAIT);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

static void read_all_away(struct waiting *waiting)
{
    for (size_t i = 0; i < waiting->count;) {
        struct entry *entry = &waiting->list[i];
        bool due = entry->ready && entry->connection.waits == CONNECTION_END;
        if (due)
            entry->ready = false;
        if (due && !read_away(waiting, entry->connection.fd))
            give_up(waiting, i);
        else
            i++;
    }
}

static bool take_ready(struct waiting *waiting, struct connection *connection)
{
    for (; waiting->next < waiting->count; waiting->next++) {
        if (waiting->list[waiting->next].ready) {
            *connection = waiting->list[waiting->next].connection;
            take_out(waiting, waiting->next);
            return true;
        }
    }
    return false;
}

/* Fills POLLED. Returns how long to wait at most, in ms. */
static int64_t prepare(struct waiting *waiting, int64_t now)
{
    bool pressed = are_too_many(waiting) || waiting->bytes > BYTES_MOST;
    int64_t until = pressed ? now : now + FOREVER_MS;

    waiting->polled[0] = (struct pollfd) { waiting->wake[0], POLLIN, 0 };
    for (size_t i = 0; i < waiting->count; i++) {
        const struct connection *connection = &waiting->list[i].connection;
        int64_t end = end_of(waiting, connection);
        waiting->polled[i + 1] = (struct pollfd) { connection->fd, kinds[connection->waits].events, 0 };
        until = end < until ? end : until;
    }
    return until > now ? until - now : 0;
}

/* Waits until there is something to do. The lock is held, but not meanwhile. */
static void sleep_on(struct waiting *waiting)
{
    size_t count = waiting->count;
    int64_t ms = prepare(waiting, clock_ms());

    waiting->sleeping = true;
    (void)pthread_mutex_unlock(&waiting->lock);
    int got = poll(waiting->polled, (nfds_t)(count + 1), (int)ms);
    if (got > 0 && waiting->polled[0].revents != 0)
        (void)!read(waiting->wake[0], waiting->trash, sizeof waiting->trash);
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->sleeping = false;
    for (size_t i = 0; i < count; i++) {
        waiting->list[i].ready = got > 0 && waiting->polled[i + 1].revents != 0;
        waiting->list[i].quiet = got >= 0 && !waiting->list[i].ready;
    }
    waiting->next = 0;
}

bool waiting_next(struct waiting *waiting, struct connection *connection)
{
    bool found;

    (void)pthread_mutex_lock(&waiting->lock);
    while (!(found = take_ready(waiting, connection)) && !(waiting->closed && waiting->count == 0)) {
        sleep_on(waiting);
        drop_overdue(waiting, clock_ms());
        read_all_away(waiting);
    }
    (void)pthread_mutex_unlock(&waiting->lock);
    return found;
}

void waiting_add(struct waiting *waiting, const struct connection *connection)
{
    struct connection turned_away = *connection;

    (void)pthread_mutex_lock(&waiting->lock);
    bool fits = waiting->count < waiting->room;
    if (fits) {
        waiting->list[waiting->count++] = (struct entry) { .connection = *connection };
        waiting->bytes += connection_size(connection);
        wake(waiting);
    }
    (void)pthread_mutex_unlock(&waiting->lock);
    if (!fits)
        connection_close(&turned_away);
}

void waiting_drop(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->to_drop++;
    wake(waiting);
    (void)pthread_mutex_unlock(&waiting->lock);
}

void waiting_hurry(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->hurry_since = clock_ms();
    wake(waiting);
    (void)pthread_mutex_unlock(&waiting->lock);
}

void waiting_close(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->closed = true;
    wake(waiting);
    (void)pthread_mutex_unlock(&waiting->lock);
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

struct waiting *waiting_new(size_t most)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);

    if (waiting == NULL)
        return NULL;
    /* Between two looks of the thread that takes out, more may come. */
    waiting->most = most;
    waiting->room = 2 * most;
    waiting->list = calloc(waiting->room, sizeof *waiting->list);
    waiting->polled = calloc(waiting->room + 1, sizeof *waiting->polled);
    if (waiting->list != NULL && waiting->polled != NULL && pthread_mutex_init(&waiting->lock, NULL) == 0) {
        if (open_wake(waiting->wake))
            return waiting;
        (void)pthread_mutex_destroy(&waiting->lock);
    }
    free(waiting->list);
    free(waiting->polled);
    free(waiting);
    return NULL;
}

void waiting_free(struct waiting *waiting)
{
    if (waiting == NULL)
        return;
    for (size_t i = 0; i < waiting->count; i++)
        connection_close(&waiting->list[i].connection);
    (void)close(waiting->wake[0]);
    (void)close(waiting->wake[1]);
    (void)pthread_mutex_destroy(&waiting->lock);
    free(waiting->list);
    free(waiting->polled);
    free(waiting);
}
