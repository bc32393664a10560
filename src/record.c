#include "record.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* FastCGI 1.0, 8 */
enum { VERSION_1 = 1, HEADER_LEN = 8, BEGIN_LEN = 8, RESPONDER = 1 };
enum { BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5, GET_VALUES = 9, GET_VALUES_RESULT = 10 };

struct record {
    unsigned type, id;
    const unsigned char *content;
    size_t content_len, len;
};

/* The names and values of a stream that goes over several records (FastCGI 1.0, 3.4). */
struct pairs {
    unsigned char lengths[8]; /* of the pair that is read: so far, */
    size_t got;               /* so many bytes */
    size_t left;              /* bytes of its name and value that are still to come */
};

static unsigned two_bytes(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* False where it is not all there. */
static bool read_record(const unsigned char *bytes, size_t size, struct record *record)
{
    if (size < HEADER_LEN)
        return false;
    record->type = bytes[1];
    record->id = two_bytes(bytes + 2);
    record->content = bytes + HEADER_LEN;
    record->content_len = two_bytes(bytes + 4);
    record->len = HEADER_LEN + record->content_len + bytes[6];
    return record->len <= size;
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
static bool has_lengths(const struct pairs *pairs, size_t *name, size_t *value)
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

/* Goes on through LEN more bytes. False where a length is beyond all bounds. */
static bool walk_pairs(struct pairs *pairs, const unsigned char *bytes, size_t len)
{
    size_t name, value;

    while (len > 0) {
        size_t step = pairs->left < len ? pairs->left : len;
        if (step == 0) {
            pairs->lengths[pairs->got++] = *bytes;
            step = 1;
            if (has_lengths(pairs, &name, &value)) {
                if (name > RECORD_REQUEST_MAX || value > RECORD_REQUEST_MAX)
                    return false;
                *pairs = (struct pairs) { .left = name + value };
            }
        } else {
            pairs->left -= step;
        }
        bytes += step;
        len -= step;
    }
    return true;
}

static bool begins_request(const struct record *record)
{
    return record->type == BEGIN_REQUEST && record->id != 0 && record->content_len == BEGIN_LEN &&
           record->len == HEADER_LEN + BEGIN_LEN && /* libfcgi takes padding here for the next record */
           two_bytes(record->content) == RESPONDER;
}

/* The records after the variables: those of a body that is not looked at. */
static enum record_look look_at_body(const unsigned char *bytes, size_t size, unsigned id)
{
    struct record record;

    while (read_record(bytes, size, &record) && bytes[0] == VERSION_1 && record.type == STDIN && record.id == id) {
        bytes += record.len;
        size -= record.len;
        if (record.content_len == 0)
            return size == 0 ? RECORD_WHOLE : RECORD_READY;
    }
    return RECORD_READY;
}

/* The records of the variables, and what comes after them. */
static enum record_look look_at_variables(const unsigned char *bytes, size_t size, unsigned id)
{
    struct pairs pairs = { .got = 0 };
    struct record record;

    while (read_record(bytes, size, &record)) {
        if (bytes[0] != VERSION_1 || record.type != PARAMS || record.id != id)
            return RECORD_BAD;
        bytes += record.len;
        size -= record.len;
        if (record.content_len == 0)
            return pairs.got == 0 && pairs.left == 0 ? look_at_body(bytes, size, id) : RECORD_BAD;
        if (!walk_pairs(&pairs, record.content, record.content_len))
            return RECORD_BAD;
    }
    return RECORD_PART;
}

enum record_look record_look(const unsigned char *bytes, size_t size, size_t *len)
{
    struct record first;

    if (size > 0 && bytes[0] != VERSION_1)
        return RECORD_BAD;
    if (!read_record(bytes, size, &first))
        return RECORD_PART;
    *len = first.len;
    if (first.type == GET_VALUES && first.id == 0)
        return RECORD_VALUES;
    return begins_request(&first) ? look_at_variables(bytes + first.len, size - first.len, first.id) : RECORD_BAD;
}

/* --- FCGI_GET_VALUES --- */

static bool asks_for(const struct record *record, const char *wanted)
{
    const unsigned char *bytes = record->content, *end = bytes + record->content_len;

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

size_t record_values(const unsigned char *record, size_t len, unsigned threads, unsigned char answer[RECORD_VALUES_MAX])
{
    const struct {
        const char *name;
        unsigned value;
    } known[] = { { "FCGI_MAX_CONNS", threads }, { "FCGI_MAX_REQS", threads }, { "FCGI_MPXS_CONNS", 0 } };
    struct record asked;
    size_t at = HEADER_LEN;

    if (!read_record(record, len, &asked))
        return 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[32];
        if (!asks_for(&asked, known[i].name))
            continue;
        int n = snprintf(text, sizeof text, "%s%u", known[i].name, known[i].value);
        if (n < 0 || (size_t)n >= sizeof text || at + 2 + (size_t)n > RECORD_VALUES_MAX)
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
