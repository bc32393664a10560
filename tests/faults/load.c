/*
 * load SOCKET FILE PID CLIENTS DOMAINS ANSWERS: very many answers, compared byte for byte, while the file is replaced.
 *
 * CLIENTS threads ask the FastCGI program PID on SOCKET for DOMAINS domains, with a connection for each request, until there are
 * ANSWERS answers. Meanwhile one version of all policies after the other replaces FILE, by rename. A SIGHUP follows each, and
 * requests until it is served. A right answer is, byte for byte, the domain's policy in a version that was in force at some time
 * during the request: not older than the last version that was served before it, not newer than the last version that was put
 * in place before its answer.
 *
 * Prints "counted ASKED RIGHT REFUSED WRONG LOST SLOWEST VERSIONS SECONDS", the slowest in milliseconds. Exit status 0 if all are
 * right.
 */
#include "../helpers/fastcgi.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SWAP_MS = 40, TIMEOUT_S = 10, ANSWER_MAX = 65536 };

enum kind { RIGHT, REFUSED, WRONG, LOST, KINDS };

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static const char *file;
static unsigned domains;
static long wanted;
static atomic_uint placed, served; /* versions: the last one put in place, or just about to be; the last one that was served */
static atomic_long asked, counts[KINDS], slowest_us;
static atomic_bool done;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fprintf(stderr, ": %s\n", strerror(errno));
    exit(2);
}

static long now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

/* Policies of several sizes, with values from the section, a template and [defaults]. */
static unsigned patterns(unsigned version, unsigned domain)
{
    return 1 + (version + domain) % 4;
}

static void write_version(unsigned version)
{
    const struct timespec old[2] = { { time(NULL) - 3600, 0 }, { time(NULL) - 3600, 0 } };
    char beside[4096];

    (void)snprintf(beside, sizeof beside, "%s.new", file);
    FILE *out = fopen(beside, "w");
    if (out == NULL)
        die("%s", beside);
    (void)fprintf(out, "[defaults]\nmode = %s\n[t]\nmax_age = %u\n", version % 2 ? "enforce" : "testing", 86400 + version);
    for (unsigned domain = 0; domain < domains; domain++) {
        (void)fprintf(out, "[d%u.example]\nuse = t\n", domain);
        for (unsigned i = 0; i < patterns(version, domain); i++)
            (void)fprintf(out, "mx = v%u.m%u.d%u.example\n", version, i, domain);
    }
    if (fclose(out) != 0 || utimensat(AT_FDCWD, beside, old, 0) != 0)
        die("%s", beside);
    atomic_store(&placed, version);
    if (rename(beside, file) != 0)
        die("%s", file);
}

static size_t print_policy(unsigned version, unsigned domain, char *out, size_t size)
{
    int n = snprintf(out, size, "version: STSv1\r\nmode: %s\r\n", version % 2 ? "enforce" : "testing");

    for (unsigned i = 0; i < patterns(version, domain); i++)
        n += snprintf(out + n, size - (size_t)n, "mx: v%u.m%u.d%u.example\r\n", version, i, domain);
    n += snprintf(out + n, size - (size_t)n, "max_age: %u\r\n", 86400 + version);
    return (size_t)n;
}

static size_t put_record(unsigned char *to, unsigned char type, const void *content, size_t len)
{
    fastcgi_header(to, type, 1, len, 0);
    if (len > 0)
        memcpy(to + HEADER, content, len);
    return HEADER + len;
}

static size_t make_request(unsigned domain, unsigned char *to)
{
    static const unsigned char begin[8] = { 0, 1, 0 };
    char variables[256], name[64];
    int name_len = snprintf(name, sizeof name, "mta-sts.d%u.example", domain);
    int len = snprintf(variables, sizeof variables, "%c%cREQUEST_METHODGET%c%cSERVER_NAME%s%c%cHTTP_HOST%s", 14, 3, 11, name_len,
                       name, 9, name_len, name);
    size_t at = put_record(to, BEGIN_REQUEST, begin, sizeof begin);

    at += put_record(to + at, PARAMS, variables, (size_t)len);
    at += put_record(to + at, PARAMS, NULL, 0);
    return at + put_record(to + at, STDIN, NULL, 0);
}

static int connect_to(void)
{
    const struct timeval timeout = { TIMEOUT_S, 0 };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0)
        die("socket");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0)
        die("setsockopt");
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* The program's standard output, to OUT. Returns false if it is not complete. */
static bool take_apart(const unsigned char *bytes, size_t len, char *out, size_t *out_len)
{
    *out_len = 0;
    for (size_t at = 0; len - at >= HEADER;) {
        size_t content = fastcgi_content(bytes + at), next = at + fastcgi_size(bytes + at);
        if (next > len)
            return false;
        if (bytes[at + 1] == END_REQUEST)
            return next == len;
        if (bytes[at + 1] == STDOUT) {
            memcpy(out + *out_len, bytes + at + HEADER, content);
            *out_len += content;
        }
        at = next;
    }
    return false;
}

static bool ask(unsigned domain, char *out, size_t *out_len)
{
    unsigned char bytes[ANSWER_MAX];
    size_t len = make_request(domain, bytes), got = 0;
    int fd = connect_to();
    ssize_t n = -1;

    if (fd < 0)
        return false;
    if (send(fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len)
        while (got < sizeof bytes && (n = recv(fd, bytes + got, sizeof bytes - got, 0)) > 0)
            got += (size_t)n;
    (void)close(fd);
    return n == 0 && take_apart(bytes, got, out, out_len);
}

/* The version of the policy in an answer. 0 if it is not, byte for byte, a policy of DOMAIN. */
static unsigned version_of(const char *out, size_t len, unsigned domain)
{
    char expected[4096], policy[2048];
    const char *mx = strstr(out, "mx: v");
    unsigned version = mx != NULL ? (unsigned)strtoul(mx + 5, NULL, 10) : 0;
    size_t policy_len = print_policy(version, domain, policy, sizeof policy);
    int n = snprintf(
        expected, sizeof expected,
        "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nCache-Control: max-age=60\r\n"
        "X-Content-Type-Options: nosniff\r\n\r\n%s",
        policy_len, policy);

    return (size_t)n == len && memcmp(out, expected, len) == 0 ? version : 0;
}

static enum kind judge(unsigned domain, char *out)
{
    unsigned oldest = atomic_load(&served);
    size_t len;

    long begin = now_us();
    if (!ask(domain, out, &len)) {
        (void)fprintf(stderr, "d%u.example asked for, and no whole answer after %ld ms\n", domain, (now_us() - begin) / 1000);
        return LOST;
    }
    unsigned newest = atomic_load(&placed);
    out[len] = '\0';
    unsigned version = version_of(out, len, domain);
    if (version >= oldest && version <= newest && version > 0)
        return RIGHT;
    if (strncmp(out, "Status: 5", strlen("Status: 5")) == 0)
        return REFUSED;
    (void)fprintf(stderr, "d%u.example asked for, versions %u to %u in force, and answered:\n%s\n", domain, oldest, newest, out);
    return WRONG;
}

static void *client(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    char *out = malloc(ANSWER_MAX + 1);

    if (out == NULL)
        die("malloc");
    while (atomic_fetch_add(&asked, 1) < wanted) {
        seed = seed * 1103515245U + 12345U;
        long begin = now_us();
        enum kind kind = judge((seed >> 8) % domains, out);
        long took = now_us() - begin, slowest = atomic_load(&slowest_us);
        while (took > slowest && !atomic_compare_exchange_weak(&slowest_us, &slowest, took))
            continue;
        atomic_fetch_add(&counts[kind], 1);
    }
    free(out);
    return NULL;
}

/* Puts one version after the other in place, and waits until it is served. */
static void replace(pid_t pid)
{
    const struct timespec pause = { 0, SWAP_MS * 1000000L }, moment = { 0, 1000000L };
    static char out[ANSWER_MAX + 1];

    for (unsigned version = atomic_load(&served) + 1; !atomic_load(&done); version++) {
        write_version(version);
        if (kill(pid, SIGHUP) != 0)
            die("kill");
        for (long begin = now_us(); atomic_load(&served) != version;) {
            size_t len = 0;
            bool good = ask(0, out, &len);
            out[len] = '\0';
            if (good && version_of(out, len, 0) == version)
                atomic_store(&served, version);
            else if (now_us() - begin > TIMEOUT_S * 1000000L)
                die("version %u is not served", version);
            else
                (void)nanosleep(&moment, NULL);
        }
        (void)nanosleep(&pause, NULL);
    }
}

static void *replace_in_thread(void *arg)
{
    replace(*(pid_t *)arg);
    return NULL;
}

int main(int argc, char *argv[])
{
    if (argc < 6 || argc > 7 || strlen(argv[1]) >= sizeof address.sun_path)
        return 2;
    file = argv[2];
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
    pid_t pid = (pid_t)atol(argv[3]);
    unsigned clients = (unsigned)atol(argv[4]);
    domains = (unsigned)atol(argv[5]);
    /* Without ANSWERS: writes the first version, with which the program starts. */
    if (argc == 6) {
        write_version(1);
        return 0;
    }
    wanted = atol(argv[6]);
    atomic_store(&placed, 1);
    atomic_store(&served, 1);
    pthread_t replacer, *threads = calloc(clients, sizeof *threads);
    long begin = now_us();
    if (threads == NULL || pthread_create(&replacer, NULL, replace_in_thread, &pid) != 0)
        die("threads");
    for (uintptr_t i = 0; i < clients; i++)
        if (pthread_create(&threads[i], NULL, client, (void *)(i + 1)) != 0)
            die("threads");
    for (unsigned i = 0; i < clients; i++)
        (void)pthread_join(threads[i], NULL);
    atomic_store(&done, true);
    (void)pthread_join(replacer, NULL);
    free(threads);
    (void)printf("counted %ld %ld %ld %ld %ld %ld %u %.1f\n", wanted, counts[RIGHT], counts[REFUSED], counts[WRONG], counts[LOST],
                 slowest_us / 1000, served, (double)(now_us() - begin) / 1e6);
    return counts[RIGHT] == wanted ? 0 : 1;
}
