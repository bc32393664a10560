#include "serve/connection.h"
#include "base/buf.h"
#include "serve/stream.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static bool add(struct buf *to, const unsigned char *bytes, size_t len)
{
    buf_add(to, (const char *)bytes, len);
    return !to->failed;
}

bool connection_hold(struct connection *connection, const unsigned char *bytes, size_t used)
{
    size_t kept = stream_kept(&connection->reader);

    if (kept > used)
        return add(&connection->held, bytes, used);
    buf_free(&connection->held);
    return kept == 0 || add(&connection->held, bytes + used - kept, kept);
}

const unsigned char *connection_whole(struct connection *connection, const unsigned char *bytes, size_t used, size_t *len)
{
    *len = stream_kept(&connection->reader);
    if (*len <= used)
        return bytes + used - *len;
    return add(&connection->held, bytes, used) ? (const unsigned char *)connection->held.text : NULL;
}

void connection_drop_held(struct connection *connection)
{
    buf_free(&connection->held);
}

bool connection_hold_body(struct connection *connection, const unsigned char *request, size_t len, void *body,
                          void (*drop)(void *body))
{
    struct buf whole = { 0 };
    bool good = add(&whole, request, len);

    connection->body = body;
    connection->drop = drop;
    buf_free(&connection->held);
    connection->held = whole;
    if (!good)
        connection_drop_body(connection);
    return good;
}

void connection_drop_body(struct connection *connection)
{
    if (connection->body != NULL)
        connection->drop(connection->body);
    connection->body = NULL;
}

bool connection_hold_unread(struct connection *connection, const unsigned char *bytes, size_t len)
{
    connection->unread = len > 0;
    return len == 0 || add(&connection->held, bytes, len);
}

struct buf connection_take_unread(struct connection *connection)
{
    struct buf unread = connection->held;

    connection->held = (struct buf) { 0 };
    connection->unread = false;
    return unread;
}

static bool would_block(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK;
}

/* Sends what the socket takes. False where the other side has gone. */
static bool send_some(int fd, const unsigned char *bytes, size_t len, size_t *sent)
{
    *sent = 0;
    while (*sent < len) {
        ssize_t n = send(fd, bytes + *sent, len - *sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && would_block(errno))
            return true;
        if (n < 0 && errno != EINTR)
            return false;
        *sent += n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool connection_send(struct connection *connection, const unsigned char *bytes, size_t len)
{
    size_t sent;

    if (!send_some(connection->fd, bytes, len, &sent))
        return false;
    connection->sent = 0;
    return sent == len || add(&connection->unsent, bytes + sent, len - sent);
}

bool connection_send_rest(struct connection *connection)
{
    struct buf *unsent = &connection->unsent;
    size_t sent;

    if (!send_some(connection->fd, (const unsigned char *)unsent->text + connection->sent, unsent->len - connection->sent, &sent))
        return false;
    connection->sent += sent;
    if (connection->sent == unsent->len)
        buf_free(unsent);
    return true;
}

bool connection_is_unsent(const struct connection *connection)
{
    return connection->unsent.len > 0;
}

size_t connection_size(const struct connection *connection)
{
    return connection->held.room + connection->unsent.room;
}

void connection_close(struct connection *connection)
{
    connection_drop_body(connection);
    buf_free(&connection->held);
    buf_free(&connection->unsent);
    (void)close(connection->fd);
    connection->fd = -1;
}
