/*
 * Whole connections. The input is a script: several requests in sequence, each for one of a few names, with a body of up to 200
 * kB that may hold FastCGI records, an end, an abort or neither; the stream comes in pieces. What is answered is compared with a
 * model: each request once, in order, by the name that it asked for, in whole records of FastCGI 1.0; a record that does not
 * belong there ends the connection, and nothing within a body is a request.
 */
#define _GNU_SOURCE /* memfd_create() */

#include "base/log.h"
#include "fuzz.h"
#include "ini/lines.h"
#include "serve/exchange.h"
#include "serve/handler.h"
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

enum { HEADER = 8, STREAM_MAX = 1 << 20, ANSWER_MAX = 1 << 21, EXPECTED_MAX = 64, THREADS = 8, SMALL_BUFFER = 4608 };
enum {
    BEGIN_REQUEST = 1,
    ABORT_REQUEST = 2,
    END_REQUEST = 3,
    PARAMS = 4,
    STDIN = 5,
    STDOUT = 6,
    STDERR = 7,
    DATA = 8,
    GET_VALUES = 9,
    GET_VALUES_RESULT = 10
};

/* What may be asked for, and what the answer is. */
static const struct asked {
    const char *host, *method, *status;
    unsigned policy;
    bool body;
} asked[] = {
    { "mta-sts.example.org", "GET", "200", 1, true },
    { "MTA-STS.example.net.:443", "GET", "200", 2, true },
    { "mta-sts.large.example", "GET", "200", 3, true },
    { "mta-sts.example.org", "HEAD", "200", 1, false },
    { "mta-sts.broken.example", "GET", "500", 0, true },
    { "mta-sts.other.example", "GET", "404", 0, true },
    { "_", "GET", "404", 0, true },
    { "mta-sts.example.net", "POST", "405", 0, true },
};
enum { ASKED = sizeof asked / sizeof *asked };

static char policies[4][POLICY_BYTES_MAX];

/* What a body may ask for, and nobody else does. */
static const char evil_host[] = "mta-sts.evil.example";

static struct handler_shared shared;
static struct handler handler;

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

/* The policies are a file in memory, of an hour ago. */
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

/* --- the script --- */

static const uint8_t *script, *script_end;

/* The next byte of it, below BELOW; 0 where it has ended. */
static unsigned draw(unsigned below)
{
    return script < script_end ? *script++ % below : 0;
}

static size_t draw_large(void)
{
    unsigned high = draw(256);

    return high * 256 + draw(256);
}

/* Sizes around those of buffers and of records. */
static size_t draw_size(size_t most)
{
    static const size_t around[] = { 0, 8192, 16384, 32768, 65535, 65536, 131072, STREAM_REQUEST_MAX, 200000 };
    size_t base = around[draw(sizeof around / sizeof *around)], more = draw(64), size = base + more > 32 ? base + more - 32 : 0;

    if (draw(4) == 0)
        size = draw_large();
    return size < most ? size : most;
}

/* --- the stream, and what it is to be answered with --- */

static uint8_t stream[STREAM_MAX];
static size_t stream_len;

static struct expected {
    bool values; /* FCGI_GET_VALUES */
    unsigned id;
    const struct asked *asked;
} expected[EXPECTED_MAX];
static size_t expected_count;
static bool ended; /* nothing is answered any more */

static void add_bytes(const void *bytes, size_t len)
{
    CHECK(len <= sizeof stream - stream_len);
    memcpy(stream + stream_len, bytes, len);
    stream_len += len;
}

static void add_record(unsigned type, unsigned id, const void *content, size_t len, unsigned padding)
{
    static const uint8_t zeros[256];

    add_bytes((const uint8_t[HEADER]) { 1, (uint8_t)type, (uint8_t)(id >> 8), (uint8_t)id, (uint8_t)(len >> 8), (uint8_t)len,
                                        (uint8_t)padding },
              HEADER);
    add_bytes(content, len);
    add_bytes(zeros, padding);
}

static void expect(bool values, unsigned id, const struct asked *what)
{
    if (!ended && expected_count < EXPECTED_MAX)
        expected[expected_count++] = (struct expected) { values, id, what };
}

static size_t put_pair(uint8_t *to, const char *name, const char *value, size_t value_len)
{
    size_t n = strlen(name), at = 0;

    to[at++] = (uint8_t)n;
    memcpy(to + at,
           (const uint8_t[]) { (uint8_t)(0x80 | value_len >> 24), (uint8_t)(value_len >> 16), (uint8_t)(value_len >> 8),
                               (uint8_t)value_len },
           4);
    at += 4;
    memcpy(to + at, name, n);
    memcpy(to + at + n, value, value_len);
    return at + n + value_len;
}

/* The variables for HOST; as long as the script wants the request to be. */
static size_t put_variables(uint8_t *to, const char *host, const char *method)
{
    static char filling[STREAM_REQUEST_MAX + 64];
    size_t len = put_pair(to, "SERVER_NAME", host, strlen(host));

    if (filling[0] == '\0')
        memset(filling, 'x', sizeof filling);
    len += put_pair(to + len, "REQUEST_METHOD", method, strlen(method));
    if (draw(2) == 1)
        len += put_pair(to + len, "X", filling, draw_size(sizeof filling));
    return len;
}

/* The stream of TYPE, in records as the script wants them. Returns how many bytes they take. */
static size_t add_stream(unsigned type, unsigned id, const uint8_t *bytes, size_t len)
{
    size_t before = stream_len, each = draw(2) == 1 ? 1 + draw_large() : 65535;

    if (each < 64 && len > 4096)
        each = 8192;
    each = each < 65535 ? each : 65535;
    for (size_t at = 0, step; at < len; at += step) {
        step = len - at < each ? len - at : each;
        add_record(type, id, bytes + at, step, draw(4) == 1 ? draw(256) : 0);
    }
    return stream_len - before;
}

/* A body: filled with requests for the evil name, at some offset. */
static size_t put_body(uint8_t *to, size_t len)
{
    uint8_t evil[128] = { 1, BEGIN_REQUEST, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, PARAMS, 0, 1 };
    size_t pair = put_pair(evil + 24, "SERVER_NAME", evil_host, strlen(evil_host)), size = 24 + pair + 16;

    evil[21] = (uint8_t)pair;
    memcpy(evil + 24 + pair, (const uint8_t[16]) { 1, PARAMS, 0, 1, 0, 0, 0, 0, 1, STDIN, 0, 1 }, 16);
    memset(to, 0, len);
    for (size_t at = draw(3) == 0 ? draw_size(len) : draw((unsigned)size); at < len; at += size)
        memcpy(to + at, evil, size < len - at ? size : len - at);
    return len;
}

/* Records that may not come within a body. */
static void add_wrong(unsigned id)
{
    static const unsigned types[] = { DATA, PARAMS, END_REQUEST, STDOUT, 0, 11, GET_VALUES, STDIN };

    unsigned type = types[draw(sizeof types / sizeof *types)];
    add_record(type, type == STDIN ? id + 1 : type == GET_VALUES ? 0 : id, "", 0, 0);
    ended = true;
}

/* The body of the request, and how it ends. */
static void add_body(unsigned id)
{
    static uint8_t body[200032];
    unsigned how = draw(16);

    (void)add_stream(STDIN, id, body, put_body(body, draw(2) == 1 ? draw_size(200000) : draw(200)));
    if (how < 11)
        add_record(STDIN, id, "", 0, draw(2) == 1 ? draw(256) : 0);
    else if (how < 13)
        add_record(ABORT_REQUEST, id, "", 0, 0);
    else if (how < 14)
        add_wrong(id);
    if (how == 0)
        add_record(ABORT_REQUEST, id, "", 0, 0); /* it crossed with the answer */
    if (how == 1) {
        add_record(GET_VALUES, 0, "\x0f\0FCGI_MPXS_CONNS", 17, draw(16));
        expect(true, 0, NULL);
    }
}

static void add_request(void)
{
    static uint8_t variables[STREAM_REQUEST_MAX + 4096];
    const struct asked *what = &asked[draw(ASKED)];
    unsigned id = 1 + draw(3) * 300;
    bool keep = draw(8) < 7;

    add_record(BEGIN_REQUEST, id, (const uint8_t[8]) { 0, 1, keep }, 8, 0);
    size_t len = 16 + add_stream(PARAMS, id, variables, put_variables(variables, what->host, what->method));
    unsigned padding = draw(8) == 1 ? draw(256) : 0;
    add_record(PARAMS, id, "", 0, padding);
    ended = ended || len + HEADER + padding > STREAM_REQUEST_MAX;
    expect(false, id, what);
    ended = ended || !keep;
    add_body(id);
}

/* True where it is cut off at last. */
static bool make_stream(void)
{
    stream_len = expected_count = 0;
    ended = false;
    if (draw(8) == 1) {
        add_record(GET_VALUES, 0, "\x0e\0FCGI_MAX_CONNS", 16, 0);
        expect(true, 0, NULL);
    }
    for (unsigned n = 1 + draw(6); n > 0 && stream_len < STREAM_MAX / 2; n--)
        add_request();
    size_t cut = draw(4) == 1 ? draw(256) : 0;
    stream_len -= cut < stream_len ? cut : 0;
    return cut > 0;
}

/* --- the conversation --- */

static uint8_t answer[ANSWER_MAX];
static size_t answer_len;

/* Reads what there is. False at its end. */
static bool drain(int fd)
{
    ssize_t n;

    while ((n = recv(fd, answer + answer_len, sizeof answer - answer_len, MSG_DONTWAIT)) > 0) {
        answer_len += (size_t)n;
        CHECK(answer_len < sizeof answer);
    }
    return n < 0 && errno == EAGAIN;
}

/* The connection is handled until all that has come on its descriptor OWN was read. False where it was closed, or is to be. */
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

/* Sends the stream in pieces, and reads all that is answered. */
static void converse(int fd, int own, unsigned most)
{
    struct connection connection = { .fd = own };
    bool open = true;
    uint32_t seed = most;

    handler_run(&handler, &connection);
    for (size_t at = 0; open && at < stream_len;) {
        seed = seed * 1664525U + 1013904223U;
        size_t piece = most == 0 ? 32768 : 1 + (seed >> 16) % most, left = stream_len - at;
        ssize_t n = send(fd, stream + at, piece < left ? piece : left, MSG_DONTWAIT | MSG_NOSIGNAL);
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
}

/* --- what came back --- */

/* One answer, from its Status to the end of its body. */
static void check_answer(const char *text, size_t len, const struct asked *what)
{
    const char *end = memmem(text, len, "\r\n\r\n", 4), *told = memmem(text, len, "\r\nContent-Length: ", 18);

    CHECK(len > 11 && memcmp(text, "Status: ", 8) == 0 && memcmp(text + 8, what->status, 3) == 0 && end != NULL && told != NULL);
    size_t length = strtoul(told + 18, NULL, 10), body_len = len - (size_t)(end + 4 - text);
    CHECK(told < end && body_len == (what->body ? length : 0));
    if (what->policy > 0)
        CHECK(length == strlen(policies[what->policy]) && memcmp(end + 4, policies[what->policy], body_len) == 0);
}

/* The records at *AT that answer what was EXPECTED. */
static void check_records(size_t *at, const struct expected *what)
{
    static char text[ANSWER_MAX];
    size_t used = 0;

    for (bool whole = false; !whole;) {
        const uint8_t *header = answer + *at;
        CHECK(answer_len - *at >= HEADER && header[0] == 1);
        size_t content = (size_t)header[4] << 8 | header[5];
        CHECK(answer_len - *at >= HEADER + content + header[6] && (header[2] << 8 | header[3]) == (int)what->id);
        if (header[1] == STDOUT) {
            memcpy(text + used, header + HEADER, content);
            used += content;
        }
        whole = header[1] == (what->values ? GET_VALUES_RESULT : END_REQUEST);
        CHECK(whole || header[1] == STDOUT || header[1] == STDERR);
        CHECK(header[1] != END_REQUEST || (content == 8 && memcmp(header + HEADER, (const uint8_t[8]) { 0 }, 8) == 0));
        *at += HEADER + content + header[6];
    }
    if (!what->values)
        check_answer(text, used, what->asked);
}

/* A stream that is CUT off may have lost requests at its end. */
static void check_all(bool cut)
{
    size_t at = 0, answers = 0;

    for (; at < answer_len; answers++) {
        CHECK(answers < expected_count);
        check_records(&at, &expected[answers]);
    }
    CHECK(cut || answers == expected_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned pieces[] = { 0, 0, 0, 1, 9, 100, 8192, 20000 };

    script = data;
    script_end = data + size;
    unsigned most = pieces[draw(sizeof pieces / sizeof *pieces)];
    bool small = draw(3) == 1;
    bool cut = make_stream();
    if (most > 0 && stream_len / most > 20000)
        most = 3000; /* it would take long */
    run(most, small);
    check_all(cut);
    return 0;
}
