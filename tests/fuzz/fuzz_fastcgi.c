/*
 * What comes in over FastCGI, into serve_fastcgi() itself: the first byte of the input says how the rest, a stream of bytes, is
 * cut into writes. Whatever comes back is whole records of FastCGI 1.0 and whole answers, each 200 one of the policies byte for
 * byte; and a front server that asks next is answered.
 */
#define _GNU_SOURCE /* memfd_create() */

#include "fuzz.h"
#include "record.h"
#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { THREADS = 8, GOOD_EVERY = 64, LEAKS_EVERY = 100000, PIECES_MS = 20, PIECES_MOST = 40, PATIENCE_MS = 20000 };
enum { HEADER = 8, RECORDS_MAX = 48, INPUT_MAX = 4096, ANSWER_MAX = 1 << 20 };
enum {
    BEGIN_REQUEST = 1,
    END_REQUEST = 3,
    PARAMS = 4,
    STDIN = 5,
    STDOUT = 6,
    STDERR = 7,
    GET_VALUES = 9,
    GET_VALUES_RESULT = 10
};

static const char policies[] =
    "[example.org]\nmode = enforce\nmx = mail.example.org\n[example.net]\nmode = none\n[broken.example]\nmx = _\n";
static const char *const known[] = { "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n",
                                     "version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n" };

/* Not there where the driver was built without sanitizers. */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static char file[32];
static int listener;
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static socklen_t address_len = sizeof address;
static uint8_t answer[ANSWER_MAX];

static void *serve(void *arg)
{
    (void)arg;
    CHECK(serve_fastcgi(listener, file, THREADS) == 0);
    return NULL;
}

/* A file in memory, of an hour ago, and a socket without a name: nothing is left behind. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const struct timespec times[2] = { { time(NULL) - 3600, 0 }, { time(NULL) - 3600, 0 } };
    int fd = memfd_create("policies.ini", MFD_CLOEXEC);
    sigset_t alarm, before;
    pthread_t thread;

    (void)argc;
    (void)argv;
    CHECK(fd >= 0 && write(fd, policies, sizeof policies - 1) == sizeof policies - 1 && futimens(fd, times) == 0);
    (void)snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address.sun_family) == 0);
    CHECK(listen(listener, 128) == 0 && getsockname(listener, (struct sockaddr *)&address, &address_len) == 0);
    /* libFuzzer's timer is to interrupt no read of the program. */
    (void)sigemptyset(&alarm);
    (void)sigaddset(&alarm, SIGALRM);
    (void)pthread_sigmask(SIG_BLOCK, &alarm, &before);
    CHECK(pthread_create(&thread, NULL, serve, NULL) == 0 && pthread_detach(thread) == 0);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return 0;
}

/* How the gate takes the whole of a stream, its questions of FCGI_GET_VALUES left out. */
static enum record_look look_at(const uint8_t *data, size_t size)
{
    enum record_look look;
    size_t len = 0;

    while ((look = record_look(data, size, &len)) == RECORD_VALUES) {
        data += len;
        size -= len;
    }
    return look;
}

/*
 * Sends DATA in pieces of CUT bytes (0: whole), and reads until the program ends the connection. False where it waits for more,
 * and was not waited for: what was read may be cut off then.
 */
static bool converse(const uint8_t *data, size_t size, size_t cut, size_t *got)
{
    bool part = look_at(data, size) == RECORD_PART, whole = true;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pollfd connection = { fd, POLLIN, 0 };
    unsigned sent = 0;
    ssize_t n = 1;

    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&address, address_len) == 0);
    for (size_t step; size > 0 && n > 0; data += step, size -= step) {
        step = cut > 0 && cut < size && sent++ < PIECES_MOST ? cut : size;
        n = send(fd, data, step, MSG_NOSIGNAL); /* it may have had enough */
        (void)sched_yield();
    }
    (void)shutdown(fd, SHUT_WR);
    for (*got = 0;;) {
        int ready = poll(&connection, 1, part ? 0 : cut > 0 ? PIECES_MS : PATIENCE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0) {
            CHECK(part || cut > 0);
            whole = false;
            (void)shutdown(fd, SHUT_RDWR);
        }
        n = recv(fd, answer + *got, sizeof answer - *got, 0);
        if (n == 0 || (n < 0 && errno == ECONNRESET))
            break;
        CHECK(n > 0 && *got + (size_t)n < sizeof answer);
        *got += (size_t)n;
    }
    (void)close(fd);
    return whole;
}

/* One answer, from its Status to the end of its body, which is empty where HEAD was asked for. */
static void check_answer(const char *text, size_t len)
{
    const char *end = memmem(text, len, "\r\n\r\n", 4), *told = memmem(text, len, "\r\nContent-Length: ", 18);

    CHECK(len > 8 && memcmp(text, "Status: ", 8) == 0 && end != NULL && told != NULL && told < end);
    const char *body = end + 4;
    size_t length = strtoul(told + 18, NULL, 10), body_len = len - (size_t)(body - text);
    CHECK(body_len == 0 || body_len == length);
    if (memcmp(text + 8, "200 ", 4) == 0)
        CHECK(length == strlen(known[0]) || length == strlen(known[1]));
    if (memcmp(text + 8, "200 ", 4) == 0 && body_len > 0)
        CHECK(memcmp(body, known[0], length) == 0 || memcmp(body, known[1], length) == 0);
}

/* The records that came back: how many answers they make. */
static size_t check_records(size_t len, bool whole)
{
    static char text[ANSWER_MAX];
    size_t used = 0, answers = 0;

    for (size_t at = 0; at < len;) {
        const uint8_t *header = answer + at;
        if (!whole && len - at < HEADER)
            break;
        CHECK(len - at >= HEADER && header[0] == 1);
        size_t content = (size_t)header[4] << 8 | header[5];
        if (!whole && len - at < HEADER + content + header[6])
            break;
        CHECK(len - at >= HEADER + content + header[6]);
        if (header[1] == STDOUT) {
            memcpy(text + used, header + HEADER, content);
            used += content;
        } else if (header[1] == END_REQUEST) {
            CHECK(content == 8 && memcmp(header + HEADER, (const uint8_t[8]) { 0 }, 8) == 0);
            check_answer(text, used);
            used = 0;
            answers++;
        } else {
            CHECK(header[1] == STDERR || header[1] == GET_VALUES_RESULT);
        }
        at += HEADER + content + header[6];
    }
    CHECK(used == 0 || !whole);
    return answers;
}

static void check_good(void)
{
    static const uint8_t good[] = "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\4\0\1\0\40\0\0\13\23SERVER_NAMEmta-sts.example.org"
                                  "\1\4\0\1\0\0\0\0\1\5\0\1\0\0\0\0";
    size_t got;

    CHECK(converse(good, sizeof good - 1, 0, &got) && check_records(got, true) == 1);
    CHECK(memmem(answer, got, known[0], strlen(known[0])) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned long inputs;
    size_t got;

    if (size == 0)
        return 0;
    size_t cut = data[0];
    enum record_look look = look_at(data + 1, size - 1);
    bool whole = converse(data + 1, size - 1, cut, &got);
    size_t answers = check_records(got, whole);
    /* What the gate lets through is answered, and nothing else. */
    if (cut == 0 && look != RECORD_PART)
        CHECK((answers > 0) == (look == RECORD_READY || look == RECORD_WHOLE));
    if (++inputs % GOOD_EVERY == 0)
        check_good();
    if (inputs % LEAKS_EVERY == 0)
        CHECK(__lsan_do_recoverable_leak_check == NULL || __lsan_do_recoverable_leak_check() == 0);
    return 0;
}

/* --- mutations: the stream as records --- */

struct piece {
    const uint8_t *bytes;
    size_t len;
};

static struct piece pieces[RECORDS_MAX + 1];
static size_t count;
static uint8_t old[INPUT_MAX], fresh[8 * INPUT_MAX];
static size_t fresh_used;
static unsigned seed;

static unsigned draw(unsigned below)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 16) % below;
}

static void add_bytes(const void *bytes, size_t len)
{
    if (len > sizeof fresh - fresh_used)
        len = sizeof fresh - fresh_used;
    memcpy(fresh + fresh_used, bytes, len);
    fresh_used += len;
}

/* A length as one byte or as four, at times a wrong one. */
static void add_length(size_t len)
{
    static const uint32_t wrong[] = { 0, 1, 127, 128, 255, 65535, 163840, 163841, 0x7fffffff };
    uint32_t told = draw(24) == 0 ? wrong[draw(sizeof wrong / sizeof *wrong)] : (uint32_t)len;

    if (told < 128 && draw(8) > 0)
        add_bytes((const uint8_t[]) { (uint8_t)told }, 1);
    else
        add_bytes((const uint8_t[]) { (uint8_t)(0x80 | told >> 24), (uint8_t)(told >> 16), (uint8_t)(told >> 8), (uint8_t)told },
                  4);
}

static void add_pairs(bool values)
{
    static const char *const names[] = { "REQUEST_METHOD", "SERVER_NAME",   "HTTP_HOST",      "CONTENT_LENGTH", "", "X",
                                         "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS" };
    static const char *const texts[] = { "GET",
                                         "HEAD",
                                         "POST",
                                         "mta-sts.example.org",
                                         "MTA-STS.example.net.:443",
                                         "_",
                                         "",
                                         "mta-sts.broken.example",
                                         "mta-sts.other.example",
                                         "17",
                                         "a\0b\r\nc" };

    for (unsigned n = draw(values ? 24 : 5); n > 0; n--) {
        const char *name = names[values ? 6 + draw(3) : draw(9)], *text = values ? "" : texts[draw(sizeof texts / sizeof *texts)];
        add_length(strlen(name));
        add_length(strlen(text));
        add_bytes(name, strlen(name));
        add_bytes(text, strlen(text));
    }
}

/* A record of that type, with what belongs into one; EMPTY ends a stream. */
static struct piece make_record(unsigned type, bool empty)
{
    size_t begin = fresh_used;

    add_bytes((const uint8_t[HEADER]) { 1, (uint8_t)type, 0, type != GET_VALUES }, HEADER);
    if (type == BEGIN_REQUEST)
        add_bytes((const uint8_t[8]) { 0, draw(16) > 0 ? 1 : (uint8_t)draw(4), (uint8_t)draw(2) }, 8);
    else if (!empty && (type == PARAMS || type == GET_VALUES))
        add_pairs(type == GET_VALUES);
    else if (!empty && type == STDIN)
        add_bytes("a body", draw(7));
    size_t content = fresh_used - begin - HEADER, padding = draw(4) == 0 ? draw(8) : 0;
    add_bytes((const uint8_t[8]) { 0 }, padding);
    if (fresh_used < begin + HEADER + content + padding)
        return (struct piece) { fresh + begin, 0 };
    fresh[begin + 4] = (uint8_t)(content >> 8);
    fresh[begin + 5] = (uint8_t)content;
    fresh[begin + 6] = (uint8_t)padding;
    return (struct piece) { fresh + begin, fresh_used - begin };
}

static void insert(size_t at, struct piece piece)
{
    if (count == RECORDS_MAX)
        return;
    memmove(pieces + at + 1, pieces + at, (count - at) * sizeof *pieces);
    pieces[at] = piece;
    count++;
}

static uint8_t *copy(struct piece *piece)
{
    size_t begin = fresh_used;

    add_bytes(piece->bytes, piece->len);
    *piece = (struct piece) { fresh + begin, fresh_used - begin };
    return fresh + begin;
}

/* One record becomes two, cut within its content. */
static void split(size_t at)
{
    struct piece first = pieces[at];

    if (first.len <= HEADER + 1 || fresh_used + 2 * first.len > sizeof fresh)
        return;
    size_t content = first.len - HEADER, cut = 1 + draw((unsigned)content - 1);
    struct piece second = { fresh + fresh_used, HEADER + content - cut };
    add_bytes(first.bytes, HEADER);
    add_bytes(first.bytes + HEADER + cut, content - cut);
    uint8_t *header = copy(&first);
    first.len = HEADER + cut;
    for (uint8_t *p = header; p != NULL; p = p == header ? (uint8_t *)(size_t)second.bytes : NULL) {
        size_t len = p == header ? cut : content - cut;
        p[4] = (uint8_t)(len >> 8);
        p[5] = (uint8_t)len;
        p[6] = 0;
    }
    pieces[at] = first;
    insert(at + 1, second);
}

static void insert_request(size_t at)
{
    static const struct {
        unsigned type;
        bool empty;
    } records[] = { { BEGIN_REQUEST, false }, { PARAMS, false }, { PARAMS, true }, { STDIN, true } };

    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        insert(at + i <= count ? at + i : count, make_record(records[i].type, records[i].empty));
}

static void mutate(size_t at)
{
    static const uint8_t types[] = { 0, 1, 2, 3, 4, 4, 4, 5, 5, 6, 8, 9, 9, 10, 11, 255 };
    struct piece *piece = &pieces[at];

    switch (draw(8)) {
    case 0:
        memmove(piece, piece + 1, (--count - at) * sizeof *piece);
        break;
    case 1:
        insert(draw((unsigned)count + 1), *piece);
        break;
    case 2:
        if (piece->len >= HEADER)
            copy(piece)[draw(7)] = types[draw(sizeof types)];
        break;
    case 3:
        insert(at, make_record(types[draw(sizeof types)], draw(3) == 0));
        break;
    case 4:
        split(at);
        break;
    case 5:
        if (piece->len > HEADER)
            (void)LLVMFuzzerMutate(copy(piece) + HEADER, piece->len - HEADER, piece->len - HEADER);
        break;
    case 6:
        piece->len -= draw((unsigned)piece->len + 1) / 4;
        break;
    default:
        insert_request(at);
    }
}

static void cut_up(const uint8_t *bytes, size_t size)
{
    for (count = 0; size > 0 && count < RECORDS_MAX;) {
        size_t len = size < HEADER ? size : HEADER + ((size_t)bytes[4] << 8 | bytes[5]) + bytes[6];
        if (len > size || count == RECORDS_MAX - 1)
            len = size;
        pieces[count++] = (struct piece) { bytes, len };
        bytes += len;
        size -= len;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int first_seed)
{
    static const uint8_t cuts[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 9, 24, 100 };
    size_t used = 1;

    seed = first_seed;
    if (draw(5) == 0 || size == 0 || size > sizeof old)
        return LLVMFuzzerMutate(data, size, max_size);
    memcpy(old, data, size);
    fresh_used = 0;
    cut_up(old + 1, size - 1);
    for (unsigned n = 1 + draw(3); n > 0; n--) {
        if (count > 0)
            mutate(draw((unsigned)count));
        else
            insert_request(0);
    }
    if (draw(2) == 0) /* pieces take their time */
        data[0] = cuts[draw(sizeof cuts)];
    for (size_t i = 0; i < count && used < max_size; i++) {
        size_t len = pieces[i].len < max_size - used ? pieces[i].len : max_size - used;
        memcpy(data + used, pieces[i].bytes, len);
        used += len;
    }
    return used;
}
