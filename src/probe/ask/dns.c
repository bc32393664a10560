/* Newer versions of c-ares mark the functions that send a query of the caller's own as deprecated; they work. */
#define CARES_NO_DEPRECATED
#include "probe/ask/dns.h"

#include "base/clock.h"
#include "policy/domain.h"
#include "probe/ask/dns_answer.h"

/* Before ares.h, which uses fd_set without including it. */
#include <sys/select.h>

#include <ares.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

enum {
    CLASS_IN = 1,
    LOOK_US = 200000,     /* how often STOP is read while waiting */
    UDP_SIZE = 1232,      /* fits into one packet on every path (DNS flag day 2020) */
    FLAGS_LOW_AT = 3,     /* of the message's header */
    FLAG_AUTHENTIC = 0x20 /* in a query: asks for the same flag in the answer (RFC 6840 5.7) */
};

/*
 * Two channels of the library. RETRYING asks the next server where one fails, but does not report how it failed. REPORTING
 * reports that; it is used where RETRYING got no answer.
 */
enum { RETRYING, REPORTING, CHANNELS };

enum { HOSTS_AT_ONCE = 8, OF_HOST = 3 };

struct probe_dns {
    ares_channel channel[CHANNELS];
    int random;
    const atomic_bool *stop;
    int64_t limit; /* by clock_ms(); 0: none */
};

struct question {
    const char *name;
    enum probe_dns_type type;
    bool done;
    int status;
    struct probe_dns_answer *answer;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_library(void)
{
    (void)ares_library_init(ARES_LIB_INIT_ALL);
}

void probe_dns_library(struct buf *out)
{
    buf_print(out, "c-ares %s", ares_version(NULL));
}

static bool open_channel(ares_channel *channel, const struct probe_dns_options *options, int flags)
{
    struct ares_options wanted = {
        .flags = flags | ARES_FLAG_EDNS,
        .timeout = (int)options->timeout_ms,
        .tries = (int)options->tries,
        .ednspsz = UDP_SIZE,
    };

    if (ares_init_options(channel, &wanted, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ) !=
        ARES_SUCCESS) {
        *channel = NULL;
        return false;
    }
    return options->servers == NULL ||
           (options->servers[0] != '\0' && ares_set_servers_ports_csv(*channel, options->servers) == ARES_SUCCESS);
}

struct probe_dns *probe_dns_new(const struct probe_dns_options *options)
{
    struct probe_dns *dns = calloc(1, sizeof *dns);

    if (dns == NULL)
        return NULL;
    (void)pthread_once(&once, start_library);
    dns->stop = options->stop;
    dns->random = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (dns->random >= 0 && open_channel(&dns->channel[RETRYING], options, 0) &&
        open_channel(&dns->channel[REPORTING], options, ARES_FLAG_NOCHECKRESP))
        return dns;
    probe_dns_free(dns);
    return NULL;
}

void probe_dns_free(struct probe_dns *dns)
{
    if (dns == NULL)
        return;
    for (size_t i = 0; i < CHANNELS; i++)
        if (dns->channel[i] != NULL)
            ares_destroy(dns->channel[i]);
    if (dns->random >= 0)
        (void)close(dns->random);
    free(dns);
}

void probe_dns_set_limit(struct probe_dns *dns, int64_t limit)
{
    dns->limit = limit;
}

static void fail(struct probe_dns_answer *answer, enum probe_dns_state state, const char *why)
{
    *answer = (struct probe_dns_answer) { .state = state, .no_such_name = state == PROBE_DNS_ABSENT, .why = why };
}

static void fail_by(struct question *question, int status)
{
    question->done = true;
    question->status = status;
    if (status == ARES_EBADNAME)
        fail(question->answer, PROBE_DNS_ABSENT, "the DNS has no room for such a name");
    else if (status == ARES_ETIMEOUT)
        fail(question->answer, PROBE_DNS_AGAIN, "no name server answered in time");
    else if (status == ARES_ECANCELLED)
        fail(question->answer, PROBE_DNS_AGAIN, "it was not waited for");
    else if (status == ARES_ENOMEM)
        fail(question->answer, PROBE_DNS_AGAIN, "out of memory");
    else
        fail(question->answer, PROBE_DNS_AGAIN, "no name server could be reached");
}

static void take(void *data, int status, int timeouts, unsigned char *bytes, int len)
{
    struct question *question = data;

    (void)timeouts;
    if (status != ARES_SUCCESS || bytes == NULL || len < 0) {
        fail_by(question, status);
        return;
    }
    question->done = true;
    question->status = ARES_SUCCESS;
    probe_dns_answer_read(bytes, (size_t)len, question->name, question->type, question->answer);
}

static void send_question(struct probe_dns *dns, unsigned number, struct question *question)
{
    unsigned char *bytes = NULL;
    int len = 0;
    uint16_t id;

    question->done = false;
    if (read(dns->random, &id, sizeof id) != (ssize_t)sizeof id) {
        fail_by(question, ARES_ECONNREFUSED);
        return;
    }
    int status = ares_create_query(question->name, CLASS_IN, (int)question->type, id, 1, &bytes, &len, UDP_SIZE);
    if (status != ARES_SUCCESS) {
        fail_by(question, status);
        return;
    }
    bytes[FLAGS_LOW_AT] |= FLAG_AUTHENTIC;
    ares_send(dns->channel[number], bytes, len, take, question);
    ares_free_string(bytes);
}

/* Waits for one of the library's sockets, or until its next timeout, and lets it work. False where it has no socket. */
static bool wait_once(ares_channel channel)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd fds[ARES_GETSOCK_MAXNUM];
    struct timeval most = { 0, LOOK_US }, wait;
    /* Not ARES_GETSOCK_WRITABLE(), which shifts into the sign bit. */
    unsigned bits = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
    nfds_t count = 0;

    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        bool reads = (bits >> i & 1) != 0, writes = (bits >> (i + ARES_GETSOCK_MAXNUM) & 1) != 0;
        if (reads || writes)
            fds[count++] = (struct pollfd) { sockets[i], (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0 };
    }
    if (count == 0)
        return false;
    const struct timeval *left = ares_timeout(channel, &most, &wait);
    /* Rounded up: with 0 ms this would spin until the timeout is due. */
    int ready = poll(fds, count, (int)(left->tv_sec * 1000 + left->tv_usec / 1000 + 1));
    if (ready <= 0)
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    for (nfds_t i = 0; i < count && ready > 0; i++) {
        bool writes = (fds[i].revents & POLLOUT) != 0, reads = (fds[i].revents & ~POLLOUT) != 0;
        if (reads || writes)
            ares_process_fd(channel, reads ? fds[i].fd : ARES_SOCKET_BAD, writes ? fds[i].fd : ARES_SOCKET_BAD);
    }
    return true;
}

static bool all_done(const struct question *questions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!questions[i].done)
            return false;
    return true;
}

/* May the other channel know more about this failure? */
static bool needs_reason(int status)
{
    return status != ARES_SUCCESS && status != ARES_ETIMEOUT && status != ARES_EBADNAME && status != ARES_ENOMEM;
}

static bool is_stopped(const struct probe_dns *dns)
{
    return (dns->stop != NULL && atomic_load(dns->stop)) || (dns->limit != 0 && clock_ms() >= dns->limit);
}

static void ask(struct probe_dns *dns, struct question *questions, size_t count)
{
    for (unsigned number = RETRYING; number < CHANNELS && !(number > RETRYING && is_stopped(dns)); number++) {
        for (size_t i = 0; i < count; i++)
            if (number == RETRYING || needs_reason(questions[i].status))
                send_question(dns, number, &questions[i]);
        while (!is_stopped(dns) && !all_done(questions, count) && wait_once(dns->channel[number])) {
        }
        ares_cancel(dns->channel[number]);
    }
}

static void ask_one(struct probe_dns *dns, const char *name, enum probe_dns_type type, struct probe_dns_answer *answer)
{
    struct question question = { .name = name, .type = type, .answer = answer };

    ask(dns, &question, 1);
}

void probe_dns_txt(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    ask_one(dns, name, PROBE_DNS_TXT, answer);
}

void probe_dns_mx(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    ask_one(dns, name, PROBE_DNS_MX, answer);
}

void probe_dns_tlsa(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    ask_one(dns, name, PROBE_DNS_TLSA, answer);
}

void probe_dns_addresses(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer)
{
    struct probe_dns_answer six;
    struct question questions[] = { { .name = name, .type = PROBE_DNS_A, .answer = answer },
                                    { .name = name, .type = PROBE_DNS_AAAA, .answer = &six } };

    ask(dns, questions, 2);
    probe_dns_answer_join(answer, &six);
}

static void ask_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count)
{
    char tlsa[HOSTS_AT_ONCE][DOMAIN_MAX + sizeof "_25._tcp."];
    struct probe_dns_answer six[HOSTS_AT_ONCE];
    struct question questions[HOSTS_AT_ONCE * OF_HOST];

    for (size_t i = 0; i < count; i++) {
        struct question *own = &questions[i * OF_HOST];
        (void)snprintf(tlsa[i], sizeof tlsa[i], "_25._tcp.%s", list[i].name);
        own[0] = (struct question) { .name = list[i].name, .type = PROBE_DNS_A, .answer = list[i].addresses };
        own[1] = (struct question) { .name = list[i].name, .type = PROBE_DNS_AAAA, .answer = &six[i] };
        own[2] = (struct question) { .name = tlsa[i], .type = PROBE_DNS_TLSA, .answer = list[i].tlsa };
    }
    ask(dns, questions, count * OF_HOST);
    for (size_t i = 0; i < count; i++)
        probe_dns_answer_join(list[i].addresses, &six[i]);
}

void probe_dns_hosts(struct probe_dns *dns, const struct probe_dns_host *list, size_t count)
{
    for (size_t i = 0; i < count; i += HOSTS_AT_ONCE)
        ask_hosts(dns, list + i, count - i < HOSTS_AT_ONCE ? count - i : HOSTS_AT_ONCE);
}
