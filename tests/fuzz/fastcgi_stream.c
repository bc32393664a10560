#include "fastcgi_stream.h"
#include "fuzz.h"
#include "serve/record.h"

/* All that requests ask for. */
static const struct asked asked[] = {
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

/* Bodies ask for this host, and nothing else does. */
static const char evil_host[] = "mta-sts.evil.example";

/* --- the script --- */

void stream_begin(struct stream *stream, const uint8_t *script, size_t size)
{
    stream->script = script;
    stream->script_end = script + size;
    stream->len = stream->expected_count = 0;
    stream->ended = false;
}

unsigned stream_draw(struct stream *stream, unsigned below)
{
    return stream->script < stream->script_end ? *stream->script++ % below : 0;
}

static size_t draw_large(struct stream *stream)
{
    unsigned high = stream_draw(stream, 256);

    return high * 256 + stream_draw(stream, 256);
}

/* A size below MOST, often close to that of a buffer or of a record. */
static size_t draw_size(struct stream *stream, size_t most)
{
    static const size_t around[] = { 0, 8192, 16384, 32768, 65535, 65536, 131072, RECORD_REQUEST_MAX, 200000 };
    size_t base = around[stream_draw(stream, sizeof around / sizeof *around)], more = stream_draw(stream, 64),
           size = base + more > 32 ? base + more - 32 : 0;

    if (stream_draw(stream, 4) == 0)
        size = draw_large(stream);
    return size < most ? size : most;
}

/* --- the stream --- */

static void add_bytes(struct stream *stream, const void *bytes, size_t len)
{
    CHECK(len <= sizeof stream->bytes - stream->len);
    memcpy(stream->bytes + stream->len, bytes, len);
    stream->len += len;
}

static void add_record(struct stream *stream, unsigned type, unsigned id, const void *content, size_t len, unsigned padding)
{
    static const uint8_t zeros[256];

    uint8_t header[HEADER];

    fastcgi_header(header, type, id, len, padding);
    add_bytes(stream, header, HEADER);
    add_bytes(stream, content, len);
    add_bytes(stream, zeros, padding);
}

static void expect(struct stream *stream, bool values, unsigned id, const struct asked *what)
{
    if (!stream->ended && stream->expected_count < EXPECTED_MAX)
        stream->expected[stream->expected_count++] = (struct expected) { values, id, what };
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

/* The variables of a request for HOST, and as long a variable as the script wants. */
static size_t put_variables(struct stream *stream, uint8_t *to, const char *host, const char *method)
{
    static char filling[RECORD_REQUEST_MAX + 64];
    size_t len = put_pair(to, "SERVER_NAME", host, strlen(host));

    if (filling[0] == '\0')
        memset(filling, 'x', sizeof filling);
    len += put_pair(to + len, "REQUEST_METHOD", method, strlen(method));
    if (stream_draw(stream, 2) == 1)
        len += put_pair(to + len, "X", filling, draw_size(stream, sizeof filling));
    return len;
}

/* The stream of TYPE, cut into records as the script wants. Returns how many bytes they take. */
static size_t add_stream(struct stream *stream, unsigned type, unsigned id, const uint8_t *bytes, size_t len)
{
    size_t before = stream->len, each = stream_draw(stream, 2) == 1 ? 1 + draw_large(stream) : 65535;

    if (each < 64 && len > 4096)
        each = 8192;
    each = each < 65535 ? each : 65535;
    for (size_t at = 0, step; at < len; at += step) {
        step = len - at < each ? len - at : each;
        add_record(stream, type, id, bytes + at, step, stream_draw(stream, 4) == 1 ? stream_draw(stream, 256) : 0);
    }
    return stream->len - before;
}

/* A body full of requests for the evil host, from some offset on. */
static size_t put_body(struct stream *stream, uint8_t *to, size_t len)
{
    uint8_t evil[128] = { 1, BEGIN_REQUEST, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, PARAMS, 0, 1 };
    size_t pair = put_pair(evil + 24, "SERVER_NAME", evil_host, strlen(evil_host)), size = 24 + pair + 16;

    evil[21] = (uint8_t)pair;
    memcpy(evil + 24 + pair, (const uint8_t[16]) { 1, PARAMS, 0, 1, 0, 0, 0, 0, 1, STDIN, 0, 1 }, 16);
    memset(to, 0, len);
    for (size_t at = stream_draw(stream, 3) == 0 ? draw_size(stream, len) : stream_draw(stream, (unsigned)size); at < len;
         at += size)
        memcpy(to + at, evil, size < len - at ? size : len - at);
    return len;
}

/* A record that is not allowed within a body. */
static void add_wrong(struct stream *stream, unsigned id)
{
    static const unsigned types[] = { DATA, PARAMS, END_REQUEST, STDOUT, 0, 11, GET_VALUES, STDIN };

    unsigned type = types[stream_draw(stream, sizeof types / sizeof *types)];
    add_record(stream, type, type == STDIN ? id + 1 : type == GET_VALUES ? 0 : id, "", 0, 0);
    stream->ended = true;
}

/* The body of the request, and how it ends. */
static void add_body(struct stream *stream, unsigned id)
{
    static uint8_t body[200032];
    unsigned how = stream_draw(stream, 16);

    (void)add_stream(stream, STDIN, id, body,
                     put_body(stream, body, stream_draw(stream, 2) == 1 ? draw_size(stream, 200000) : stream_draw(stream, 200)));
    if (how < 11)
        add_record(stream, STDIN, id, "", 0, stream_draw(stream, 2) == 1 ? stream_draw(stream, 256) : 0);
    else if (how < 13)
        add_record(stream, ABORT_REQUEST, id, "", 0, 0);
    else if (how < 14)
        add_wrong(stream, id);
    if (how == 0)
        add_record(stream, ABORT_REQUEST, id, "", 0, 0); /* it crossed with the answer */
    if (how == 1) {
        add_record(stream, GET_VALUES, 0, "\x0f\0FCGI_MPXS_CONNS", 17, stream_draw(stream, 16));
        expect(stream, true, 0, NULL);
    }
}

static void add_request(struct stream *stream)
{
    static uint8_t variables[RECORD_REQUEST_MAX + 4096];
    const struct asked *what = &asked[stream_draw(stream, ASKED)];
    unsigned id = 1 + stream_draw(stream, 3) * 300;
    bool keep = stream_draw(stream, 8) < 7;

    add_record(stream, BEGIN_REQUEST, id, (const uint8_t[8]) { 0, 1, keep }, 8, 0);
    size_t len = 16 + add_stream(stream, PARAMS, id, variables, put_variables(stream, variables, what->host, what->method));
    unsigned padding = stream_draw(stream, 8) == 1 ? stream_draw(stream, 256) : 0;
    add_record(stream, PARAMS, id, "", 0, padding);
    stream->ended = stream->ended || len + HEADER + padding > RECORD_REQUEST_MAX;
    expect(stream, false, id, what);
    stream->ended = stream->ended || !keep;
    add_body(stream, id);
}

bool stream_make(struct stream *stream)
{
    if (stream_draw(stream, 8) == 1) {
        add_record(stream, GET_VALUES, 0, "\x0e\0FCGI_MAX_CONNS", 16, 0);
        expect(stream, true, 0, NULL);
    }
    for (unsigned n = 1 + stream_draw(stream, 6); n > 0 && stream->len < STREAM_MAX / 2; n--)
        add_request(stream);
    size_t cut = stream_draw(stream, 4) == 1 ? stream_draw(stream, 256) : 0;
    stream->len -= cut < stream->len ? cut : 0;
    return cut > 0;
}
