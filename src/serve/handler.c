#include "serve/handler.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "serve/connection.h"
#include "serve/exchange.h"
#include "serve/poller.h"
#include "serve/stream.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum {
    LINGER_MS = 10,     /* how long a thread waits for the next request of a connection */
    LINGER_BUSY_MS = 1, /* the same while no thread is idle */
    TURN_MS = 100       /* how long a thread stays with a busy connection while no thread is idle */
};

/* What to do next with a connection. */
enum after {
    AFTER_READ,   /* read on: there may be more */
    AFTER_WAIT,   /* wait: all that has come was read */
    AFTER_UNSENT, /* wait until the answer can be sent */
    AFTER_END,    /* wait until the other side closes */
    AFTER_CLOSE
};

/* --- an answer --- */

void handler_log_to_front(struct exchange *exchange, const char *line)
{
    struct buf text = { 0 };

    log_form(line, &text);
    if (text.text != NULL)
        exchange_log(exchange, text.text, text.len);
    buf_free(&text);
}

static void answer_request(struct exchange *exchange, void *arg)
{
    struct handler *handler = arg;

    handler->shared->calls->answer(handler, exchange);
}

static void answer_body(struct exchange *exchange, void *arg)
{
    struct handler *handler = arg;

    handler->shared->calls->answer_body(handler, handler->body, exchange);
}

static enum after close_for_memory(struct handler *handler)
{
    if (log_is_due(&handler->shared->memory_logged))
        log_line("out of memory: requests are not answered");
    return AFTER_CLOSE;
}

/* Sends the answer, and drops what was held of its request. AFTER_READ where all of it was sent. */
static enum after send_answer(struct handler *handler, struct connection *connection, enum exchange_result result,
                              const struct exchange_response *response)
{
    connection_drop_held(connection);
    connection_drop_body(connection);
    if (result == EXCHANGE_NO_MEMORY)
        return close_for_memory(handler);
    if (result != EXCHANGE_DONE || !connection_send(connection, response->bytes, response->len))
        return AFTER_CLOSE;
    handler->answers++;
    connection->waits = CONNECTION_IDLE;
    connection->last = !response->keep || atomic_load(&handler->shared->stop);
    return connection_is_unsent(connection) ? AFTER_UNSENT : AFTER_READ;
}

/* Answers the request, or the question for values, of LEN bytes; or begins to take its body. */
static enum after respond(struct handler *handler, struct connection *connection, enum stream_event event,
                          const unsigned char *bytes, size_t len)
{
    struct handler_shared *shared = handler->shared;
    struct exchange_response response = { .bytes = handler->out, .room = sizeof handler->out, .keep = true };
    enum exchange_result result = EXCHANGE_DONE;

    handler->body = NULL;
    if (event == STREAM_VALUES)
        response.len = stream_values(bytes, shared->threads, handler->out);
    else
        result = exchange_run(bytes, len, &response, answer_request, handler);
    if (handler->body == NULL)
        return send_answer(handler, connection, result, &response);
    if (!connection_hold_body(connection, bytes, len, handler->body, shared->calls->drop))
        return close_for_memory(handler);
    stream_want_body(&connection->reader);
    return AFTER_READ;
}

/* The body has ended, or no more of it is wanted. */
static enum after respond_to_body(struct handler *handler, struct connection *connection)
{
    struct exchange_response response = { .bytes = handler->out, .room = sizeof handler->out };
    const struct buf *request = &connection->held;

    handler->body = connection->body;
    enum exchange_result result =
        exchange_run((const unsigned char *)request->text, request->len, &response, answer_body, handler);
    return send_answer(handler, connection, result, &response);
}

/* --- what comes --- */

static void log_other_protocol(struct handler_shared *shared, const unsigned char *bytes, size_t len)
{
    const char *name = stream_other_protocol(bytes, len);
    struct buf text = { 0 };

    if (name == NULL || !log_is_due(&shared->other_logged))
        return;
    buf_print(&text,
              "received %s instead of FastCGI: let the front server speak FastCGI to this socket (nginx: fastcgi_pass instead of "
              "proxy_pass; Caddy: transport fastcgi; Apache: fcgi:// instead of http://; HAProxy: proto fcgi)",
              name);
    if (text.text != NULL)
        log_line(text.text);
    buf_free(&text);
}

/* No request is answered any more: reads over what came after the last one. */
static void skip_rest(struct connection *connection, const unsigned char *bytes, size_t len)
{
    size_t used;

    while (len > 0 && stream_feed(&connection->reader, bytes, len, &used) != STREAM_BAD) {
        bytes += used;
        len -= used;
    }
}

/* The last answer was sent. Where no body is still to come, closing at once takes a quarter less time. */
static enum after end(const struct connection *connection)
{
    return stream_stage(&connection->reader) == STREAM_BETWEEN ? AFTER_CLOSE : AFTER_END;
}

/* EVENT ends after the USED bytes at BYTES: AFTER_READ where there is nothing to wait for. */
static enum after handle(struct handler *handler, struct connection *connection, enum stream_event event,
                         const unsigned char *bytes, size_t used)
{
    size_t kept;

    if (event == STREAM_BYTES) {
        size_t len = stream_bytes(&connection->reader);
        if (handler->shared->calls->add(connection->body, bytes + used - len, len))
            return AFTER_READ;
        stream_leave_body(&connection->reader);
    }
    if (event == STREAM_BYTES || event == STREAM_END)
        return respond_to_body(handler, connection);
    const unsigned char *whole = connection_whole(connection, bytes, used, &kept);
    return whole != NULL ? respond(handler, connection, event, whole, kept) : close_for_memory(handler);
}

static enum after hold(struct handler *handler, struct connection *connection, const unsigned char *bytes, size_t used)
{
    if (connection->body != NULL || connection_hold(connection, bytes, used))
        return AFTER_READ;
    return close_for_memory(handler);
}

/* Handles the next LEN bytes of the stream. */
static enum after feed(struct handler *handler, struct connection *connection, const unsigned char *bytes, size_t len)
{
    size_t used;

    while (len > 0) {
        bool begins = stream_stage(&connection->reader) == STREAM_NOTHING;
        enum stream_event event = stream_feed(&connection->reader, bytes, len, &used);
        if (event == STREAM_BAD && begins)
            log_other_protocol(handler->shared, bytes, len);
        if (event == STREAM_BAD)
            return AFTER_CLOSE;
        if (event == STREAM_MORE)
            return hold(handler, connection, bytes, used);
        enum after after = handle(handler, connection, event, bytes, used);
        bytes += used;
        len -= used;
        if (connection->last)
            skip_rest(connection, bytes, len);
        else if (after == AFTER_UNSENT && !connection_hold_unread(connection, bytes, len))
            return close_for_memory(handler);
        if (after != AFTER_READ)
            return after;
        if (connection->last)
            return end(connection);
    }
    return AFTER_READ;
}

static enum after feed_unread(struct handler *handler, struct connection *connection)
{
    struct buf unread = connection_take_unread(connection);
    enum after after = feed(handler, connection, (const unsigned char *)unread.text, unread.len);

    buf_free(&unread);
    return after;
}

static enum after receive(struct handler *handler, struct connection *connection)
{
    ssize_t n = recv(connection->fd, handler->in, sizeof handler->in, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return AFTER_WAIT;
    if (n <= 0)
        return AFTER_CLOSE;
    enum after after = feed(handler, connection, handler->in, (size_t)n);
    return after == AFTER_READ && (size_t)n < sizeof handler->in ? AFTER_WAIT : after;
}

static enum after send_rest(struct connection *connection)
{
    size_t before = connection->sent;

    if (!connection_send_rest(connection))
        return AFTER_CLOSE;
    if (connection_is_unsent(connection)) {
        if (connection->sent > before)
            connection->waits = CONNECTION_IDLE; /* its 30 seconds begin anew */
        return AFTER_UNSENT;
    }
    return connection->last ? end(connection) : AFTER_READ;
}

static enum after go_on(struct handler *handler, struct connection *connection)
{
    enum after after = connection_is_unsent(connection) ? send_rest(connection) : AFTER_READ;

    if (after != AFTER_READ)
        return after;
    return connection->unread ? feed_unread(handler, connection) : receive(handler, connection);
}

/* --- which connection a thread stays with --- */

struct turn {
    int64_t begin, quiet; /* by clock_ms(): when it began, and the last answer */
    unsigned answers;
};

static bool stays(const struct handler *handler, const struct connection *connection, enum after after, struct turn *turn)
{
    struct pollfd input = { connection->fd, POLLIN, 0 };
    bool busy = atomic_load(&handler->shared->idle) == 0;

    if (!handler->lingers || (after != AFTER_READ && after != AFTER_WAIT))
        return false;
    int64_t now = clock_ms();
    if (turn->answers != handler->answers) {
        turn->answers = handler->answers;
        turn->quiet = now;
    }
    if (busy && now - turn->begin > TURN_MS)
        return false;
    int64_t left = turn->quiet + (busy ? LINGER_BUSY_MS : LINGER_MS) - now;
    return after == AFTER_READ || (left > 0 && poll(&input, 1, (int)left) > 0);
}

static enum connection_waits waits_for(const struct connection *connection, enum after after)
{
    static const enum connection_waits stages[] = {
        [STREAM_NOTHING] = CONNECTION_NEW,  [STREAM_VARIABLES] = CONNECTION_PART, [STREAM_BODY] = CONNECTION_IDLE,
        [STREAM_BETWEEN] = CONNECTION_IDLE, [STREAM_WRONG] = CONNECTION_END,
    };

    if (after == AFTER_UNSENT)
        return CONNECTION_UNSENT;
    if (connection->body != NULL)
        return CONNECTION_BODY;
    return after == AFTER_END ? CONNECTION_END : stages[stream_stage(&connection->reader)];
}

static void leave(struct handler *handler, struct connection *connection, enum after after)
{
    enum connection_waits waits = waits_for(connection, after);

    /* close() would reset the connection while the front server still sends, and the answer could be lost. */
    if (after == AFTER_CLOSE || (after == AFTER_END && shutdown(connection->fd, SHUT_WR) != 0)) {
        connection_close(connection);
        return;
    }
    /* A request that begins late has no more time than others. */
    if (waits != connection->waits && !(connection->waits == CONNECTION_NEW && waits == CONNECTION_PART))
        connection->since = clock_ms();
    connection->waits = waits;
    poller_add(handler->shared->poller, connection);
}

void handler_run(struct handler *handler, struct connection *connection)
{
    int64_t now = clock_ms();
    struct turn turn = { now, now, handler->answers };
    enum after after;

    do {
        after = go_on(handler, connection);
    } while (stays(handler, connection, after, &turn));
    leave(handler, connection, after);
}
