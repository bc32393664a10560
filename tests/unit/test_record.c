/* record: what of a connection's first bytes goes to libfcgi, and the answer to FCGI_GET_VALUES. */
#include "record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BEGIN = 1, ABORT = 2, PARAMS = 4, STDIN = 5, VALUES = 9 };

#define SIZE_MAX_HERE (2 * RECORD_REQUEST_MAX)

struct bytes {
    size_t len;
    unsigned char at[SIZE_MAX_HERE];
};

static void add_record(struct bytes *out, unsigned type, unsigned id, const void *content, size_t len)
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

static void add_begin(struct bytes *out, unsigned role)
{
    add_record(out, BEGIN, 1, (const unsigned char[8]) { 0, (unsigned char)role }, 8);
}

/* A request with the variables' stream CONTENT, cut into records of at most STEP bytes. */
static struct bytes *request(const void *content, size_t len, size_t step)
{
    struct bytes *out = calloc(1, sizeof *out);

    assert_non_null(out);
    add_begin(out, 1);
    for (size_t at = 0; at < len; at += step)
        add_record(out, PARAMS, 1, (const char *)content + at, len - at < step ? len - at : step);
    add_record(out, PARAMS, 1, "", 0);
    return out;
}

static enum record_look look(struct bytes *bytes)
{
    size_t len = 0;
    enum record_look found = record_look(bytes->at, bytes->len, &len);

    free(bytes);
    return found;
}

static const char good[] = "\x04\x01name.\x00\x00\x03\x02key:)\x80\x00\x00\x01\x80\x00\x00\x02nvv";
#define GOOD_LEN (sizeof good - 1)

static void a_request_is_whole_with_the_end_of_its_body(void **state)
{
    (void)state;
    struct bytes *bytes = request(good, GOOD_LEN, 1000);
    size_t len, variables = bytes->len;

    for (size_t n = 0; n < variables - 1; n++)
        assert_int_equal(record_look(bytes->at, n, &len), RECORD_PART);
    assert_int_equal(record_look(bytes->at, variables, &len), RECORD_READY);
    add_record(bytes, STDIN, 1, "body", 4);
    assert_int_equal(record_look(bytes->at, bytes->len, &len), RECORD_READY);
    add_record(bytes, STDIN, 1, "", 0);
    assert_int_equal(record_look(bytes->at, bytes->len - 1, &len), RECORD_READY);
    assert_int_equal(record_look(bytes->at, bytes->len, &len), RECORD_WHOLE);
    add_record(bytes, STDIN, 1, "", 0);
    assert_int_equal(record_look(bytes->at, bytes->len, &len), RECORD_READY);
    free(bytes);
}

static void variables_may_be_cut_anywhere(void **state)
{
    (void)state;
    for (size_t step = 1; step <= GOOD_LEN; step++)
        assert_int_equal(look(request(good, GOOD_LEN, step)), RECORD_READY);
    assert_int_equal(look(request("", 0, 1)), RECORD_READY);
}

static void variables_that_do_not_fill_their_records_are_bad(void **state)
{
    (void)state;
    for (size_t step = 1; step <= GOOD_LEN; step++)
        assert_int_equal(look(request(good, GOOD_LEN - 1, step)), RECORD_BAD);
    assert_int_equal(look(request("\x05", 1, 10)), RECORD_BAD);
    assert_int_equal(look(request("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, 10)), RECORD_BAD);
    assert_int_equal(look(request("\xFF\xFF\xFF\xFE\x02", 5, 10)), RECORD_BAD);
    assert_int_equal(look(request("\x01\xFF\xFF\xFF\xFFn", 6, 1)), RECORD_BAD);
}

static void two_names_of_60_kb_are_fine(void **state)
{
    (void)state;
    static char large[2][60014];

    for (int i = 0; i < 2; i++) {
        memset(large[i], 'a', sizeof large[i]);
        memcpy(large[i], "\x09\x80\x00\xEA\x60HTTP_HOST", 14);
    }
    assert_int_equal(look(request(large, sizeof large, 65535)), RECORD_READY);
}

static void other_records_are_bad(void **state)
{
    (void)state;
    static const struct {
        unsigned type, id;
    } others[] = { { BEGIN, 1 }, { ABORT, 1 }, { STDIN, 1 }, { PARAMS, 2 }, { PARAMS, 0 }, { VALUES, 0 }, { 11, 0 }, { 0, 1 } };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct bytes *bytes = calloc(1, sizeof *bytes);
        assert_non_null(bytes);
        add_begin(bytes, 1);
        add_record(bytes, others[i].type, others[i].id, "\x00\x00", 2);
        assert_int_equal(look(bytes), RECORD_BAD);
    }
}

static void the_first_record_begins_a_responder(void **state)
{
    (void)state;
    for (unsigned role = 0; role < 5; role++) {
        struct bytes *bytes = calloc(1, sizeof *bytes);
        assert_non_null(bytes);
        add_begin(bytes, role);
        assert_int_equal(look(bytes), role == 1 ? RECORD_PART : RECORD_BAD);
    }
    for (unsigned type = 2; type < 12; type++) {
        struct bytes *bytes = calloc(1, sizeof *bytes);
        assert_non_null(bytes);
        add_record(bytes, type, type == VALUES, "\0\1\0\0\0\0\0\0", 8);
        assert_int_equal(look(bytes), RECORD_BAD);
    }
    size_t len;
    assert_int_equal(record_look((const unsigned char *)"\x02", 1, &len), RECORD_BAD);
    assert_int_equal(
        record_look((const unsigned char *)"\x01\x01\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00", 16, &len),
        RECORD_BAD);
    assert_int_equal(record_look((const unsigned char *)"\x01\x01\x00\x01\x00\x02\x00\x00\x00\x01", 10, &len), RECORD_BAD);
}

/* libfcgi takes the padding of this one for the next record. */
static void a_beginning_with_padding_is_bad(void **state)
{
    (void)state;
    struct bytes *bytes = request(good, GOOD_LEN, 1000);

    assert_int_equal(bytes->at[6], 0);
    memmove(bytes->at + 19, bytes->at + 16, bytes->len - 16);
    bytes->at[6] = 3;
    bytes->len += 3;
    assert_int_equal(look(bytes), RECORD_BAD);
}

static void a_later_record_of_another_version_is_bad(void **state)
{
    (void)state;
    struct bytes *bytes = request(good, GOOD_LEN, 1000);

    bytes->at[16] = 2;
    assert_int_equal(look(bytes), RECORD_BAD);
}

static void values_are_told_once_each(void **state)
{
    (void)state;
    static const char names[] = "\x0E\x00"
                                "FCGI_MAX_CONNS"
                                "\x0E\x00"
                                "FCGI_MAX_CONNS"
                                "\x0F\x00"
                                "FCGI_MPXS_CONNS"
                                "\x05\x02"
                                "other!!";
    static const unsigned char expected[] = "\x01\x0A\x00\x00\x00\x24\x00\x00"
                                            "\x0E\x02"
                                            "FCGI_MAX_CONNS16"
                                            "\x0F\x01"
                                            "FCGI_MPXS_CONNS0";
    struct bytes bytes = { 0 };
    unsigned char answer[RECORD_VALUES_MAX];
    size_t len = 0;

    add_record(&bytes, VALUES, 0, names, sizeof names - 1);
    assert_int_equal(record_look(bytes.at, bytes.len - 1, &len), RECORD_PART);
    assert_int_equal(record_look(bytes.at, bytes.len, &len), RECORD_VALUES);
    assert_int_equal(len, bytes.len);
    assert_int_equal(record_values(bytes.at, len, 16, answer), sizeof expected - 1);
    assert_memory_equal(answer, expected, sizeof expected - 1);
}

static void all_values_fit_and_a_cut_name_is_none(void **state)
{
    (void)state;
    static const char all[] = "\x0E\x00"
                              "FCGI_MAX_CONNS"
                              "\x0D\x00"
                              "FCGI_MAX_REQS"
                              "\x0F\x00"
                              "FCGI_MPXS_CONNS";
    unsigned char answer[RECORD_VALUES_MAX];

    for (size_t cut = 0; cut < sizeof all; cut++) {
        struct bytes bytes = { 0 };
        add_record(&bytes, VALUES, 0, all, sizeof all - 1 - cut);
        size_t names = cut == 0 ? 3 : cut <= 17 ? 2 : cut <= 32 ? 1 : 0;
        static const size_t lengths[] = { 8, 28, 47, 65 };
        assert_int_equal(record_values(bytes.at, bytes.len, 9999, answer), lengths[names]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_whole_with_the_end_of_its_body),
        cmocka_unit_test(variables_may_be_cut_anywhere),
        cmocka_unit_test(variables_that_do_not_fill_their_records_are_bad),
        cmocka_unit_test(two_names_of_60_kb_are_fine),
        cmocka_unit_test(other_records_are_bad),
        cmocka_unit_test(the_first_record_begins_a_responder),
        cmocka_unit_test(a_beginning_with_padding_is_bad),
        cmocka_unit_test(a_later_record_of_another_version_is_bad),
        cmocka_unit_test(values_are_told_once_each),
        cmocka_unit_test(all_values_fit_and_a_cut_name_is_none),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
