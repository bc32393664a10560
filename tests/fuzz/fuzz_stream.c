/*
 * The reader of a connection's stream. It reads in pieces of any size, and finds the same as a second reader, written from the
 * text of FastCGI 1.0, that has the whole stream at once. FCGI_GET_VALUES is answered with whole pairs, each once. The first byte
 * of the input decides how the stream is cut, the second which bodies are wanted.
 */
#include "../helpers/fastcgi.h"
#include "fuzz.h"
#include "serve/stream.h"

enum { EVENTS_MAX = 1024 };

/* What a stream contains: where each request and each FCGI_GET_VALUES begins and ends, and whether it is bad after that. */
struct events {
    size_t count;
    struct event {
        enum stream_event what;
        size_t from, to;
    } list[EVENTS_MAX];
    bool bad;
};

static void add_event(struct events *events, enum stream_event what, size_t from, size_t to)
{
    if (events->count < EVENTS_MAX)
        events->list[events->count++] = (struct event) { what, from, to };
}

/* Which bodies are wanted, and how much of them. */
struct wish {
    unsigned
        which; /* a bit for each of four requests in turn; above, where a body is left: after so many times 5 bytes (0: never) */
    size_t requests, got;
    bool wanted; /* the body that comes */
};

static bool begin_body(struct wish *wish)
{
    wish->got = 0;
    wish->wanted = wish->which >> wish->requests++ % 4 & 1;
    return wish->wanted;
}

/* Adds LEN bytes of a wanted body to the last event: from is a sum of them, to their number. False where it is left now. */
static bool add_body(struct events *events, struct wish *wish, const uint8_t *bytes, size_t len)
{
    size_t most = wish->which / 16 % 16 * 5, left = most > 0 ? most - wish->got : SIZE_MAX, n = len < left ? len : left;

    if (wish->got == 0)
        add_event(events, STREAM_BYTES, 0, 0);
    struct event *event = &events->list[events->count - 1];
    for (size_t i = 0; i < n; i++)
        event->from = (event->from ^ bytes[i]) * 16777619U;
    event->to += n;
    wish->got += n;
    wish->wanted = len < left;
    return wish->wanted;
}

/* --- the second reader --- */

static bool read_length(const uint8_t *stream, size_t len, size_t *at, size_t *length)
{
    if (*at >= len)
        return false;
    *length = stream[(*at)++];
    if (*length < 128)
        return true;
    if (len - *at < 3)
        return false;
    *length = (*length - 128) << 24 | (size_t)stream[*at] << 16 | (size_t)stream[*at + 1] << 8 | stream[*at + 2];
    *at += 3;
    return true;
}

/* Names and values that fill their stream (3.4), or may do so when more comes. No length is too large, and no byte is a NUL. */
static bool are_pairs(const uint8_t *stream, size_t len, bool whole)
{
    size_t at = 0, name, value;

    for (size_t count = 0; at < len; count++) {
        if (!read_length(stream, len, &at, &name) || !read_length(stream, len, &at, &value))
            return !whole;
        if (name > STREAM_REQUEST_MAX || value > STREAM_REQUEST_MAX || count == STREAM_PAIRS_MAX)
            return false;
        if (memchr(stream + at, '\0', name + value < len - at ? name + value : len - at) != NULL)
            return false;
        if (name + value > len - at)
            return !whole;
        at += name + value;
    }
    return true;
}

/* The records of a request that begins at AT. Returns false if they are bad. *END is its end, 0 if more has to come. */
static bool read_request(const uint8_t *data, size_t size, size_t at, size_t *end)
{
    uint8_t *stream = malloc(size + 1);
    size_t len = 0, from = at;
    bool good = true, whole = false;

    CHECK(stream != NULL);
    *end = 0;
    unsigned id = fastcgi_id(data + at);
    for (at += HEADER + 8; good && !whole && at < size; at += fastcgi_size(data + at)) {
        good = data[at] == 1;
        if (!good || size - at < HEADER)
            break;
        size_t content = fastcgi_content(data + at), there = size - at - HEADER;
        good = data[at + 1] == PARAMS && fastcgi_id(data + at) == id && at + fastcgi_size(data + at) - from <= STREAM_REQUEST_MAX;
        if (!good)
            break;
        memcpy(stream + len, data + at + HEADER, there < content ? there : content);
        len += there < content ? there : content;
        whole = content == 0;
        good = are_pairs(stream, len, whole);
        if (size - at < fastcgi_size(data + at))
            break;
        *end = whole ? at + fastcgi_size(data + at) : 0;
    }
    free(stream);
    return good;
}

/* A record with this header may begin a request. */
static bool may_begin(const uint8_t *header)
{
    return header[1] == BEGIN_REQUEST && fastcgi_id(header) != 0 && fastcgi_content(header) == 8 && header[6] == 0;
}

static bool in_between(const uint8_t *header, unsigned last)
{
    return (header[1] == GET_VALUES && fastcgi_id(header) == 0) ||
           (last != 0 && header[1] == ABORT_REQUEST && fastcgi_id(header) == last);
}

static bool in_body(const uint8_t *header, unsigned id, bool wanted)
{
    return (header[1] == STDIN || (header[1] == ABORT_REQUEST && !wanted)) && fastcgi_id(header) == id;
}

/* The record at HEADER, of which SIZE bytes are there, belongs to a wanted body. */
static void read_body(const uint8_t *header, size_t size, struct events *events, struct wish *wish)
{
    size_t content = fastcgi_content(header), there = size - HEADER < content ? size - HEADER : content;

    if (there > 0)
        (void)add_body(events, wish, header + HEADER, there);
    if (content > 0 || size < fastcgi_size(header))
        return;
    add_event(events, STREAM_END, 0, 0);
    wish->wanted = false;
}

/* Reads one record, or one request, at *AT. Returns false at the end of what can be read. */
static bool read_one(const uint8_t *data, size_t size, size_t *at, unsigned *id, bool *body, struct events *events,
                     struct wish *wish)
{
    const uint8_t *header = data + *at;
    size_t end;

    events->bad = size > *at && header[0] != 1;
    if (events->bad || size - *at < HEADER)
        return false;
    if (may_begin(header) && !wish->wanted) {
        if (size - *at < HEADER + 8)
            return false;
        events->bad = header[8] != 0 || header[9] != 1 || !read_request(data, size, *at, &end);
        if (events->bad || end == 0)
            return false;
        add_event(events, STREAM_REQUEST, *at, end);
        *id = fastcgi_id(header);
        *body = true;
        *at = end;
        (void)begin_body(wish);
        return true;
    }
    events->bad = !(*body ? in_body(header, *id, wish->wanted) : in_between(header, *id));
    if (!events->bad && wish->wanted)
        read_body(header, size - *at, events, wish);
    if (events->bad || size - *at < fastcgi_size(header))
        return false;
    if (header[1] == GET_VALUES)
        add_event(events, STREAM_VALUES, *at, *at + fastcgi_size(header));
    *body = *body && header[1] == STDIN && fastcgi_content(header) > 0;
    *at += fastcgi_size(header);
    return true;
}

static void read_whole(const uint8_t *data, size_t size, unsigned which, struct events *events)
{
    struct wish wish = { .which = which };
    unsigned id = 0;
    bool body = false;

    *events = (struct events) { .count = 0 };
    for (size_t at = 0; at < size && read_one(data, size, &at, &id, &body, events, &wish);)
        continue;
}

/* --- the reader, in pieces --- */

static size_t draw_piece(uint32_t *seed, unsigned most)
{
    *seed = *seed * 1664525U + 1013904223U;
    return most == 0 ? SIZE_MAX : 1 + (*seed >> 16) % most;
}

/* In memory of its own size, so that the sanitizer finds each byte read beyond it. */
static enum stream_event feed(struct stream_reader *reader, const uint8_t *bytes, size_t len, size_t *used)
{
    uint8_t *piece = malloc(len);

    CHECK(piece != NULL);
    memcpy(piece, bytes, len);
    enum stream_event event = stream_feed(reader, piece, len, used);
    free(piece);
    return event;
}

/* EVENT ends at END. */
static void take_event(struct stream_reader *reader, enum stream_event event, const uint8_t *end, size_t at,
                       struct events *events, struct wish *wish)
{
    size_t bytes = stream_bytes(reader);

    if (event == STREAM_REQUEST || event == STREAM_VALUES)
        add_event(events, event, at - stream_kept(reader), at);
    if (event == STREAM_REQUEST && begin_body(wish))
        stream_want_body(reader);
    if (event == STREAM_BYTES && !add_body(events, wish, end - bytes, bytes))
        stream_leave_body(reader);
    if (event == STREAM_END)
        add_event(events, event, 0, 0);
}

static void read_in_pieces(const uint8_t *data, size_t size, unsigned most, unsigned which, struct events *events)
{
    struct wish wish = { .which = which };
    struct stream_reader reader = { .id = 0 };
    uint32_t seed = most;
    size_t used;

    *events = (struct events) { .count = 0 };
    for (size_t at = 0; at < size && !events->bad; at += used) {
        size_t len = draw_piece(&seed, most);
        enum stream_event event = feed(&reader, data + at, len < size - at ? len : size - at, &used);
        events->bad = event == STREAM_BAD;
        CHECK(events->bad || (used > 0 && stream_kept(&reader) <= at + used && stream_kept(&reader) <= STREAM_REQUEST_MAX));
        CHECK(event != STREAM_MORE || used == (len < size - at ? len : size - at));
        CHECK(event != STREAM_BYTES || (wish.wanted && stream_bytes(&reader) > 0 && stream_bytes(&reader) <= used));
        CHECK(event != STREAM_END || wish.wanted);
        take_event(&reader, event, data + at + used, at + used, events, &wish);
        wish.wanted = wish.wanted && event != STREAM_END;
    }
    CHECK(!events->bad || stream_feed(&reader, data, size, &used) == STREAM_BAD);
}

static void check_values(const uint8_t *record, unsigned threads)
{
    static const char *const names[] = { "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS" };
    unsigned char *answer = malloc(STREAM_VALUES_MAX);
    size_t times[3] = { 0 }, told = 0;

    CHECK(answer != NULL);
    size_t size = stream_values(record, threads, answer);
    CHECK(size >= HEADER && size <= STREAM_VALUES_MAX && answer[0] == 1 && answer[1] == 10 && answer[2] == 0 && answer[3] == 0);
    CHECK(size == HEADER + fastcgi_content(answer) && answer[6] == 0);
    for (size_t at = HEADER; at < size; told++) {
        size_t name = answer[at], value = answer[at + 1];
        CHECK(size - at >= 2 + name + value && value >= 1 && value <= 4);
        for (size_t i = 0; i < 3; i++)
            times[i] += name == strlen(names[i]) && memcmp(answer + at + 2, names[i], name) == 0;
        for (size_t i = 0; i < value; i++)
            CHECK(answer[at + 2 + name + i] >= '0' && answer[at + 2 + name + i] <= '9');
        at += 2 + name + value;
    }
    CHECK(times[0] <= 1 && times[1] <= 1 && times[2] <= 1 && times[0] + times[1] + times[2] == told);
    free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct events expected, found;

    if (size < 2)
        return 0;
    const uint8_t *stream = data + 2;
    size_t len = size - 2;
    read_whole(stream, len, data[1], &expected);
    read_in_pieces(stream, len, data[0], data[1], &found);
    CHECK(stream_other_protocol(stream, len) == NULL || (expected.bad && expected.count == 0));
    CHECK(found.count == expected.count && found.bad == expected.bad);
    for (size_t i = 0; i < found.count; i++) {
        const struct event *event = &found.list[i];
        CHECK(event->what == expected.list[i].what && event->from == expected.list[i].from && event->to == expected.list[i].to);
        if (event->what == STREAM_VALUES)
            check_values(stream + event->from, 1 + (unsigned)(size % 9999));
    }
    return 0;
}
