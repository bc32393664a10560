/*
 * The gate in front of libfcgi. What it takes for a request is one by the words of FastCGI 1.0, read once more in another way; a
 * verdict does not change by what comes in later; what is asked of it by FCGI_GET_VALUES is answered with whole pairs, each once.
 */
#include "fuzz.h"
#include "record.h"

enum { HEADER = 8, BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5, GET_VALUES = 9 };

static size_t content_of(const uint8_t *header)
{
    return (size_t)header[4] * 256 + header[5];
}

/* One whole record at AT: of that type, of the request ID. */
static bool is_record(const uint8_t *data, size_t size, size_t at, unsigned type, unsigned id)
{
    return size - at >= HEADER && data[at] == 1 && data[at + 1] == type && data[at + 2] * 256U + data[at + 3] == id &&
           size - at >= HEADER + content_of(data + at) + data[at + 6];
}

/* The contents of the records of TYPE at *AT, up to the empty one, one after the other; to be freed. NULL where there is no end.
 */
static uint8_t *read_stream(const uint8_t *data, size_t size, size_t *at, unsigned type, unsigned id, size_t *len)
{
    uint8_t *stream = malloc(size + 1);

    CHECK(stream != NULL);
    for (*len = 0; is_record(data, size, *at, type, id);) {
        size_t content = content_of(data + *at), padding = data[*at + 6];
        memcpy(stream + *len, data + *at + HEADER, content);
        *len += content;
        *at += HEADER + content + padding;
        if (content == 0)
            return stream;
    }
    free(stream);
    return NULL;
}

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

/* Names and values that fill their stream (3.4). */
static bool are_pairs(const uint8_t *stream, size_t len)
{
    size_t at = 0, name, value;

    while (at < len) {
        if (!read_length(stream, len, &at, &name) || !read_length(stream, len, &at, &value) || name + value > len - at)
            return false;
        at += name + value;
    }
    return true;
}

/*
 * Is it a request with all its variables, WHOLE where that and its body are all there is? libfcgi takes padding of the first
 * record for records: it is to have none.
 */
static bool is_request(const uint8_t *data, size_t size, bool *whole)
{
    size_t at = HEADER + 8, len;

    *whole = false;
    if (size < at || data[0] != 1 || data[1] != BEGIN_REQUEST || content_of(data) != 8 || data[8] != 0 || data[9] != 1 ||
        (data[2] == 0 && data[3] == 0) || data[6] != 0)
        return false;
    unsigned id = data[2] * 256U + data[3];
    uint8_t *stream = read_stream(data, size, &at, PARAMS, id, &len);
    bool good = stream != NULL && are_pairs(stream, len);
    free(stream);
    if (!good)
        return false;
    stream = read_stream(data, size, &at, STDIN, id, &len);
    *whole = stream != NULL && at == size;
    free(stream);
    return true;
}

static void check_values(const uint8_t *data, size_t len, unsigned threads)
{
    static const char *const names[] = { "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS" };
    unsigned char *answer = malloc(RECORD_VALUES_MAX);
    size_t times[3] = { 0 }, told = 0;

    CHECK(answer != NULL);
    size_t size = record_values(data, len, threads, answer);
    CHECK(size >= HEADER && size <= RECORD_VALUES_MAX && answer[0] == 1 && answer[1] == 10 && answer[2] == 0 && answer[3] == 0);
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

/* What came in so far tells no other verdict than all of it, but that more is to come. */
static void check_prefix(const uint8_t *data, size_t part, enum record_look look)
{
    uint8_t *begin = malloc(part > 0 ? part : 1);
    size_t len;

    CHECK(begin != NULL);
    memcpy(begin, data, part);
    enum record_look so_far = record_look(begin, part, &len);
    free(begin);
    if (so_far == RECORD_WHOLE)
        so_far = RECORD_READY;
    CHECK(so_far == RECORD_PART || so_far == (look == RECORD_WHOLE ? RECORD_READY : look));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len = 0;
    bool whole;
    enum record_look look = record_look(data, size, &len);
    bool request = is_request(data, size, &whole);

    CHECK(request == (look == RECORD_READY || look == RECORD_WHOLE));
    CHECK(whole == (look == RECORD_WHOLE));
    CHECK((look == RECORD_VALUES) == is_record(data, size, 0, GET_VALUES, 0));
    if (look == RECORD_VALUES) {
        CHECK(len >= HEADER && len == HEADER + content_of(data) + data[6]);
        check_values(data, len, 1 + (unsigned)(size % 9999));
    }
    for (size_t i = 1; i <= 4; i++)
        check_prefix(data, size * i / 5, look);
    if (size > 0)
        check_prefix(data, size - 1, look);
    return 0;
}
