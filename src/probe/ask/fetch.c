#include "probe/ask/fetch.h"

#include "base/buf.h"
#include "probe/ask/fetched.h"
#include "probe/ask/lack.h"
#include "probe/ask/transfer.h"
#include "probe/ask/transfers.h"
#include "probe/ask/x509.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The replies of an SMTP server, in their order: how many of them have come. */
enum { GREETING = 1, EHLO, STARTTLS };

bool probe_fetch_init(void)
{
    return probe_lack_init();
}

void probe_fetch_library(struct buf *out)
{
    buf_print(out, "libcurl %s", curl_version_info(CURLVERSION_NOW)->version);
}

void probe_fetched_free(struct probe_fetched *fetched)
{
    probe_x509_free(fetched->chain);
    free(fetched->type);
    free(fetched->location);
    buf_free(&fetched->body);
    *fetched = (struct probe_fetched) { 0 };
}

static bool count_header(struct probe_transfer *t, size_t n)
{
    t->header += n;
    t->too_large = t->header > PROBE_TRANSFER_HEADER_MAX;
    return !t->too_large;
}

/* --- HTTPS --- */

/* Where LINE is the header field NAME: copies its value to *VALUE, unless there is one already. */
static void take_field(const char *line, size_t len, const char *name, char **value)
{
    size_t at = strlen(name);

    if (*value != NULL || len <= at || strncasecmp(line, name, at) != 0 || line[at] != ':')
        return;
    at++;
    while (at < len && (line[at] == ' ' || line[at] == '\t'))
        at++;
    while (len > at && strchr(" \t\r\n", line[len - 1]) != NULL)
        len--;
    *value = strndup(line + at, len - at);
}

static size_t take_header(char *line, size_t size, size_t n, void *data)
{
    struct probe_transfer *t = data;

    (void)size; /* libcurl: always 1 */
    if (!count_header(t, n))
        return 0;
    if (t->fetched->body.len > 0 || n == 0) /* a trailer, not the header */
        return n;
    take_field(line, n, "content-type", &t->fetched->type);
    take_field(line, n, "location", &t->fetched->location);
    return n;
}

static enum probe_fetch_outcome judge_https(struct probe_transfer *t, CURLcode code)
{
    if (t->is_cut)
        return PROBE_FETCHED;
    if (t->too_large)
        probe_transfer_why(t, "the answer's header is larger than 64 KB");
    else if (t->header > 0 && (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR)) /* by version of libcurl */
        probe_transfer_why(t, "the connection ended before the answer did");
    return code == CURLE_OK ? PROBE_FETCHED : PROBE_FETCH_PROTOCOL;
}

static const char *https_phase(const struct probe_transfer *t)
{
    if (t->fetched->chain == NULL)
        return "the connection was accepted, but the TLS handshake did not end in time";
    return t->header == 0 ? "no answer came in time" : "the answer did not end in time";
}

/* --- SMTP --- */

static size_t take_reply(char *line, size_t size, size_t n, void *data)
{
    struct probe_transfer *t = data;
    size_t len = n < sizeof t->line ? n : sizeof t->line - 1;

    (void)size;
    while (len > 0 && strchr("\r\n", line[len - 1]) != NULL)
        len--;
    memcpy(t->line, line, len);
    t->line[len] = '\0';
    /* libcurl would go on waiting for a line that is a reply. */
    t->is_not_smtp = len < 3 || strspn(t->line, "0123456789") != 3;
    t->replies += len >= 3 && t->line[3] != '-';
    return t->is_not_smtp || !count_header(t, n) ? 0 : n;
}

static enum probe_fetch_outcome judge_smtp(struct probe_transfer *t, CURLcode code)
{
    if (code == CURLE_OK)
        return PROBE_FETCHED;
    if (t->too_large)
        probe_transfer_why(t, "its replies are larger than 64 KB");
    else if (t->line[0] != '\0')
        probe_transfer_why(t, t->line);
    if (t->is_not_smtp || t->too_large)
        return PROBE_FETCH_PROTOCOL;
    if (t->replies == GREETING && code == CURLE_WEIRD_SERVER_REPLY)
        return t->line[0] == '4' ? PROBE_FETCH_LATER : PROBE_FETCH_REFUSED;
    if (t->replies == EHLO && code == CURLE_REMOTE_ACCESS_DENIED)
        return t->line[0] == '4' ? PROBE_FETCH_LATER : PROBE_FETCH_NO_STARTTLS;
    if (code != CURLE_USE_SSL_FAILED)
        return PROBE_FETCH_PROTOCOL;
    if (t->replies < STARTTLS)
        probe_transfer_why(t, "EHLO does not offer it");
    return PROBE_FETCH_NO_STARTTLS;
}

static const char *smtp_phase(const struct probe_transfer *t)
{
    static const char *const phases[] = {
        [0] = "the connection was accepted, but no greeting came in time",
        [GREETING] = "no answer to EHLO came in time",
        [EHLO] = "no answer to STARTTLS came in time",
        [STARTTLS] = "the TLS handshake did not end in time",
    };

    if (t->fetched->chain != NULL || t->replies > STARTTLS)
        return "no answer to EHLO came in time after the TLS handshake";
    return phases[t->replies];
}

static const struct probe_protocol https = { .scheme = "https",
                                             .path = "/.well-known/mta-sts.txt",
                                             .port = offsetof(struct probe_fetch_options, https_port),
                                             .take_line = take_header,
                                             .judge = judge_https,
                                             .phase = https_phase };
static const struct probe_protocol smtp = { .scheme = "smtp",
                                            .path = "/",
                                            .port = offsetof(struct probe_fetch_options, smtp_port),
                                            .take_line = take_reply,
                                            .judge = judge_smtp,
                                            .phase = smtp_phase,
                                            .is_smtp = true };

/* --- versions of TLS, and all addresses --- */

static const struct {
    long version;
    const char *why;
} old_versions[] = {
    { CURL_SSLVERSION_TLSv1_1 | (long)CURL_SSLVERSION_MAX_TLSv1_1, "TLS 1.1 is the newest that it offers" },
    { CURL_SSLVERSION_TLSv1_0 | (long)CURL_SSLVERSION_MAX_TLSv1_0, "TLS 1.0 is the newest that it offers" },
};

enum { OLD_VERSIONS = sizeof old_versions / sizeof old_versions[0] };

/* Where the last connection, with an old version of TLS, worked, that is the result. */
static bool take_old_version(struct probe_transfer *t)
{
    struct probe_fetched *other = &t->other;
    bool works = other->chain != NULL;

    if (works) {
        t->result->outcome = PROBE_FETCH_TLS_OLD;
        (void)snprintf(t->result->why, sizeof t->result->why, "%s", old_versions[t->attempts - 1].why);
        t->result->chain = other->chain;
        other->chain = NULL;
    }
    probe_fetched_free(other);
    return works;
}

/* The first connection failed in TLS: versions that are too old follow, to report them. */
static bool try_old_version(struct probe_transfer *t)
{
    if (t->attempts == 0) {
        t->result->has_starttls = t->protocol->is_smtp && t->replies >= STARTTLS;
        if (t->result->outcome != PROBE_FETCH_TLS)
            return false;
    } else if (take_old_version(t)) {
        return false;
    }
    if (t->attempts == OLD_VERSIONS)
        return false;
    t->version = old_versions[t->attempts++].version;
    t->only_handshake = true;
    t->fetched = &t->other;
    t->header = 0;
    t->replies = 0;
    t->too_large = t->is_cut = t->is_not_smtp = t->was_stopped = t->was_slow = t->connected = false;
    t->line[0] = t->error[0] = '\0';
    return true;
}

static void fetch(const struct probe_protocol *protocol, const struct probe_fetch_options *options,
                  const struct probe_fetch *list, size_t count)
{
    struct probe_transfer *transfers = calloc(count, sizeof *transfers);

    for (size_t i = 0; i < count; i++) {
        *list[i].fetched = (struct probe_fetched) { .outcome = PROBE_FETCH_LACK, .why = PROBE_LACK_MEMORY };
        if (transfers == NULL)
            continue;
        struct probe_transfer *t = &transfers[i];
        t->protocol = protocol;
        t->options = options;
        t->fetched = t->result = list[i].fetched;
        t->host = list[i].host;
        t->address = list[i].address;
        t->version = CURL_SSLVERSION_TLSv1_2;
        t->again = try_old_version;
    }
    if (transfers != NULL)
        probe_transfers_run(transfers, count);
    free(transfers);
}

void probe_fetch_policies(const struct probe_fetch_options *options, const struct probe_fetch *list, size_t count)
{
    fetch(&https, options, list, count);
}

void probe_fetch_smtp(const struct probe_fetch_options *options, const struct probe_fetch *list, size_t count)
{
    fetch(&smtp, options, list, count);
}
