#include "fastcgi_talk.h"

#include "fuzz.h"
#include "serve/connection.h"
#include "serve/poller.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SMALL_BUFFER = 4608, LARGE = 32768, PIECES_MOST = 1500, PIECE_LEAST = 3000 };

/* Reads what has come. False at the end of the connection. */
static bool drain(struct talk *talk, int fd)
{
    ssize_t n;

    while ((n = recv(fd, talk->answer + talk->len, sizeof talk->answer - talk->len, MSG_DONTWAIT)) > 0) {
        talk->len += (size_t)n;
        CHECK(talk->len < sizeof talk->answer);
    }
    return n < 0 && errno == EAGAIN;
}

/* Handles the connection until all that has come on its descriptor OWN is read. False if the connection is closed, or will be.
 */
static bool pump(struct talk *talk, struct handler *handler, int fd, int own)
{
    struct connection connection;
    int left = 1;

    while (left > 0) {
        if (!drain(talk, fd))
            return false;
        CHECK(poller_next(handler->shared->poller, &connection));
        handler_run(handler, &connection);
        if (!drain(talk, fd))
            return false;
        CHECK(ioctl(own, FIONREAD, &left) == 0);
    }
    return true;
}

/* Sends the stream in pieces, and reads all answers. */
static void converse(struct talk *talk, struct handler *handler, const struct script *script, unsigned most, const int fds[2])
{
    struct connection connection = { .fd = fds[1] };
    bool open = true;
    uint32_t seed = most;

    handler_run(handler, &connection);
    for (size_t at = 0; open && at < script->len;) {
        seed = seed * 1664525U + 1013904223U;
        size_t piece = most == 0 ? LARGE : 1 + (seed >> 16) % most, left = script->len - at;
        ssize_t n = send(fds[0], script->bytes + at, piece < left ? piece : left, MSG_DONTWAIT | MSG_NOSIGNAL);
        CHECK(n > 0);
        at += (size_t)n;
        open = pump(talk, handler, fds[0], fds[1]);
    }
    (void)shutdown(fds[0], SHUT_WR);
    while (poller_next(handler->shared->poller, &connection)) {
        handler_run(handler, &connection);
        (void)drain(talk, fds[0]);
    }
    (void)drain(talk, fds[0]);
}

void talk_run(struct talk *talk, struct handler *handler, const struct script *script, unsigned most, bool small)
{
    struct handler_shared *shared = handler->shared;
    const int size = SMALL_BUFFER;
    int fds[2];

    if (most > 0 && script->len / most > PIECES_MOST)
        most = PIECE_LEAST; /* it would take long */
    talk->len = 0;
    shared->poller = poller_new(4);
    CHECK(shared->poller != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    CHECK(!small || setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
    poller_close(shared->poller); /* only those that handler_run() adds */
    converse(talk, handler, script, most, fds);
    (void)close(fds[0]);
    poller_free(shared->poller);
}

unsigned talk_draw(struct script *script, bool *small)
{
    static const unsigned pieces[] = { 0, 0, 0, 1, 9, 100, 8192, 20000 };
    unsigned most = pieces[script_draw(script, sizeof pieces / sizeof *pieces)];

    *small = script_draw(script, 3) == 1;
    return most;
}

size_t talk_read(const struct talk *talk, size_t *at, unsigned id, unsigned end, char *text)
{
    size_t used = 0;

    for (bool whole = false; !whole;) {
        const uint8_t *header = talk->answer + *at;
        CHECK(talk->len - *at >= HEADER && header[0] == 1);
        size_t content = fastcgi_content(header);
        CHECK(talk->len - *at >= fastcgi_size(header) && fastcgi_id(header) == id);
        if (header[1] == STDOUT) {
            memcpy(text + used, header + HEADER, content);
            used += content;
        }
        whole = header[1] == end;
        CHECK(whole || header[1] == STDOUT || header[1] == STDERR);
        CHECK(header[1] != END_REQUEST || (content == 8 && memcmp(header + HEADER, (const uint8_t[8]) { 0 }, 8) == 0));
        *at += fastcgi_size(header);
    }
    return used;
}
