#include "waiting.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRASH_SIZE = 65536, TRASH_READS = 16, LOOKS_SLOWER = 6, FOREVER_MS = 60000 };

/* Only the thread of waiting_next() takes entries out, so that their places last while it polls. */
struct waiting {
    pthread_mutex_t lock;
    struct waiting_connection *list;
    struct pollfd *polled; /* the wake-up's, then one for each entry of LIST */
    bool *ready;           /* by entry of LIST */
    size_t count, most, room;
    size_t to_drop;
    int64_t patience, hurry_since;
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
    waiting->count--;
    waiting->list[i] = waiting->list[waiting->count];
    waiting->ready[i] = waiting->ready[waiting->count];
}

static void give_up(struct waiting *waiting, size_t i)
{
    (void)close(waiting->list[i].fd);
    take_out(waiting, i);
}

static int64_t end_of(const struct waiting *waiting, const struct waiting_connection *connection)
{
    int64_t since = connection->since > waiting->hurry_since ? connection->since : waiting->hurry_since;

    return since + waiting->patience;
}

/* When a part of a request is looked at again: after 1 ms, 2 ms, ... 64 ms. */
static int64_t pause_of(const struct waiting_connection *connection)
{
    return INT64_C(1) << (connection->looks < LOOKS_SLOWER ? connection->looks : LOOKS_SLOWER);
}

static void drop_oldest(struct waiting *waiting)
{
    size_t oldest = 0;

    for (size_t i = 1; i < waiting->count; i++)
        if (waiting->list[i].since < waiting->list[oldest].since)
            oldest = i;
    if (waiting->count > 0)
        give_up(waiting, oldest);
}

static void drop_overdue(struct waiting *waiting, int64_t now)
{
    for (size_t i = 0; i < waiting->count;) {
        if (now >= end_of(waiting, &waiting->list[i]))
            give_up(waiting, i);
        else
            i++;
    }
    while (waiting->count > 0 && (waiting->to_drop > 0 || waiting->count > waiting->most)) {
        drop_oldest(waiting);
        waiting->to_drop -= waiting->to_drop > 0;
    }
    waiting->to_drop = 0;
}

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
        bool due = waiting->ready[i] && waiting->list[i].what == WAITING_FOR_END;
        if (due)
            waiting->ready[i] = false;
        if (due && !read_away(waiting, waiting->list[i].fd))
            give_up(waiting, i);
        else
            i++;
    }
}

static bool take_ready(struct waiting *waiting, struct waiting_connection *connection)
{
    for (size_t i = 0; i < waiting->count; i++) {
        if (waiting->ready[i] && waiting->list[i].what != WAITING_FOR_END) {
            *connection = waiting->list[i];
            take_out(waiting, i);
            return true;
        }
    }
    return false;
}

/* Fills POLLED. Returns how long to wait at most. */
static int64_t prepare(struct waiting *waiting, int64_t now)
{
    int64_t until = now + FOREVER_MS;

    waiting->polled[0] = (struct pollfd) { waiting->wake[0], POLLIN, 0 };
    for (size_t i = 0; i < waiting->count; i++) {
        const struct waiting_connection *connection = &waiting->list[i];
        bool rest = connection->what == WAITING_FOR_REST;
        int64_t end = rest ? now + pause_of(connection) : end_of(waiting, connection);
        waiting->polled[i + 1] = (struct pollfd) { connection->fd, rest ? 0 : POLLIN, 0 };
        until = end < until ? end : until;
    }
    return until - now;
}

/* Waits until there is something to do. The lock is held, but not meanwhile. */
static void sleep_on(struct waiting *waiting)
{
    size_t count = waiting->count;
    int64_t ms = prepare(waiting, clock_ms());

    waiting->sleeping = true;
    (void)pthread_mutex_unlock(&waiting->lock);
    int got = poll(waiting->polled, (nfds_t)(count + 1), (int)ms);
    if (got > 0 && waiting->polled[0].revents != 0 && read(waiting->wake[0], waiting->trash, sizeof waiting->trash) < 0)
        got = 0; /* somebody woke this thread for nothing */
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->sleeping = false;
    for (size_t i = 0; i < count; i++)
        waiting->ready[i] = waiting->list[i].what == WAITING_FOR_REST || (got > 0 && waiting->polled[i + 1].revents != 0);
}

bool waiting_next(struct waiting *waiting, struct waiting_connection *connection)
{
    bool found;

    (void)pthread_mutex_lock(&waiting->lock);
    for (;;) {
        drop_overdue(waiting, clock_ms());
        read_all_away(waiting);
        found = take_ready(waiting, connection);
        if (found || (waiting->closed && waiting->count == 0))
            break;
        sleep_on(waiting);
    }
    (void)pthread_mutex_unlock(&waiting->lock);
    return found;
}

void waiting_add(struct waiting *waiting, const struct waiting_connection *connection)
{
    (void)pthread_mutex_lock(&waiting->lock);
    if (waiting->count < waiting->room) {
        waiting->list[waiting->count] = *connection;
        waiting->ready[waiting->count++] = false;
        wake(waiting);
    } else {
        (void)close(connection->fd);
    }
    (void)pthread_mutex_unlock(&waiting->lock);
}

void waiting_drop(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->to_drop++;
    wake(waiting);
    (void)pthread_mutex_unlock(&waiting->lock);
}

void waiting_hurry(struct waiting *waiting, int64_t patience)
{
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->patience = patience;
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

struct waiting *waiting_new(size_t most, int64_t patience)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);

    if (waiting == NULL)
        return NULL;
    /* Between two looks of the thread that takes out, more may come. */
    waiting->most = most;
    waiting->room = 2 * most;
    waiting->patience = patience;
    waiting->list = calloc(waiting->room, sizeof *waiting->list);
    waiting->polled = calloc(waiting->room + 1, sizeof *waiting->polled);
    waiting->ready = calloc(waiting->room, sizeof *waiting->ready);
    if (waiting->list != NULL && waiting->polled != NULL && waiting->ready != NULL && pipe(waiting->wake) == 0) {
        if (fcntl(waiting->wake[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(waiting->wake[1], F_SETFL, O_NONBLOCK) == 0 &&
            pthread_mutex_init(&waiting->lock, NULL) == 0)
            return waiting;
        (void)close(waiting->wake[0]);
        (void)close(waiting->wake[1]);
    }
    free(waiting->list);
    free(waiting->polled);
    free(waiting->ready);
    free(waiting);
    return NULL;
}

void waiting_free(struct waiting *waiting)
{
    if (waiting == NULL)
        return;
    for (size_t i = 0; i < waiting->count; i++)
        (void)close(waiting->list[i].fd);
    (void)close(waiting->wake[0]);
    (void)close(waiting->wake[1]);
    (void)pthread_mutex_destroy(&waiting->lock);
    free(waiting->list);
    free(waiting->polled);
    free(waiting->ready);
    free(waiting);
}
