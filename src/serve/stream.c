#include "serve/stream.h"

#include <stdio.h>
#include <string.h>

/* FastCGI 1.0, 8 */
enum { VERSION_1 = 1, HEADER_LEN = STREAM_HEADER_LEN, BEGIN_LEN = 8, RESPONDER = 1 };
enum { BEGIN_REQUEST = 1, ABORT_REQUEST = 2, PARAMS = 4, STDIN = 5, GET_VALUES = 9, GET_VALUES_RESULT = 10 };

static unsigned two_bytes(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static unsigned type_of(const struct stream_reader *reader)
{
    return reader->header[1];
}

static unsigned id_of(const struct stream_reader *reader)
{
    return two_bytes(reader->header + 2);
}

static size_t length_size(const unsigned char *length)
{
    return length[0] & 0x80 ? 4 : 1;
}

static size_t length_value(const unsigned char *length)
{
    if (length_size(length) == 1)
        return length[0];
    return (size_t)(length[0] & 0x7F) << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
}

/* Are both lengths of the pair there? *NAME and *VALUE then. */
static bool has_lengths(const struct stream_pairs *pairs, size_t *name, size_t *value)
{
    if (pairs->got == 0)
        return false;
    size_t at = length_size(pairs->lengths);
    if (pairs->got <= at || pairs->got < at + length_size(pairs->lengths + at))
        return false;
    *name = length_value(pairs->lengths);
    *value = length_value(pairs->lengths + at);
    return true;
}

/* Reads LEN more bytes of variables. False where a length is too large, where there are too many pairs, or where a name or a
 * value holds a NUL: libfcgi would end it there. */
static bool read_pairs(struct stream_pairs *pairs, const unsigned char *bytes, size_t len)
{
    size_t name, value;

    while (len > 0) {
        size_t step = pairs->left < len ? pairs->left : len;
        if (step == 0) {
            pairs->lengths[pairs->got++] = *bytes;
            step = 1;
            if (has_lengths(pairs, &name, &value)) {
                if (name > STREAM_REQUEST_MAX || value > STREAM_REQUEST_MAX || pairs->count == STREAM_PAIRS_MAX)
                    return false;
                *pairs = (struct stream_pairs) { .left = name + value, .count = pairs->count + 1 };
            }
        } else if (memchr(bytes, '\0', step) != NULL) {
            return false;
        } else {
            pairs->left -= step;
        }
        bytes += step;
        len -= step;
    }
    return true;
}

/* --- which records may come --- */

static bool begins_request(const struct stream_reader *reader)
{
    /* libfcgi would take padding here for the next record. */
    return id_of(reader) != 0 && reader->content == BEGIN_LEN && reader->padding == 0;
}

static bool is_of_no_request(const struct stream_reader *reader)
{
    return id_of(reader) == 0;
}

static bool is_of_request(const struct stream_reader *reader)
{
    return id_of(reader) == reader->id && reader->id != 0;
}

static bool is_variables(const struct stream_reader *reader)
{
    bool fits = reader->kept + reader->content + reader->padding <= STREAM_REQUEST_MAX;

    return fits && is_of_request(reader) && (reader->content > 0 || (reader->pairs.got == 0 && reader->pairs.left == 0));
}

/* The records that may come at each stage, and no others. */
static const struct rule {
    enum stream_stage stage;
    unsigned type;
    bool (*fits)(const struct stream_reader *reader);
    bool kept; /* is it a part of the request? */
} rules[] = {
    { STREAM_NOTHING, BEGIN_REQUEST, begins_request, true },
    { STREAM_NOTHING, GET_VALUES, is_of_no_request, true },
    { STREAM_BETWEEN, BEGIN_REQUEST, begins_request, true },
    { STREAM_BETWEEN, GET_VALUES, is_of_no_request, true },
    { STREAM_BETWEEN, ABORT_REQUEST, is_of_request, false }, /* it crossed with the answer */
    { STREAM_VARIABLES, PARAMS, is_variables, true },
    { STREAM_BODY, STDIN, is_of_request, false },
    { STREAM_BODY, ABORT_REQUEST, is_of_request, false },
    { STREAM_BODY, BEGIN_REQUEST, begins_request, true }, /* the answer has ended the request before */
};

/* The header has come. False where no such record may come now. */
static bool begin_record(struct stream_reader *reader)
{
    reader->content = two_bytes(reader->header + 4);
    reader->padding = reader->header[6];
    reader->empty = reader->content == 0;
    if (reader->wants && type_of(reader) != STDIN)
        return false;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].stage != reader->stage || rules[i].type != type_of(reader) || !rules[i].fits(reader))
            continue;
        reader->keeps = rules[i].kept;
        if (!reader->keeps)
            reader->kept = 0;
        return true;
    }
    return false;
}

/* The whole record has come. */
static enum stream_event end_record(struct stream_reader *reader)
{
    bool was_wanted;

    reader->got = 0;
    switch (type_of(reader)) {
    case BEGIN_REQUEST:
        reader->id = id_of(reader);
        reader->stage = STREAM_VARIABLES;
        reader->pairs = (struct stream_pairs) { .got = 0 };
        return two_bytes(reader->begin) == RESPONDER ? STREAM_MORE : STREAM_BAD;
    case PARAMS:
        if (!reader->empty)
            return STREAM_MORE;
        reader->stage = STREAM_BODY;
        return STREAM_REQUEST;
    case GET_VALUES:
        reader->stage = STREAM_BETWEEN;
        return STREAM_VALUES;
    default:
        if (!reader->empty && type_of(reader) != ABORT_REQUEST)
            return STREAM_MORE;
        reader->stage = STREAM_BETWEEN;
        was_wanted = reader->wants;
        reader->wants = false;
        return was_wanted ? STREAM_END : STREAM_MORE;
    }
}

/* Reads LEN bytes of content. False where they are wrong. */
static bool read_content(struct stream_reader *reader, const unsigned char *bytes, size_t len)
{
    if (type_of(reader) == PARAMS)
        return read_pairs(&reader->pairs, bytes, len);
    if (type_of(reader) == BEGIN_REQUEST)
        memcpy(reader->begin + BEGIN_LEN - reader->content, bytes, len);
    return true;
}

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Reads at least one of the LEN bytes; *USED is how many. False where they are wrong. */
static bool read_some(struct stream_reader *reader, const unsigned char *bytes, size_t len, size_t *used)
{
    bool good = true;

    *used = 1;
    if (reader->got < HEADER_LEN) {
        reader->header[reader->got++] = *bytes;
        reader->kept++;
        return reader->header[0] == VERSION_1 && (reader->got < HEADER_LEN || begin_record(reader));
    }
    if (reader->content > 0) {
        *used = less(len, reader->content);
        good = read_content(reader, bytes, *used);
        reader->content -= *used;
    } else {
        *used = less(len, reader->padding);
        reader->padding -= *used;
    }
    if (reader->keeps)
        reader->kept += *used;
    return good;
}

static bool is_whole(const struct stream_reader *reader)
{
    return reader->got == HEADER_LEN && reader->content == 0 && reader->padding == 0;
}

enum stream_event stream_feed(struct stream_reader *reader, const unsigned char *bytes, size_t len, size_t *used)
{
    enum stream_event event = STREAM_MORE;
    size_t step;

    if (reader->got == 0 && reader->stage != STREAM_VARIABLES)
        reader->kept = 0;
    for (*used = 0; *used < len && event == STREAM_MORE; *used += step) {
        bool is_wanted = reader->wants && reader->got == HEADER_LEN && reader->content > 0;
        if (reader->stage == STREAM_WRONG || !read_some(reader, bytes + *used, len - *used, &step))
            event = STREAM_BAD;
        else if (is_whole(reader))
            event = end_record(reader);
        if (event == STREAM_MORE && is_wanted) {
            reader->bytes = step;
            event = STREAM_BYTES;
        } else if (event == STREAM_BAD) {
            reader->stage = STREAM_WRONG;
            step = 0;
        }
    }
    return event;
}

size_t stream_kept(const struct stream_reader *reader)
{
    return reader->kept;
}

void stream_want_body(struct stream_reader *reader)
{
    reader->wants = true;
}

void stream_leave_body(struct stream_reader *reader)
{
    reader->wants = false;
}

size_t stream_bytes(const struct stream_reader *reader)
{
    return reader->bytes;
}

enum stream_stage stream_stage(const struct stream_reader *reader)
{
    bool may_begin = reader->got > 0 && (reader->stage == STREAM_NOTHING || reader->stage == STREAM_BETWEEN);
    bool begins = reader->got == HEADER_LEN && reader->keeps;

    return may_begin || begins ? STREAM_VARIABLES : reader->stage;
}

/* --- FCGI_GET_VALUES --- */

/* Does the record ask for the value of that name? */
static bool asks_for(const unsigned char *record, const char *wanted)
{
    const unsigned char *bytes = record + HEADER_LEN, *end = bytes + two_bytes(record + 4);

    while (end - bytes >= 2 && length_size(bytes) == 1 && length_size(bytes + 1) == 1) {
        size_t name = bytes[0], value = bytes[1];
        bytes += 2;
        if ((size_t)(end - bytes) < name + value)
            return false;
        if (name == strlen(wanted) && memcmp(bytes, wanted, name) == 0)
            return true;
        bytes += name + value;
    }
    return false;
}

size_t stream_values(const unsigned char *record, unsigned threads, unsigned char answer[STREAM_VALUES_MAX])
{
    const struct {
        const char *name;
        unsigned value;
    } known[] = { { "FCGI_MAX_CONNS", threads }, { "FCGI_MAX_REQS", threads }, { "FCGI_MPXS_CONNS", 0 } };
    size_t at = HEADER_LEN;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[32];
        if (!asks_for(record, known[i].name))
            continue;
        int n = snprintf(text, sizeof text, "%s%u", known[i].name, known[i].value);
        if (n < 0 || (size_t)n >= sizeof text || at + 2 + (size_t)n > STREAM_VALUES_MAX)
            continue;
        answer[at] = (unsigned char)strlen(known[i].name);
        answer[at + 1] = (unsigned char)((size_t)n - strlen(known[i].name));
        memcpy(answer + at + 2, text, (size_t)n);
        at += 2 + (size_t)n;
    }
    memcpy(answer, (const unsigned char[HEADER_LEN]) { VERSION_1, GET_VALUES_RESULT }, HEADER_LEN);
    answer[5] = (unsigned char)(at - HEADER_LEN);
    return at;
}

/* --- other protocols --- */

const char *stream_other_protocol(const unsigned char *bytes, size_t len)
{
    static const struct {
        const char *begin, *name;
    } known[] = { { "GET ", "HTTP" },     { "HEAD ", "HTTP" },   { "POST ", "HTTP" },        { "PUT ", "HTTP" },
                  { "OPTIONS ", "HTTP" }, { "DELETE ", "HTTP" }, { "PRI * HTTP/2", "HTTP" }, { "\x16\x03", "TLS" } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].begin);
        if (len >= n && memcmp(bytes, known[i].begin, n) == 0)
            return known[i].name;
    }
    return NULL;
}
