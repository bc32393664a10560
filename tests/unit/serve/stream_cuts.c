/* stream: a stream has the same events, in whatever pieces it comes. */
#include "streams.h"

static unsigned drawn = 1;

static unsigned draw(unsigned below)
{
    drawn = drawn * 1664525U + 1013904223U;
    return (drawn >> 16) % below;
}

static size_t one_byte(void)
{
    return 1;
}

static size_t few(void)
{
    return 1 + draw(40);
}

static void draw_request(struct bytes *out)
{
    unsigned id = 1 + draw(2);

    if (draw(20) > 0)
        add_record(out, BEGIN, id, (const unsigned char[8]) { 0, draw(30) > 0, (unsigned char)draw(2) }, 8);
    for (size_t at = 0, step; draw(20) > 0 && at < GOOD_LEN; at += step) {
        step = 1 + draw(GOOD_LEN);
        add_record(out, PARAMS, id, good + at, GOOD_LEN - at < step ? GOOD_LEN - at : step);
    }
    add_record(out, PARAMS, id, "", 0);
}

static void draw_stream(struct bytes *out)
{
    static const unsigned char body[300] = "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\4\0\1\0\0\0\0";

    for (out->len = 0; draw(12) > 0;) {
        unsigned what = draw(12), id = draw(30) > 0;
        if (what < 5)
            draw_request(out);
        else if (what < 10)
            add_record(out, STDIN, id, body, draw(2) * draw(sizeof body));
        else
            add_record(out, what == 10 ? ABORT : VALUES, what == 10 ? id : 0, body, draw(9));
        if (draw(60) == 0)
            out->at[draw((unsigned)out->len)] ^= (unsigned char)(1 << draw(8));
    }
    out->len -= draw(4) == 0 ? draw((unsigned)out->len + 1) : 0;
}

static void a_stream_says_the_same_however_it_is_cut(void **state)
{
    (void)state;
    struct bytes *bytes = calloc(1, sizeof *bytes);
    static char once[8000], cut[8000];
    unsigned requests = 0, bad = 0;

    assert_non_null(bytes);
    for (unsigned i = 0; i < 20000; i++) {
        draw_stream(bytes);
        read_stream(bytes->at, bytes->len, whole, once, sizeof once);
        read_stream(bytes->at, bytes->len, one_byte, cut, sizeof cut);
        assert_string_equal(once, cut);
        read_stream(bytes->at, bytes->len, few, cut, sizeof cut);
        assert_string_equal(once, cut);
        requests += strchr(once, 'R') != NULL;
        bad += strchr(once, 'X') != NULL;
    }
    /* All kinds occur. */
    assert_true(requests > 5000 && bad > 2000 && bad < 18000);
    free(bytes);
}

static void every_cut_of_a_stream_says_the_same(void **state)
{
    (void)state;
    struct bytes *bytes = request(good, GOOD_LEN, 9);
    size_t used;

    add_record(bytes, STDIN, 1, "body", 4);
    add_record(bytes, STDIN, 1, "", 0);
    for (size_t cut = 0; cut <= bytes->len; cut++) {
        struct stream_reader reader = { .id = 0 };
        unsigned requests = stream_feed(&reader, bytes->at, cut, &used) == STREAM_REQUEST;
        for (size_t at = used; at < bytes->len; at += used) {
            requests += stream_feed(&reader, bytes->at + at, bytes->len - at, &used) == STREAM_REQUEST;
            assert_true(used > 0);
        }
        assert_int_equal(requests, 1);
        assert_int_equal(stream_stage(&reader), STREAM_BETWEEN);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_says_the_same_however_it_is_cut),
        cmocka_unit_test(every_cut_of_a_stream_says_the_same),
    };

    return cmocka_run_group_tests_name("stream, cut", tests, NULL, NULL);
}
