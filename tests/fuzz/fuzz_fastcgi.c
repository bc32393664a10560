/*
 * Whole connections. The input is a script (fastcgi_script.h): it makes a stream of several requests, which the program reads in
 * pieces. The answers are compared with a model: each request has one, in order, for the name that it asks for, in whole records
 * of FastCGI 1.0. A record that is not allowed where it is ends the connection, and nothing within a body is a request. Two
 * methods have their bodies taken: these come byte for byte, and each is freed.
 */
#define _GNU_SOURCE /* memfd_create() */

#include "base/log.h"
#include "fastcgi_script.h"
#include "fastcgi_talk.h"
#include "fuzz.h"
#include "ini/lines.h"
#include "serve/answer.h"
#include "serve/exchange.h"
#include "serve/handler.h"
#include "serve/policies.h"
#include "serve/stream.h"

#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8 };

static char policies[4][POLICY_BYTES_MAX];

/* Of the input that runs. */
static struct script script;
static struct talk talk;

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
    static char text[TALK_MAX];
    size_t used = talk_read(&talk, at, what->id, what->values ? GET_VALUES_RESULT : END_REQUEST, text);

    if (!what->values && what->asked->takes > 0)
        check_taken(text, used, &what->taken);
    else if (!what->values)
        check_answer(text, used, what->asked);
}

/* A stream that is CUT may lack requests at its end. */
static void check_all(bool cut)
{
    size_t at = 0, answers = 0;

    for (; at < talk.len; answers++) {
        CHECK(answers < script.expected_count);
        check_records(&at, &script.expected[answers]);
    }
    CHECK(cut || answers == script.expected_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool small;

    script_begin(&script, data, size);
    unsigned most = talk_draw(&script, &small);
    bool cut = script_make(&script);
    talk_run(&talk, &handler, &script, most, small);
    CHECK(bodies == 0);
    check_all(cut);
    return 0;
}
