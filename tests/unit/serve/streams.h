/* For the unit tests of stream.c: FastCGI streams that are made record by record, and the events that the reader finds in them.
 */
#ifndef SERVE_STREAMS_H
#define SERVE_STREAMS_H

#include "serve/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BEGIN = 1, ABORT = 2, PARAMS = 4, STDIN = 5, VALUES = 9 };

#define SIZE_MAX_HERE (2 * STREAM_REQUEST_MAX)

/* Names and values that are good. */
static const char good[] = "\x04\x01name.\x00\x00\x03\x02key:)\x80\x00\x00\x01\x80\x00\x00\x02nvv";
#define GOOD_LEN (sizeof good - 1)

struct bytes {
    size_t len;
    unsigned char at[SIZE_MAX_HERE];
};

static inline void add_record(struct bytes *out, unsigned type, unsigned id, const void *content, size_t len)
{
    const unsigned char padding = type == BEGIN ? 0 : 3;
    const unsigned char header[8] = {
        1, (unsigned char)type, 0, (unsigned char)id, (unsigned char)(len >> 8), (unsigned char)len, padding
    };

    assert_true(len <= 65535 && out->len + len + 11 <= SIZE_MAX_HERE);
    memcpy(out->at + out->len, header, sizeof header);
    memcpy(out->at + out->len + 8, content, len);
    memset(out->at + out->len + 8 + len, 0, padding);
    out->len += 8 + len + padding;
}

static inline void add_begin(struct bytes *out, unsigned role)
{
    add_record(out, BEGIN, 1, (const unsigned char[8]) { 0, (unsigned char)role }, 8);
}

/* A request with the variables' stream CONTENT, cut into records of at most STEP bytes. */
static inline struct bytes *request(const void *content, size_t len, size_t step)
{
    struct bytes *out = calloc(1, sizeof *out);

    assert_non_null(out);
    add_begin(out, 1);
    for (size_t at = 0; at < len; at += step)
        add_record(out, PARAMS, 1, (const char *)content + at, len - at < step ? len - at : step);
    add_record(out, PARAMS, 1, "", 0);
    return out;
}

/* The events of a stream that is read in pieces of at most STEP bytes, as letters, each with the number of bytes that are kept.
 */
static inline void read_stream(const unsigned char *bytes, size_t len, size_t (*step)(void), char *events, size_t size)
{
    struct stream_reader reader = { .id = 0 };
    enum stream_event event = STREAM_MORE;
    size_t used, n = 0;

    events[0] = '\0';
    for (size_t at = 0; at < len && event != STREAM_BAD; at += used) {
        size_t piece = step();
        event = stream_feed(&reader, bytes + at, piece < len - at ? piece : len - at, &used);
        assert_true(event == STREAM_BAD || (used > 0 && used <= len - at && stream_kept(&reader) <= at + used));
        if (event == STREAM_REQUEST || event == STREAM_VALUES)
            n += (size_t)snprintf(events + n, size - n, "%c%zu-%zu ", event == STREAM_VALUES ? 'V' : 'R',
                                  at + used - stream_kept(&reader), at + used);
    }
    (void)snprintf(events + n, size - n, "%c", event == STREAM_BAD ? 'X' : "0pbi"[stream_stage(&reader)]);
}

static inline size_t whole(void)
{
    return SIZE_MAX_HERE;
}

#endif
