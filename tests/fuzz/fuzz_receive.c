/*
 * The receiver of reports. The input is a script (fastcgi_script.h): it makes a stream of several requests with bodies of all
 * sizes, cut and sent in pieces, whose variables may lie. A model says how each is answered. A file is there for each 201, and
 * for nothing else, byte for byte.
 */
#define _GNU_SOURCE /* memfd_create() */
#include "base/file.h"
#include "config/store.h"
#include "fastcgi_script.h"
#include "fastcgi_talk.h"
#include "fuzz.h"
#include "ini/lines.h"
#include "reports/receive/fastcgi.h"
#include "reports/receive/intake.h"
#include "reports/take/sink.h"
#include "serve/exchange.h"
#include "serve/handler.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS = 4, BODY_MAX = 200032, DAY_BYTES = 400000, DAY_REPORTS = 3, NAMES_MAX = 16, DOMAINS = 2 };

/* What a request may have: the answer that this alone causes, 201 where it is as it should be; and which domain or type it is. */
struct choice {
    const char *text;
    unsigned status, which;
};

/* A domain that policies.ini does not name. */
enum { OTHER = DOMAINS };

static const struct choice methods[] = {
    { "POST", 201, 0 }, { "POST", 201, 0 }, { "POST", 201, 0 }, { "PUT", 405, 0 }, { "HEAD", 405, 0 },
};
static const struct choice paths[] = {
    { "/example.org", 201, 0 },
    { "/x/EXAMPLE.net/", 201, 1 },
    { "/example.org?/example.net", 201, 0 },
    { "/other.example", 201, OTHER },
    { "/", 404, 0 },
    { "/../example.org/..", 404, 0 },
};
static const struct choice types[] = {
    { "application/tlsrpt+json", 201, 0 },
    { "application/tlsrpt+gzip; x=y", 201, 1 },
    { "text/plain", 415, 0 },
};
static const char *const names[DOMAINS] = { "example.org", "example.net" };

static struct receiver receiver = { .spool = { .reports = DAY_REPORTS, .bytes = DAY_BYTES, .days = 9 } };
static struct handler_shared shared = { .calls = &receive_calls, .to = &receiver, .threads = 1 };
static struct handler handler = { .shared = &shared };
static struct script script;
static struct talk talk;

static struct request {
    unsigned id, status, domain;
    bool gzip;
    size_t len;
    uint8_t body[BODY_MAX];
} requests[REQUESTS];
static size_t count;

/* Of each domain, what the model has taken. */
static struct day {
    size_t reports, bytes;
} days[DOMAINS];

static void say_nothing(const char *line)
{
    (void)line;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char text[] = "[example.org example.net]\nmx = mail.example.org\n";
    const struct timespec times[2] = { { time(NULL) - 3600, 0 }, { time(NULL) - 3600, 0 } };
    char file[32];
    int fd = memfd_create("policies.ini", MFD_CLOEXEC);

    (void)argc;
    (void)argv;
    CHECK(fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1 && futimens(fd, times) == 0);
    (void)snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    ini_init();
    shared.store = store_open(file, NULL, say_nothing);
    CHECK(shared.store != NULL && exchange_init());
    return 0;
}

/* --- the requests --- */

/* Writes the Content-Length, true or not. Returns what it declares; -1 where it is no number, or not there. */
static long long draw_length(size_t len, char text[32])
{
    static const long long lies[] = { 0, 1, DAY_BYTES, DAY_BYTES + 1, (4 << 20), (4 << 20) + 1, 99999999999999 };
    unsigned how = script_draw(&script, 16);
    long long told = (long long)len;

    if (how >= 12) {
        (void)snprintf(text, 32, "%s", how == 12 ? "-1" : how == 13 ? "5 " : "");
        return -1;
    }
    if (how >= 10)
        told = lies[script_draw(&script, sizeof lies / sizeof *lies)];
    else if (how >= 8)
        told += how == 8 ? 1 : -1;
    (void)snprintf(text, 32, "%lld", told);
    return told;
}

/* How a report is answered of which TOLD bytes were declared, and which ENDS or not; 0 where it is not answered. */
static unsigned judge(const struct request *request, long long told, bool ends)
{
    if (told == 0)
        return 400;
    if (told > (long long)TAKE_BYTES_MAX)
        return 413;
    if (request->domain == OTHER)
        return 404;
    const struct day *day = &days[request->domain];
    const size_t room = told >= 0 ? (size_t)told : DAY_BYTES;
    if (day->reports >= DAY_REPORTS || room > DAY_BYTES - day->bytes)
        return 503;
    if (request->len > room)
        return told >= 0 ? 400 : 413;
    if (!ends)
        return 0;
    return request->len == 0 || (told >= 0 && request->len != room) ? 400 : 201;
}

/* The first of these that is not as it should be decides. */
static unsigned first_wrong(const struct choice *method, const struct choice *path, const struct choice *type)
{
    if (method->status != 201)
        return method->status;
    return path->status != 201 ? path->status : type->status;
}

static void draw_body(struct request *request)
{
    request->len = script_draw(&script, 2) == 1 ? script_draw_size(&script, BODY_MAX) : script_draw(&script, 200);
    for (size_t i = 0; i < request->len; i++)
        request->body[i] = (uint8_t)(i * (count + 7) >> 3);
}

/* The records of REQUEST up to its body. Returns whether the connection is kept. */
static bool add_head(const struct request *request, const struct choice *method, const struct choice *path,
                     const struct choice *type, const char *length)
{
    static uint8_t variables[512];
    bool keep = script_draw(&script, 8) < 7;
    size_t len = script_put_pair(variables, "REQUEST_METHOD", method->text, strlen(method->text));

    len += script_put_pair(variables + len, "REQUEST_URI", path->text, strlen(path->text));
    len += script_put_pair(variables + len, "CONTENT_TYPE", type->text, strlen(type->text));
    if (length[0] != '\0')
        len += script_put_pair(variables + len, "CONTENT_LENGTH", length, strlen(length));
    script_add_record(&script, BEGIN_REQUEST, request->id, (const uint8_t[8]) { 0, 1, keep }, 8, 0);
    (void)script_add_stream(&script, PARAMS, request->id, variables, len);
    script_add_record(&script, PARAMS, request->id, "", 0, 0);
    return keep;
}

/* Returns false where nothing that comes after it is answered. */
static bool add_request(void)
{
    struct request *request = &requests[count];
    const struct choice *method = &methods[script_draw(&script, sizeof methods / sizeof *methods)],
                        *path = &paths[script_draw(&script, sizeof paths / sizeof *paths)],
                        *type = &types[script_draw(&script, sizeof types / sizeof *types)];
    unsigned how = script_draw(&script, 16);
    bool ends = how < 13;
    char length[32];

    *request = (struct request) { .id = 1 + script_draw(&script, 3) * 300, .domain = path->which, .gzip = type->which == 1 };
    draw_body(request);
    long long told = draw_length(request->len, length);
    bool keep = add_head(request, method, path, type, length);
    (void)script_add_stream(&script, STDIN, request->id, request->body, request->len);
    if (ends)
        script_add_record(&script, STDIN, request->id, "", 0, 0);
    else if (how == 13)
        script_add_record(&script, ABORT_REQUEST, request->id, "", 0, 0);
    request->status = first_wrong(method, path, type);
    if (request->status == 201)
        request->status = judge(request, told, ends);
    if (request->status == 0)
        return false;
    if (request->status == 201) {
        days[request->domain].reports++;
        days[request->domain].bytes += request->len;
    }
    count++;
    return keep && ends;
}

/* --- the files --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Reads the names in the folder FD, sorted, which is the order in which they came. */
static size_t list(int fd, char found[NAMES_MAX][NAME_MAX + 1])
{
    DIR *folder = fdopendir(dup(fd));
    const struct dirent *entry;
    size_t n = 0;

    CHECK(folder != NULL);
    rewinddir(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        CHECK(n < NAMES_MAX);
        (void)snprintf(found[n++], NAME_MAX + 1, "%s", entry->d_name);
    }
    (void)closedir(folder);
    qsort(found, n, sizeof *found, by_name);
    return n;
}

/* The file NAME of the folder FD is the report of REQUEST. Removes it. */
static void check_file(int fd, const char *name, const struct request *request)
{
    static uint8_t content[BODY_MAX + 1];
    int file = openat(fd, name, O_RDONLY | O_CLOEXEC);

    CHECK(file >= 0 && read(file, content, sizeof content) == (ssize_t)request->len);
    CHECK(memcmp(content, request->body, request->len) == 0);
    CHECK(name[0] != '.' && (strstr(name, ".json.gz") != NULL) == request->gzip);
    (void)close(file);
    CHECK(unlinkat(fd, name, 0) == 0);
}

/* Of the first ANSWERS requests, those about DOMAIN that were taken are there, and nothing else. */
static void check_domain(unsigned domain, size_t answers)
{
    static char day[NAMES_MAX][NAME_MAX + 1], files[NAMES_MAX][NAME_MAX + 1];
    size_t at = 0, next = 0;
    int of = openat(receiver.spool.folder, names[domain], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (size_t d = 0, n = of >= 0 ? list(of, day) : 0; d < n; d++) {
        int fd = openat(of, day[d], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        CHECK(fd >= 0);
        size_t there = list(fd, files);
        for (at = 0; at < there; at++, next++) {
            while (next < answers && (requests[next].status != 201 || requests[next].domain != domain))
                next++;
            CHECK(next < answers);
            check_file(fd, files[at], &requests[next]);
        }
        (void)close(fd);
        CHECK(unlinkat(of, day[d], AT_REMOVEDIR) == 0);
    }
    for (; next < answers; next++)
        CHECK(requests[next].status != 201 || requests[next].domain != domain);
    if (of < 0)
        return;
    (void)close(of);
    CHECK(unlinkat(receiver.spool.folder, names[domain], AT_REMOVEDIR) == 0);
}

/* Sends the stream, and compares the answers with the model. Returns how many came. */
static size_t check_answers(unsigned most, bool small)
{
    static char text[TALK_MAX];
    size_t at = 0, answers = 0;

    talk_run(&talk, &handler, &script, most, small);
    for (; at < talk.len; answers++) {
        CHECK(answers < count);
        size_t len = talk_read(&talk, &at, requests[answers].id, END_REQUEST, text);
        CHECK(len > 11 && memcmp(text, "Status: ", 8) == 0 && strtoul(text + 8, NULL, 10) == requests[answers].status);
    }
    CHECK(answers == count);
    return answers;
}

/* The folder is in memory, if there is such a place, and is gone after each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char shm[] = "/dev/shm/fuzz-XXXXXX", tmp[] = "/tmp/fuzz-XXXXXX";
    const char *folder = mkdtemp(shm) != NULL ? shm : mkdtemp(tmp);
    bool small;

    CHECK(folder != NULL);
    receiver.spool.folder = spool_open(folder);
    CHECK(receiver.spool.folder >= 0);
    script_begin(&script, data, size);
    memset(days, 0, sizeof days);
    count = 0;
    unsigned most = talk_draw(&script, &small), wanted = 1 + script_draw(&script, REQUESTS);
    while (count < wanted && add_request())
        continue;
    size_t answers = check_answers(most, small);
    for (unsigned domain = 0; domain < DOMAINS; domain++)
        check_domain(domain, answers);
    (void)close(receiver.spool.folder);
    CHECK(rmdir(folder) == 0);
    return 0;
}
