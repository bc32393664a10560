/*
 * Policy hosts and MX hosts for probe.py, in one thread: hosts AUTHORITY.pem MS https|smtp|plain=ADDRESS...
 *
 * Any name is served, each with a certificate of its own, which is made when it is asked for. The name says what is there:
 * mta-sts.D.M.KIND.example is the policy host of the domain D.M.KIND.example, whose mail goes to M.mx.example, or to
 * mail.D.M.KIND.example where M is "own". KIND is "fine", or what is wrong: "name" its certificate, "pattern" the policy,
 * "missing": there is none. Each answer comes MS milliseconds late, as over a long way. At a plain address SMTP has no STARTTLS.
 * On SIGTERM it prints how many connections there were, and how many at most to one address at a time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PLACES_MAX = 128, EVENTS = 256, NAME_MAX_LEN = 253, DAYS_30 = 30 * 86400, HTTPS = 443, SMTP = 25 };

struct place {
    bool is_smtp, is_plain;
    int fd;
    unsigned open, most;
    unsigned long all;
};

struct session {
    struct place *place;
    int fd;
    SSL *ssl;
    bool is_begun, is_shaken;
    long long due; /* when it goes on, in ms */
    struct session *next;
    char name[NAME_MAX_LEN + 1]; /* that TLS was asked for */
    char in[4096];
    size_t len;
};

struct server {
    SSL_CTX *context;
    X509 *authority;
    EVP_PKEY *authority_key, *key;
    struct place places[PLACES_MAX];
    size_t count;
    int epoll;
    long serial;
    long long late;                /* in ms */
    struct session *first, **last; /* that wait until they are due */
};

static volatile sig_atomic_t is_over;

static void stop(int number)
{
    (void)number;
    is_over = 1;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* --- certificates --- */

static bool add_name(X509 *cert, const char *name)
{
    char text[NAME_MAX_LEN + sizeof "DNS:"];

    (void)snprintf(text, sizeof text, "DNS:%s", name);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, text);
    bool good = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static X509 *make_certificate(struct server *s, const char *name)
{
    X509 *cert = X509_new();

    if (cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
        ASN1_INTEGER_set(X509_get_serialNumber(cert), ++s->serial) == 1 &&
        X509_set_issuer_name(cert, X509_get_subject_name(s->authority)) == 1 &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -DAYS_30) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(cert), 2L * DAYS_30) != NULL && X509_set_pubkey(cert, s->key) == 1 &&
        add_name(cert, name) && X509_sign(cert, s->authority_key, EVP_sha256()) > 0)
        return cert;
    X509_free(cert);
    return NULL;
}

static bool has_kind(const char *name, const char *kind)
{
    char end[32];
    size_t len = strlen(name), more = (size_t)snprintf(end, sizeof end, ".%s.example", kind);

    return len > more && strcmp(name + len - more, end) == 0;
}

static int choose_certificate(SSL *ssl, int *alert, void *data)
{
    struct server *s = data;
    struct session *session = SSL_get_app_data(ssl);
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    (void)alert;
    if (name == NULL)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    (void)snprintf(session->name, sizeof session->name, "%s", name);
    X509 *cert = make_certificate(s, has_kind(name, "name") && strncmp(name, "mta-sts.", 8) == 0 ? "another.example" : name);
    bool good = cert != NULL && SSL_use_certificate(ssl, cert) == 1 && SSL_use_PrivateKey(ssl, s->key) == 1;
    X509_free(cert);
    return good ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* AUTHORITY.pem: the intermediate authority's certificate and key. */
static void set_up_tls(struct server *s, const char *file)
{
    FILE *in = fopen(file, "r");

    if (in == NULL)
        fail(file);
    s->authority = PEM_read_X509(in, NULL, NULL, NULL);
    s->authority_key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
    (void)fclose(in);
    s->key = EVP_EC_gen("P-256");
    s->context = SSL_CTX_new(TLS_server_method());
    if (s->authority == NULL || s->authority_key == NULL || s->key == NULL || s->context == NULL ||
        X509_up_ref(s->authority) != 1 || SSL_CTX_add_extra_chain_cert(s->context, s->authority) != 1)
        fail("TLS");
    (void)SSL_CTX_set_session_cache_mode(s->context, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_options(s->context, SSL_OP_NO_TICKET);
    (void)SSL_CTX_set_num_tickets(s->context, 0);
    (void)SSL_CTX_set_tlsext_servername_callback(s->context, choose_certificate);
    (void)SSL_CTX_set_tlsext_servername_arg(s->context, s);
}

/* --- a session; its answers are short enough for any socket's buffer --- */

static bool say(struct session *session, const char *text)
{
    int len = (int)strlen(text);

    return (session->ssl != NULL ? SSL_write(session->ssl, text, len)
                                 : (int)send(session->fd, text, (size_t)len, MSG_NOSIGNAL)) == len;
}

/* The policy of the domain whose policy host the session is at. */
static bool answer_https(struct session *session)
{
    const char *domain = session->name + strlen("mta-sts."), *group = strchr(domain, '.');
    char mx[NAME_MAX_LEN + 16], policy[512], all[1024];

    if (group == NULL || has_kind(session->name, "missing"))
        return say(session, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    size_t len = strcspn(++group, ".");
    if (has_kind(session->name, "pattern"))
        (void)snprintf(mx, sizeof mx, "old.example");
    else if (strncmp(group, "own.", 4) == 0)
        (void)snprintf(mx, sizeof mx, "mail.%s", domain);
    else
        (void)snprintf(mx, sizeof mx, "%.*s.mx.example", (int)len, group);
    (void)snprintf(policy, sizeof policy, "version: STSv1\r\nmode: enforce\r\nmx: %s\r\nmax_age: 604800\r\n", mx);
    (void)snprintf(all, sizeof all,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                   strlen(policy), policy);
    return say(session, all);
}

static bool begin_tls(struct server *s, struct session *session)
{
    session->ssl = SSL_new(s->context);
    return session->ssl != NULL && SSL_set_app_data(session->ssl, session) == 1 && SSL_set_fd(session->ssl, session->fd) == 1;
}

/* The answer to one command. False: the end. */
static bool answer_smtp(struct server *s, struct session *session)
{
    bool is_plain = session->place->is_plain;

    if (strncmp(session->in, "EHLO", 4) == 0)
        return say(session, session->ssl == NULL && !is_plain ? "250-hosts\r\n250 STARTTLS\r\n" : "250 hosts\r\n");
    if (!is_plain && strncmp(session->in, "STARTTLS", 8) == 0)
        return say(session, "220 go ahead\r\n") && begin_tls(s, session);
    (void)say(session, "221 bye\r\n");
    return false;
}

/* Answers what has come, if it is complete. False: the session is over. */
static bool answer(struct server *s, struct session *session)
{
    bool is_smtp = session->place->is_smtp;

    session->in[session->len] = '\0';
    if (strstr(session->in, is_smtp ? "\r\n" : "\r\n\r\n") == NULL)
        return session->len < sizeof session->in - 1;
    session->len = 0;
    if (is_smtp)
        return answer_smtp(s, session);
    (void)answer_https(session);
    (void)SSL_shutdown(session->ssl);
    return false;
}

static bool go_on(struct server *s, struct session *session)
{
    int got;

    if (session->ssl != NULL && !session->is_shaken) {
        int done = SSL_accept(session->ssl);
        if (done != 1)
            return SSL_get_error(session->ssl, done) == SSL_ERROR_WANT_READ;
        session->is_shaken = true;
    }
    size_t room = sizeof session->in - 1 - session->len;
    if (session->ssl != NULL)
        got = SSL_read(session->ssl, session->in + session->len, (int)room);
    else
        got = (int)recv(session->fd, session->in + session->len, room, MSG_DONTWAIT);
    if (got <= 0)
        return session->ssl != NULL && SSL_get_error(session->ssl, got) == SSL_ERROR_WANT_READ;
    session->len += (size_t)got;
    return answer(s, session);
}

static void end_session(struct session *session)
{
    session->place->open--;
    SSL_free(session->ssl);
    (void)close(session->fd);
    free(session);
}

/* --- all sessions --- */

static void open_place(struct server *s, const char *argument)
{
    struct place *place = &s->places[s->count++];
    struct sockaddr_in address = { .sin_family = AF_INET };
    const char *at = strchr(argument, '=');
    int yes = 1;

    place->is_plain = strncmp(argument, "plain", 5) == 0;
    place->is_smtp = place->is_plain || strncmp(argument, "smtp", 4) == 0;
    address.sin_port = htons(place->is_smtp ? SMTP : HTTPS);
    place->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = place };
    if (at == NULL || inet_pton(AF_INET, at + 1, &address.sin_addr) != 1 || place->fd < 0 ||
        setsockopt(place->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(place->fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(place->fd, 1024) != 0 ||
        epoll_ctl(s->epoll, EPOLL_CTL_ADD, place->fd, &event) != 0)
        fail(argument);
}

static long long now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* It is watched for one event at a time. */
static bool watch(struct server *s, struct session *session, int how)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.ptr = session };

    return epoll_ctl(s->epoll, how, session->fd, &event) == 0;
}

static bool begin_session(struct server *s, struct session *session)
{
    session->is_begun = true;
    return (session->place->is_smtp ? say(session, "220 hosts ESMTP\r\n") : begin_tls(s, session)) &&
           watch(s, session, EPOLL_CTL_ADD);
}

static void run(struct server *s, struct session *session)
{
    bool good = session->is_begun ? go_on(s, session) && watch(s, session, EPOLL_CTL_MOD) : begin_session(s, session);

    if (!good)
        end_session(session);
}

static void run_late(struct server *s, struct session *session)
{
    if (s->late == 0) {
        run(s, session);
        return;
    }
    session->due = now_ms() + s->late;
    session->next = NULL;
    *s->last = session;
    s->last = &session->next;
}

/* Runs what is due. Returns how long the next one has to wait, in ms; -1: there is none. */
static int run_due(struct server *s)
{
    long long now = s->first != NULL ? now_ms() : 0;

    while (s->first != NULL && s->first->due <= now) {
        struct session *session = s->first;
        s->first = session->next;
        if (s->first == NULL)
            s->last = &s->first;
        run(s, session);
    }
    return s->first != NULL ? (int)(s->first->due - now) : -1;
}

static void take_one(struct server *s, struct place *place)
{
    int fd = accept4(place->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct session *session = fd >= 0 ? calloc(1, sizeof *session) : NULL;

    if (session == NULL)
        return;
    session->place = place;
    session->fd = fd;
    place->all++;
    place->open++;
    place->most = place->open > place->most ? place->open : place->most;
    run_late(s, session);
}

static struct place *as_place(struct server *s, void *data)
{
    for (size_t i = 0; i < s->count; i++)
        if (data == &s->places[i])
            return &s->places[i];
    return NULL;
}

static void serve(struct server *s)
{
    struct epoll_event events[EVENTS];

    s->last = &s->first;
    while (!is_over) {
        int count = epoll_wait(s->epoll, events, EVENTS, run_due(s));
        for (int i = 0; i < count; i++) {
            struct place *place = as_place(s, events[i].data.ptr);
            if (place != NULL)
                take_one(s, place);
            else
                run_late(s, events[i].data.ptr);
        }
    }
}

static void print_counts(const struct server *s)
{
    unsigned long all[2] = { 0 };
    unsigned most = 0;

    for (size_t i = 0; i < s->count; i++) {
        all[s->places[i].is_smtp] += s->places[i].all;
        most = s->places[i].most > most ? s->places[i].most : most;
    }
    printf("https %lu smtp %lu most %u\n", all[0], all[1], most);
}

int main(int argc, char *argv[])
{
    static struct server s;
    struct sigaction action = { .sa_handler = stop };

    if (argc < 4 || argc > PLACES_MAX) {
        (void)fputs("usage: hosts AUTHORITY.pem MS https|smtp|plain=ADDRESS...\n", stderr);
        return 2;
    }
    (void)sigaction(SIGTERM, &action, NULL);
    s.epoll = epoll_create1(EPOLL_CLOEXEC);
    set_up_tls(&s, argv[1]);
    s.late = strtol(argv[2], NULL, 10);
    for (int i = 3; i < argc; i++)
        open_place(&s, argv[i]);
    puts("ready");
    (void)fflush(stdout);
    serve(&s);
    print_counts(&s);
    return 0;
}
