/*
 * The reader of a connection's stream. In pieces of any size it finds what a second reader finds, which has the whole stream
 * before it and goes by the words of FastCGI 1.0; what is asked of it by FCGI_GET_VALUES is answered with whole pairs, each once.
 */
#include "fuzz.h"
#include "serve/stream.h"

enum { HEADER = 8, BEGIN_REQUEST = 1, ABORT_REQUEST = 2, PARAMS = 4, STDIN = 5, GET_VALUES = 9, EVENTS_MAX = 1024 };

/* What a stream is: its requests and questions by their first byte and the one behind the last, and whether it is bad after that.
 */
struct events {
    size_t count;
    struct event {
        enum stream_event what;
        size_t from, to;
    } list[EVENTS_MAX];
    bool bad;
};

static size_t content_of(const uint8_t *header)
{
    return (size_t)header[4] * 256 + header[5];
}

static size_t size_of(const uint8_t *header)
{
    return HEADER + content_of(header) + header[6];
}

static unsigned id_of(const uint8_t *header)
{
    return header[2] * 256U + header[3];
}

static void add_event(struct events *events, enum stream_event what, size_t from, size_t to)
{
    if (events->count < EVENTS_MAX)
        events->list[events->count++] = (struct event) { what, from, to };
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

/* Names and values that fill their stream (3.4), or may do so when more comes; no length is beyond all bounds, no byte is a NUL.
 */
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

/* The records of a request that begins at AT. False where they are bad; *END is where it ends, 0: it goes on. */
static bool read_request(const uint8_t *data, size_t size, size_t at, size_t *end)
{
    uint8_t *stream = malloc(size + 1);
    size_t len = 0, from = at;
    bool good = true, whole = false;

    CHECK(stream != NULL);
    *end = 0;
    unsigned id = id_of(data + at);
    for (at += HEADER + 8; good && !whole && at < size; at += size_of(data + at)) {
        good = data[at] == 1;
        if (!good || size - at < HEADER)
            break;
        size_t content = content_of(data + at), there = size - at - HEADER;
        good = data[at + 1] == PARAMS && id_of(data + at) == id && at + size_of(data + at) - from <= STREAM_REQUEST_MAX;
        if (!good)
            break;
        memcpy(stream + len, data + at + HEADER, there < content ? there : content);
        len += there < content ? there : content;
        whole = content == 0;
        good = are_pairs(stream, len, whole);
        if (size - at < size_of(data + at))
            break;
        *end = whole ? at + size_of(data + at) : 0;
    }
    free(stream);
    return good;
}

/* May the record at AT, of which the header is there, begin a request? */
static bool may_begin(const uint8_t *header)
{
    return header[1] == BEGIN_REQUEST && id_of(header) != 0 && content_of(header) == 8 && header[6] == 0;
}

static bool in_between(const uint8_t *header, unsigned last)
{
    return (header[1] == GET_VALUES && id_of(header) == 0) || (last != 0 && header[1] == ABORT_REQUEST && id_of(header) == last);
}

static bool in_body(const uint8_t *header, unsigned id)
{
    return (header[1] == STDIN || header[1] == ABORT_REQUEST) && id_of(header) == id;
}

/* One record, or one request, at *AT. False where there is no more to be read. */
static bool read_one(const uint8_t *data, size_t size, size_t *at, unsigned *id, bool *body, struct events *events)
{
    const uint8_t *header = data + *at;
    size_t end;

    events->bad = size > *at && header[0] != 1;
    if (events->bad || size - *at < HEADER)
        return false;
    if (may_begin(header)) {
        if (size - *at < HEADER + 8)
            return false;
        events->bad = header[8] != 0 || header[9] != 1 || !read_request(data, size, *at, &end);
        if (events->bad || end == 0)
            return false;
        add_event(events, STREAM_REQUEST, *at, end);
        *id = id_of(header);
        *body = true;
        *at = end;
        return true;
    }
    events->bad = !(*body ? in_body(header, *id) : in_between(header, *id));
    if (events->bad || size - *at < size_of(header))
        return false;
    if (header[1] == GET_VALUES)
        add_event(events, STREAM_VALUES, *at, *at + size_of(header));
    *body = *body && header[1] == STDIN && content_of(header) > 0;
    *at += size_of(header);
    return true;
}

static void read_whole(const uint8_t *data, size_t size, struct events *events)
{
    unsigned id = 0;
    bool body = false;

    *events = (struct events) { .count = 0 };
    for (size_t at = 0; at < size && read_one(data, size, &at, &id, &body, events);)
        continue;
}

/* --- the reader, in pieces --- */

static size_t draw_piece(uint32_t *seed, unsigned most)
{
    *seed = *seed * 1664525U + 1013904223U;
    return most == 0 ? SIZE_MAX : 1 + (*seed >> 16) % most;
}

/* In memory of its own size, so that a byte read beyond it is seen. */
static enum stream_event feed(struct stream_reader *reader, const uint8_t *bytes, size_t len, size_t *used)
{
    uint8_t *piece = malloc(len);

    CHECK(piece != NULL);
    memcpy(piece, bytes, len);
    enum stream_event event = stream_feed(reader, piece, len, used);
    free(piece);
    return event;
}

static void read_in_pieces(const uint8_t *data, size_t size, unsigned most, struct events *events)
{
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
        if (event == STREAM_REQUEST || event == STREAM_VALUES)
            add_event(events, event, at + used - stream_kept(&reader), at + used);
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
    CHECK(size == HEADER + content_of(answer) && answer[6] == 0);
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

    if (size == 0)
        return 0;
    read_whole(data + 1, size - 1, &expected);
    read_in_pieces(data + 1, size - 1, data[0], &found);
    CHECK(stream_other_protocol(data + 1, size - 1) == NULL || (expected.bad && expected.count == 0));
    CHECK(found.count == expected.count && found.bad == expected.bad);
    for (size_t i = 0; i < found.count; i++) {
        const struct event *event = &found.list[i];
        CHECK(event->what == expected.list[i].what && event->from == expected.list[i].from && event->to == expected.list[i].to);
        if (event->what == STREAM_VALUES)
            check_values(data + 1 + event->from, 1 + (unsigned)(size % 9999));
    }
    return 0;
}
