/*
 * Whole connections. The input is a script (fastcgi_script.h): it makes a stream of several requests, which the program reads in
 * pieces. The answers are compared with a model: each request has one, in order, for the name that it asks for, in whole records
 * of FastCGI 1.0. A record that is not allowed where it is ends the connection, and nothing within a body is a request. Two
 * methods have their bodies taken: these come byte for byte, and each is freed.
 */
#define _GNU_SOURCE /* memfd_create() */

#include "base/log.h"
#include "fastcgi_script.h"
#include "fuzz.h"
#include "ini/lines.h"
#include "serve/answer.h"
#include "serve/exchange.h"
#include "serve/handler.h"
#include "serve/policies.h"
#include "serve/poller.h"
#include "serve/stream.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 21, THREADS = 8, SMALL_BUFFER = 4608 };

static char policies[4][POLICY_BYTES_MAX];

/* Of the input that runs. */
static struct script script;

/* --- what takes bodies; all else is answered by the policies --- */

struct body {
    size_t most;
    struct taken taken;
};

static unsigned bodies; /* that are not freed */

static void answer_request(struct handler *to, struct exchange *exchange)
{
    const char *method = exchange_variable(exchange, "REQUEST_METHOD");
    bool leaves = method != NULL && strcmp(method, SCRIPT_LEAVES) == 0;

    if (!leaves && (method == NULL || strcmp(method, SCRIPT_TAKES) != 0)) {
        policies_calls.answer(to, exchange);
        return;
    }
    struct body *body = calloc(1, sizeof *body);
    CHECK(body != NULL);
    body->most = leaves ? SCRIPT_LEAVES_AFTER : SIZE_MAX;
    to->body = body;
    bodies++;
}

static bool add(void *to, const unsigned char *bytes, size_t len)
{
    struct body *body = to;

    CHECK(len > 0 && body->taken.len < body->most);
    script_take(&body->taken, body->most, bytes, len);
    return body->taken.len < body->most;
}

static void answer_body(struct handler *from, void *of, struct exchange *exchange)
{
    const struct body *body = of;
    char text[96];

    (void)from;
    int n = snprintf(text, sizeof text, SCRIPT_TAKEN, body->taken.len, body->taken.sum);
    exchange_write(exchange, text, (size_t)n);
}

static void drop(void *body)
{
    bodies--;
    free(body);
}

static const struct handler_calls calls = { answer_request, add, answer_body, drop, sizeof(struct answer), 0, 0 };

static struct policies policies_shared;
static struct answer memory;
static struct handler_shared shared = { .calls = &calls, .to = &policies_shared };
static struct handler handler = { .own = &memory };

/* --- the program --- */

static void make_policies(char *file, size_t size)
{
    char *large = policies[3];
    size_t n = (size_t)snprintf(file, size,
                                "[example.org]\nmode = enforce\nmx = mail.example.org\n[example.net]\nmode = none\n"
                                "[evil.example]\nmx = mail.evil.example\n[broken.example]\nmx = _\n[large.example]\n"),
           at = (size_t)sprintf(large, "version: STSv1\r\nmode: testing\r\n");

    for (unsigned i = 0; i < 900; i++) {
        n += (size_t)snprintf(file + n, size - n, "mx = mx%03u.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example\n", i);
        at += (size_t)sprintf(large + at, "mx: mx%03u.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example\r\n", i);
    }
    (void)sprintf(large + at, "max_age: 604800\r\n");
    CHECK(n < size && strlen(large) > 50000 && strlen(large) < POLICY_BYTES_MAX);
    (void)sprintf(policies[1], "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n");
    (void)sprintf(policies[2], "version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n");
}

static void say_nothing(const char *line)
{
    (void)line;
}

/* The policies are a file in memory. Its last change was an hour ago. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char text[1 << 17], file[32];
    const struct timespec times[2] = { { time(NULL) - 3600, 0 }, { time(NULL) - 3600, 0 } };
    int fd = memfd_create("policies.ini", MFD_CLOEXEC);

    (void)argc;
    (void)argv;
    make_policies(text, sizeof text);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && futimens(fd, times) == 0);
    (void)snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    ini_init();
    shared.threads = THREADS;
    shared.store = store_open(file, NULL, say_nothing);
    CHECK(shared.store != NULL && exchange_init());
    handler.shared = &shared;
    return 0;
}

/* --- the conversation --- */

static uint8_t answer[ANSWER_MAX];
static size_t answer_len;

/* Reads what has come. False at the end of the connection. */
static bool drain(int fd)
{
    ssize_t n;

    while ((n = recv(fd, answer + answer_len, sizeof answer - answer_len, MSG_DONTWAIT)) > 0) {
        answer_len += (size_t)n;
        CHECK(answer_len < sizeof answer);
    }
    return n < 0 && errno == EAGAIN;
}

/* Handles the connection until all that has come on its descriptor OWN is read. False if the connection is closed, or will be.
 */
static bool pump(int fd, int own)
{
    struct connection connection;
    int left = 1;

    while (left > 0) {
        if (!drain(fd))
            return false;
        CHECK(poller_next(shared.poller, &connection));
        handler_run(&handler, &connection);
        if (!drain(fd))
            return false;
        CHECK(ioctl(own, FIONREAD, &left) == 0);
    }
    return true;
}

/* Sends the stream in pieces, and reads all answers. */
static void converse(int fd, int own, unsigned most)
{
    struct connection connection = { .fd = own };
    bool open = true;
    uint32_t seed = most;

    handler_run(&handler, &connection);
    for (size_t at = 0; open && at < script.len;) {
        seed = seed * 1664525U + 1013904223U;
        size_t piece = most == 0 ? 32768 : 1 + (seed >> 16) % most, left = script.len - at;
        ssize_t n = send(fd, script.bytes + at, piece < left ? piece : left, MSG_DONTWAIT | MSG_NOSIGNAL);
        CHECK(n > 0);
        at += (size_t)n;
        open = pump(fd, own);
    }
    (void)shutdown(fd, SHUT_WR);
    while (poller_next(shared.poller, &connection)) {
        handler_run(&handler, &connection);
        (void)drain(fd);
    }
    (void)drain(fd);
}

static void run(unsigned most, bool small)
{
    const int size = SMALL_BUFFER;
    int fds[2];

    answer_len = 0;
    shared.poller = poller_new(4);
    CHECK(shared.poller != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    CHECK(!small || setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
    poller_close(shared.poller); /* only those that handler_run() adds */
    converse(fds[0], fds[1], most);
    (void)close(fds[0]);
    poller_free(shared.poller);
    CHECK(bodies == 0);
}

/* --- what came back --- */

/* The answer to a request the body of which was taken. */
static void check_taken(const char *text, size_t len, const struct taken *taken)
{
    char wanted[96];
    int n = snprintf(wanted, sizeof wanted, SCRIPT_TAKEN, taken->len, taken->sum);

    CHECK(len == (size_t)n && memcmp(text, wanted, len) == 0);
}

/* Another answer, from its Status to the end of its body. */
static void check_answer(const char *text, size_t len, const struct asked *what)
{
    const char *end = memmem(text, len, "\r\n\r\n", 4), *told = memmem(text, len, "\r\nContent-Length: ", 18);

    CHECK(len > 11 && memcmp(text, "Status: ", 8) == 0 && memcmp(text + 8, what->status, 3) == 0 && end != NULL && told != NULL);
    size_t length = strtoul(told + 18, NULL, 10), body_len = len - (size_t)(end + 4 - text);
    CHECK(told < end && body_len == (what->body ? length : 0));
    if (what->policy > 0)
        CHECK(length == strlen(policies[what->policy]) && memcmp(end + 4, policies[what->policy], body_len) == 0);
}

/* The records at *AT are the expected answer. */
static void check_records(size_t *at, const struct expected *what)
{
    static char text[ANSWER_MAX];
    size_t used = 0;

    for (bool whole = false; !whole;) {
        const uint8_t *header = answer + *at;
        CHECK(answer_len - *at >= HEADER && header[0] == 1);
        size_t content = fastcgi_content(header);
        CHECK(answer_len - *at >= fastcgi_size(header) && fastcgi_id(header) == what->id);
        if (header[1] == STDOUT) {
            memcpy(text + used, header + HEADER, content);
            used += content;
        }
        whole = header[1] == (what->values ? GET_VALUES_RESULT : END_REQUEST);
        CHECK(whole || header[1] == STDOUT || header[1] == STDERR);
        CHECK(header[1] != END_REQUEST || (content == 8 && memcmp(header + HEADER, (const uint8_t[8]) { 0 }, 8) == 0));
        *at += fastcgi_size(header);
    }
    if (!what->values && what->asked->takes > 0)
        check_taken(text, used, &what->taken);
    else if (!what->values)
        check_answer(text, used, what->asked);
}

/* A stream that is CUT may lack requests at its end. */
static void check_all(bool cut)
{
    size_t at = 0, answers = 0;

    for (; at < answer_len; answers++) {
        CHECK(answers < script.expected_count);
        check_records(&at, &script.expected[answers]);
    }
    CHECK(cut || answers == script.expected_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned pieces[] = { 0, 0, 0, 1, 9, 100, 8192, 20000 };

    script_begin(&script, data, size);
    unsigned most = pieces[script_draw(&script, sizeof pieces / sizeof *pieces)];
    bool small = script_draw(&script, 3) == 1;
    bool cut = script_make(&script);
    if (most > 0 && script.len / most > 20000)
        most = 3000; /* it would take long */
    run(most, small);
    check_all(cut);
    return 0;
}
