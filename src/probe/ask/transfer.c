#include "probe/ask/transfer.h"

#include "base/buf.h"
#include "base/clock.h"
#include "policy/model.h"
#include "probe/ask/fetched.h"
#include "probe/ask/handshake.h"
#include "probe/ask/lack.h"
#include "probe/ask/x509.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

/* The code for what is too large for libcurl. Earlier versions take that for a lack of memory; so do later ones in places. */
#if LIBCURL_VERSION_NUM >= 0x080600
static const CURLcode too_large = CURLE_TOO_LARGE;
#else
static const CURLcode too_large = CURLE_OUT_OF_MEMORY;
#endif

static const char no_memory[] = PROBE_LACK_MEMORY;

void probe_transfer_why(struct probe_transfer *t, const char *why)
{
    (void)snprintf(t->fetched->why, sizeof t->fetched->why, "%s", why);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *data)
{
    struct probe_transfer *t = data;
    struct buf *body = &t->fetched->body;
    size_t room = POLICY_BYTES_MAX + 1 - body->len;

    (void)size;
    t->is_cut = n > room;
    buf_add(body, bytes, t->is_cut ? room : n);
    return t->is_cut || body->failed ? 0 : n;
}

static unsigned port_of(const struct probe_transfer *t)
{
    unsigned port;

    memcpy(&port, (const char *)t->options + t->protocol->port, sizeof port);
    return port;
}

/* The URL, made by libcurl, which refuses what is no host name. NULL where that fails. The caller calls curl_free(). */
static char *make_url(const struct probe_transfer *t)
{
    CURLU *url = curl_url();
    char port[16], path[300], *text = NULL;
    const char *helo = t->protocol->is_smtp && t->options->helo != NULL ? t->options->helo : "";

    (void)snprintf(port, sizeof port, "%u", port_of(t));
    (void)snprintf(path, sizeof path, "%s%s", t->protocol->path, helo);
    if (url != NULL && curl_url_set(url, CURLUPART_SCHEME, t->protocol->scheme, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_HOST, t->host, 0) == CURLUE_OK && curl_url_set(url, CURLUPART_PORT, port, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_PATH, path, CURLU_URLENCODE) == CURLUE_OK)
        (void)curl_url_get(url, CURLUPART_URL, &text, 0);
    curl_url_cleanup(url);
    return text;
}

/* The address to connect to in place of the URL's host. */
static struct curl_slist *make_target(const struct probe_transfer *t)
{
    char target[128];
    bool six = strchr(t->address, ':') != NULL;

    (void)snprintf(target, sizeof target, "::%s%s%s:%u", six ? "[" : "", t->address, six ? "]" : "", port_of(t));
    return curl_slist_append(NULL, target);
}

/* libcurl does not report why a socket could not be opened. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct probe_transfer *t = data;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

    (void)purpose;
    t->open_error = fd < 0 ? errno : 0;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int take_socket(void *data, curl_socket_t socket, curlsocktype purpose)
{
    struct probe_transfer *t = data;

    (void)purpose;
    t->socket = socket;
    return CURL_SOCKOPT_OK;
}

/* libcurl reports a connection only after the TLS handshake. */
static bool is_connected(const struct probe_transfer *t)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;

    return t->socket >= 0 && getpeername(t->socket, (struct sockaddr *)&peer, &len) == 0;
}

static void set_options(CURL *easy, struct probe_transfer *t, const char *url, struct curl_slist *target)
{
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECT_TO, target);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "mta-sts-probe/" VERSION);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, take_socket);
    (void)curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, t->protocol->take_line);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    (void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, t->version);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 3600000L); /* probe_transfer_is_over() keeps the time */
    /* Each connection is one of its own, with a whole handshake. A kept one would stay open after its turn. */
    (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, t->protocol->is_smtp ? 0L : 1L);
    if (t->only_handshake)
        (void)curl_easy_setopt(easy, CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
    /* Stops after the handshake. libcurl then sends no QUIT of its own, for whose reply it would wait two minutes. */
    if (t->only_handshake || t->protocol->is_smtp)
        (void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
}

/* The time of the domain is over, and this connection had too little of it to say something about the server. */
static bool was_cut_short(const struct probe_transfer *t, int64_t now)
{
    return t->options->limit != 0 && now >= t->options->limit && now < t->begin + t->options->connect_ms;
}

bool probe_transfer_is_over(struct probe_transfer *t)
{
    const atomic_bool *stop = t->options->stop;
    int64_t now = clock_ms();

    t->connected = t->connected || is_connected(t);
    t->was_stopped = (stop != NULL && atomic_load(stop)) || was_cut_short(t, now);
    t->was_slow = now >= t->limit || (!t->connected && now >= t->connect_limit);
    return t->was_stopped || t->was_slow;
}

/* Certificates count only once the server has shown that it has the key. */
static void drop_chain(CURL *easy, struct probe_transfer *t)
{
    curl_off_t shaken = 0;

    if (curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &shaken) == CURLE_OK && shaken > 0)
        return;
    probe_x509_free(t->fetched->chain);
    t->fetched->chain = NULL;
}

/* Why there was no connection, by errno. What is not listed comes from the other side. */
static const struct {
    int error;
    enum probe_fetch_outcome outcome;
} connect_errors[] = {
    { ENETUNREACH, PROBE_FETCH_NO_ROUTE },
    { EHOSTUNREACH, PROBE_FETCH_NO_ROUTE },
    { ENETDOWN, PROBE_FETCH_NO_ROUTE },
    { EAFNOSUPPORT, PROBE_FETCH_NO_ROUTE },
    { EADDRNOTAVAIL, PROBE_FETCH_NO_ROUTE }, /* no address of its own, or no port left */
    { EINVAL, PROBE_FETCH_NO_ROUTE },        /* a route of type blackhole */
    { EACCES, PROBE_FETCH_NO_ROUTE },        /* a route of type prohibit, or a rule of the firewall here */
    { EPERM, PROBE_FETCH_NO_ROUTE },         /* a rule of the firewall here */
    { EMFILE, PROBE_FETCH_LACK },
    { ENFILE, PROBE_FETCH_LACK },
    { ENOMEM, PROBE_FETCH_LACK },
    { ENOBUFS, PROBE_FETCH_LACK },
};

static enum probe_fetch_outcome judge_connect(CURL *easy, struct probe_transfer *t)
{
    long error = t->open_error;
    char reason[128] = "", why[256];

    if (error == 0)
        (void)curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    for (size_t i = 0; i < sizeof connect_errors / sizeof connect_errors[0]; i++) {
        if (connect_errors[i].error != error)
            continue;
        (void)strerror_r((int)error, reason, sizeof reason);
        bool lacks = connect_errors[i].outcome == PROBE_FETCH_LACK;
        (void)snprintf(why, sizeof why, "%s: %s%s", lacks ? "this machine" : "no way there from this machine", reason,
                       lacks ? PROBE_LACK_ADVICE : "; check its routes and its firewall");
        probe_transfer_why(t, why);
        return connect_errors[i].outcome;
    }
    /* libcurl's own words name the address and the milliseconds. */
    if (error != 0 && strerror_r((int)error, reason, sizeof reason) == 0)
        probe_transfer_why(t, reason);
    return PROBE_FETCH_REFUSED;
}

/* The errors of libcurl that the other side may cause. All others are this machine's own. */
static bool is_of_server(CURLcode code)
{
    static const CURLcode codes[] = {
        CURLE_OK,
        CURLE_UNSUPPORTED_PROTOCOL, /* HTTP/0.9 */
        CURLE_WEIRD_SERVER_REPLY,
        CURLE_REMOTE_ACCESS_DENIED,
        CURLE_HTTP2,
        CURLE_PARTIAL_FILE,
        CURLE_WRITE_ERROR, /* take_line() or take_body() refused what came */
        CURLE_OPERATION_TIMEDOUT,
        CURLE_RANGE_ERROR,
        CURLE_GOT_NOTHING,
        CURLE_SEND_ERROR,
        CURLE_RECV_ERROR,
        CURLE_BAD_CONTENT_ENCODING,
        CURLE_FILESIZE_EXCEEDED,
        CURLE_OUT_OF_MEMORY,
        CURLE_USE_SSL_FAILED,
        CURLE_PEER_FAILED_VERIFICATION,
        CURLE_HTTP2_STREAM,
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i] == code)
            return true;
    return code == too_large;
}

static enum probe_fetch_outcome judge(CURL *easy, struct probe_transfer *t, CURLcode code)
{
    probe_transfer_why(t, t->error[0] != '\0' ? t->error : curl_easy_strerror(code));
    if (t->was_stopped) {
        probe_transfer_why(t, was_cut_short(t, clock_ms()) ? "there was no time left to wait for it; raise --domain-timeout"
                                                           : "the run was stopped");
        return PROBE_FETCH_STOPPED;
    }
    if (t->was_slow) {
        probe_transfer_why(t, t->connected ? t->protocol->phase(t) : "no connection in time");
        return PROBE_FETCH_SLOW;
    }
    if (t->fetched->body.failed || (code != CURLE_OK && probe_lack_memory())) {
        probe_transfer_why(t, no_memory);
        return PROBE_FETCH_LACK;
    }
    if (code == CURLE_COULDNT_CONNECT)
        return judge_connect(easy, t);
    if (code == CURLE_SSL_CONNECT_ERROR)
        return PROBE_FETCH_TLS;
    if (!is_of_server(code))
        return PROBE_FETCH_LACK;
    if (code == CURLE_OUT_OF_MEMORY || code == too_large)
        probe_transfer_why(t, "a line of it is larger than libcurl reads");
    enum probe_fetch_outcome outcome = t->protocol->judge(t, code);
    if (outcome == PROBE_FETCHED)
        t->fetched->why[0] = '\0';
    return outcome;
}

static void take_results(CURL *easy, struct probe_transfer *t, CURLcode code)
{
    struct probe_fetched *f = t->fetched;
    curl_off_t total = 0;
    size_t sent;

    drop_chain(easy, t);
    (void)curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &total);
    f->ms = (unsigned)(total / 1000);
    f->outcome = judge(easy, t, code);
    if (t->connected)
        (void)snprintf(f->address, sizeof f->address, "%s", t->address);
    if (t->protocol->is_smtp) {
        if (f->outcome == PROBE_FETCHED)
            (void)curl_easy_send(easy, "QUIT\r\n", 6, &sent);
        return;
    }
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &f->status);
    f->has_null_body = f->status > 0 && f->body.len == 0;
}

static void set_limits(struct probe_transfer *t)
{
    t->begin = clock_ms();
    t->connect_limit = t->begin + t->options->connect_ms;
    if (t->limit == 0)
        t->limit = t->begin + t->options->total_ms;
    if (t->options->limit != 0 && t->options->limit < t->limit)
        t->limit = t->options->limit;
}

static void clean(struct probe_transfer *t)
{
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->target);
    curl_free(t->url);
    t->easy = NULL;
    t->target = NULL;
    t->url = NULL;
}

bool probe_transfer_begin(struct probe_transfer *t, CURLM *multi)
{
    set_limits(t);
    t->socket = -1;
    t->fetched->outcome = PROBE_FETCH_LACK;
    probe_transfer_why(t, no_memory);
    t->url = make_url(t);
    t->target = make_target(t);
    t->easy = curl_easy_init();
    if (t->url == NULL) {
        t->fetched->outcome = PROBE_FETCH_PROTOCOL;
        probe_transfer_why(t, "no server can have this name");
    } else if (t->target != NULL && t->easy != NULL) {
        set_options(t->easy, t, t->url, t->target);
        if (probe_handshake_watch(t->easy, &t->fetched->chain) && curl_multi_add_handle(multi, t->easy) == CURLM_OK)
            return true;
    }
    clean(t);
    return false;
}

void probe_transfer_end(struct probe_transfer *t, CURLM *multi, CURLcode code)
{
    if (code != CURLE_OPERATION_TIMEDOUT) {
        t->was_stopped = t->was_slow = false;
        t->connected = code != CURLE_COULDNT_CONNECT;
    }
    take_results(t->easy, t, code);
    if (t->was_slow)
        t->fetched->ms = (unsigned)(clock_ms() - t->begin);
    (void)curl_multi_remove_handle(multi, t->easy);
    clean(t);
}
