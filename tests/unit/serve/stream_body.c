/* stream: a body that the caller wants comes whole, however the stream is cut, and a body that was cut off never ends. */
#include "streams.h"

enum { BODY_MAX = 1000 };

/* What came of the bodies of a stream: their bytes, and "." at the end of each; "X": the stream is bad. */
static const char *read_bodies(const struct bytes *bytes, size_t step)
{
    static char out[BODY_MAX];
    struct stream_reader reader = { .id = 0 };
    size_t used, n = 0;

    for (size_t at = 0; at < bytes->len; at += used) {
        size_t left = bytes->len - at;
        enum stream_event event = stream_feed(&reader, bytes->at + at, left < step ? left : step, &used);
        if (event == STREAM_REQUEST)
            stream_want_body(&reader);
        if (event == STREAM_BYTES) {
            assert_true(stream_bytes(&reader) > 0 && stream_bytes(&reader) <= used && n + used < sizeof out - 2);
            memcpy(out + n, bytes->at + at + used - stream_bytes(&reader), stream_bytes(&reader));
            n += stream_bytes(&reader);
        }
        if (event == STREAM_END)
            out[n++] = '.';
        if (event == STREAM_BAD) {
            out[n++] = 'X';
            break;
        }
    }
    out[n] = '\0';
    return out;
}

static void a_body_comes_whole_however_it_is_cut(void **state)
{
    (void)state;
    struct bytes *bytes = request(good, GOOD_LEN, 9);

    add_record(bytes, STDIN, 1, "first", 5);
    add_record(bytes, STDIN, 1, " body", 5);
    add_record(bytes, STDIN, 1, "", 0);
    add_begin(bytes, 1);
    add_record(bytes, PARAMS, 1, good, GOOD_LEN);
    add_record(bytes, PARAMS, 1, "", 0);
    add_record(bytes, STDIN, 1, "", 0);
    add_record(bytes, VALUES, 0, "", 0);
    for (size_t step = 1; step <= bytes->len; step++)
        assert_string_equal(read_bodies(bytes, step), "first body..");
    free(bytes);
}

/* A request, a piece of its body, and another record. */
static const struct {
    unsigned type, id;
    const char *content;
    size_t len;
    const char *expected;
} cases[] = {
    { STDIN, 1, " body", 5, "first body" },
    { STDIN, 1, "", 0, "first." },
    { STDIN, 2, "", 0, "firstX" },
    { ABORT, 1, "", 0, "firstX" },
    { BEGIN, 2, "\0\1\0\0\0\0\0\0", 8, "firstX" },
    { VALUES, 0, "", 0, "firstX" },
};

static void only_the_rest_of_a_body_ends_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes *bytes = request(good, GOOD_LEN, 1000);
        add_record(bytes, STDIN, 1, "first", 5);
        add_record(bytes, cases[i].type, cases[i].id, cases[i].content, cases[i].len);
        for (size_t step = 1; step <= bytes->len; step++)
            assert_string_equal(read_bodies(bytes, step), cases[i].expected);
        free(bytes);
    }
}

static void the_rest_of_a_body_may_be_left(void **state)
{
    (void)state;
    struct stream_reader reader = { .id = 0 };
    struct bytes *bytes = request(good, GOOD_LEN, 1000);
    size_t len = bytes->len, used;

    add_record(bytes, STDIN, 1, "first", 5);
    add_record(bytes, ABORT, 1, "", 0);
    assert_int_equal(stream_feed(&reader, bytes->at, len, &used), STREAM_REQUEST);
    stream_want_body(&reader);
    assert_int_equal(stream_feed(&reader, bytes->at + len, 10, &used), STREAM_BYTES);
    assert_int_equal(used, 10);
    stream_leave_body(&reader);
    assert_int_equal(stream_feed(&reader, bytes->at + len + 10, bytes->len - len - 10, &used), STREAM_MORE);
    assert_int_equal(stream_stage(&reader), STREAM_BETWEEN);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_comes_whole_however_it_is_cut),
        cmocka_unit_test(only_the_rest_of_a_body_ends_it),
        cmocka_unit_test(the_rest_of_a_body_may_be_left),
    };

    return cmocka_run_group_tests_name("stream, bodies", tests, NULL, NULL);
}
