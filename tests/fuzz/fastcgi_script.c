#include "fastcgi_script.h"
#include "fuzz.h"
#include "serve/stream.h"

/* All that requests ask for. */
static const struct asked asked[] = {
    { "mta-sts.example.org", "GET", "200", 1, true, 0 },
    { "MTA-STS.example.net.:443", "GET", "200", 2, true, 0 },
    { "mta-sts.large.example", "GET", "200", 3, true, 0 },
    { "mta-sts.example.org", "HEAD", "200", 1, false, 0 },
    { "mta-sts.broken.example", "GET", "500", 0, true, 0 },
    { "mta-sts.other.example", "GET", "404", 0, true, 0 },
    { "_", "GET", "404", 0, true, 0 },
    { "mta-sts.example.net", "POST", "405", 0, true, 0 },
    { "mta-sts.example.net", SCRIPT_TAKES, "201", 0, true, SIZE_MAX },
    { "mta-sts.example.net", SCRIPT_LEAVES, "201", 0, true, SCRIPT_LEAVES_AFTER },
};
enum { ASKED = sizeof asked / sizeof *asked };

/* Bodies ask for this host, and nothing else does. */
static const char evil_host[] = "mta-sts.evil.example";

/* --- the script --- */

void script_begin(struct script *script, const uint8_t *bytes, size_t size)
{
    script->at = bytes;
    script->end = bytes + size;
    script->len = script->expected_count = 0;
    script->ended = false;
}

unsigned script_draw(struct script *script, unsigned below)
{
    return script->at < script->end ? *script->at++ % below : 0;
}

static size_t draw_large(struct script *script)
{
    unsigned high = script_draw(script, 256);

    return high * 256 + script_draw(script, 256);
}

size_t script_draw_size(struct script *script, size_t most)
{
    static const size_t around[] = { 0, 8192, 16384, 32768, 65535, 65536, 131072, STREAM_REQUEST_MAX, 200000 };
    size_t base = around[script_draw(script, sizeof around / sizeof *around)], more = script_draw(script, 64),
           size = base + more > 32 ? base + more - 32 : 0;

    if (script_draw(script, 4) == 0)
        size = draw_large(script);
    return size < most ? size : most;
}

/* --- the stream --- */

static void add_bytes(struct script *script, const void *bytes, size_t len)
{
    CHECK(len <= sizeof script->bytes - script->len);
    memcpy(script->bytes + script->len, bytes, len);
    script->len += len;
}

void script_add_record(struct script *script, unsigned type, unsigned id, const void *content, size_t len, unsigned padding)
{
    static const uint8_t zeros[256];

    uint8_t header[HEADER];

    fastcgi_header(header, type, id, len, padding);
    add_bytes(script, header, HEADER);
    add_bytes(script, content, len);
    add_bytes(script, zeros, padding);
}

static void expect(struct script *script, bool values, unsigned id, const struct asked *what)
{
    if (!script->ended && script->expected_count < EXPECTED_MAX)
        script->expected[script->expected_count++] = (struct expected) { .values = values, .id = id, .asked = what };
}

size_t script_put_pair(uint8_t *to, const char *name, const char *value, size_t value_len)
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
static size_t put_variables(struct script *script, uint8_t *to, const char *host, const char *method)
{
    static char filling[STREAM_REQUEST_MAX + 64];
    size_t len = script_put_pair(to, "SERVER_NAME", host, strlen(host));

    if (filling[0] == '\0')
        memset(filling, 'x', sizeof filling);
    len += script_put_pair(to + len, "REQUEST_METHOD", method, strlen(method));
    if (script_draw(script, 2) == 1)
        len += script_put_pair(to + len, "X", filling, script_draw_size(script, sizeof filling));
    return len;
}

size_t script_add_stream(struct script *script, unsigned type, unsigned id, const uint8_t *bytes, size_t len)
{
    size_t before = script->len, each = script_draw(script, 2) == 1 ? 1 + draw_large(script) : 65535;

    if (each < 64 && len > 4096)
        each = 8192;
    each = each < 65535 ? each : 65535;
    for (size_t at = 0, step; at < len; at += step) {
        step = len - at < each ? len - at : each;
        script_add_record(script, type, id, bytes + at, step, script_draw(script, 4) == 1 ? script_draw(script, 256) : 0);
    }
    return script->len - before;
}

/* A body full of requests for the evil host, from some offset on. */
static size_t put_body(struct script *script, uint8_t *to, size_t len)
{
    uint8_t evil[128] = { 1, BEGIN_REQUEST, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, PARAMS, 0, 1 };
    size_t pair = script_put_pair(evil + 24, "SERVER_NAME", evil_host, strlen(evil_host)), size = 24 + pair + 16;

    evil[21] = (uint8_t)pair;
    memcpy(evil + 24 + pair, (const uint8_t[16]) { 1, PARAMS, 0, 1, 0, 0, 0, 0, 1, STDIN, 0, 1 }, 16);
    memset(to, 0, len);
    for (size_t at = script_draw(script, 3) == 0 ? script_draw_size(script, len) : script_draw(script, (unsigned)size); at < len;
         at += size)
        memcpy(to + at, evil, size < len - at ? size : len - at);
    return len;
}

/* A record that is not allowed within a body. */
static void add_wrong(struct script *script, unsigned id)
{
    static const unsigned types[] = { DATA, PARAMS, END_REQUEST, STDOUT, 0, 11, GET_VALUES, STDIN };

    unsigned type = types[script_draw(script, sizeof types / sizeof *types)];
    script_add_record(script, type, type == STDIN ? id + 1 : type == GET_VALUES ? 0 : id, "", 0, 0);
    script->ended = true;
}

/* The answer to the request, the body of which is the LEN bytes at BODY. ENDS: it was not cut off. Until that answer nothing but
 * the body may come, so that there is no other after it. */
static void expect_answer(struct script *script, unsigned id, const struct asked *what, const uint8_t *body, size_t len,
                          bool ends)
{
    if (what->takes > 0 && !ends && len < what->takes) {
        script->ended = true;
        return;
    }
    expect(script, false, id, what);
    if (!script->ended)
        script_take(&script->expected[script->expected_count - 1].taken, what->takes, body, len);
}

/* The body of the request, how it ends, and the answer. */
static void add_body(struct script *script, unsigned id, const struct asked *what, bool keep)
{
    static uint8_t body[200032];
    unsigned how = script_draw(script, 16);
    size_t len =
        put_body(script, body, script_draw(script, 2) == 1 ? script_draw_size(script, 200000) : script_draw(script, 200));

    (void)script_add_stream(script, STDIN, id, body, len);
    expect_answer(script, id, what, body, len, how < 11);
    script->ended = script->ended || !keep;
    if (how < 11)
        script_add_record(script, STDIN, id, "", 0, script_draw(script, 2) == 1 ? script_draw(script, 256) : 0);
    else if (how < 13)
        script_add_record(script, ABORT_REQUEST, id, "", 0, 0);
    else if (how < 14)
        add_wrong(script, id);
    if (how == 0)
        script_add_record(script, ABORT_REQUEST, id, "", 0, 0); /* it crossed with the answer */
    if (how == 1) {
        script_add_record(script, GET_VALUES, 0, "\x0f\0FCGI_MPXS_CONNS", 17, script_draw(script, 16));
        expect(script, true, 0, NULL);
    }
}

static void add_request(struct script *script)
{
    static uint8_t variables[STREAM_REQUEST_MAX + 4096];
    const struct asked *what = &asked[script_draw(script, ASKED)];
    unsigned id = 1 + script_draw(script, 3) * 300;
    bool keep = script_draw(script, 8) < 7;

    script_add_record(script, BEGIN_REQUEST, id, (const uint8_t[8]) { 0, 1, keep }, 8, 0);
    size_t len =
        16 + script_add_stream(script, PARAMS, id, variables, put_variables(script, variables, what->host, what->method));
    unsigned padding = script_draw(script, 8) == 1 ? script_draw(script, 256) : 0;
    script_add_record(script, PARAMS, id, "", 0, padding);
    script->ended = script->ended || len + HEADER + padding > STREAM_REQUEST_MAX;
    add_body(script, id, what, keep);
}

bool script_make(struct script *script)
{
    if (script_draw(script, 8) == 1) {
        script_add_record(script, GET_VALUES, 0, "\x0e\0FCGI_MAX_CONNS", 16, 0);
        expect(script, true, 0, NULL);
    }
    for (unsigned n = 1 + script_draw(script, 6); n > 0 && script->len < STREAM_MAX / 2; n--)
        add_request(script);
    size_t cut = script_draw(script, 4) == 1 ? script_draw(script, 256) : 0;
    script->len -= cut < script->len ? cut : 0;
    return cut > 0;
}
