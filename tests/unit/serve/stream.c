/* stream: where each request begins and ends, which requests libfcgi gets, and the answer to FCGI_GET_VALUES. */
#include "streams.h"

/*
 * The events of a stream: Rfrom-to for each request, Vfrom-to for each FCGI_GET_VALUES. The last letter is X for a bad stream, or
 * the state at its end: 0 nothing, p a part of a request, b a body, i between requests.
 */
static const char *read_all(const struct bytes *bytes)
{
    static char events[1000];

    read_stream(bytes->at, bytes->len, whole, events, sizeof events);
    return events;
}

/* Only the last letter. */
static char look(struct bytes *bytes)
{
    const char *events = read_all(bytes);

    free(bytes);
    return events[strlen(events) - 1];
}

static void a_request_ends_with_its_variables_and_its_body_with_an_empty_record(void **state)
{
    (void)state;
    struct bytes *bytes = request(good, GOOD_LEN, 1000);
    size_t len = bytes->len;
    char expected[64];

    for (bytes->len = 1; bytes->len < len; bytes->len++)
        assert_string_equal(read_all(bytes), "p");
    (void)snprintf(expected, sizeof expected, "R0-%zu b", len);
    assert_string_equal(read_all(bytes), expected);
    add_record(bytes, STDIN, 1, "body", 4);
    assert_string_equal(read_all(bytes), expected);
    add_record(bytes, STDIN, 1, "", 0);
    bytes->len--;
    assert_string_equal(read_all(bytes), expected);
    bytes->len++;
    expected[strlen(expected) - 1] = 'i';
    assert_string_equal(read_all(bytes), expected);
    add_record(bytes, STDIN, 1, "", 0);
    expected[strlen(expected) - 1] = 'X';
    assert_string_equal(read_all(bytes), expected);
    free(bytes);
}

/* A NUL would end a name or a value for libfcgi, which takes memory for each pair, however short. */
static void names_and_values_are_text_and_not_too_many(void **state)
{
    static const char in_value[] = "\4\3namea\0b", in_name[] = "\3\1a\0bv";
    static const unsigned char pairs[2 * (STREAM_PAIRS_MAX + 1)];

    (void)state;
    assert_int_equal(look(request(in_value, sizeof in_value - 1, 1000)), 'X');
    assert_int_equal(look(request(in_value, sizeof in_value - 1, 8)), 'X');
    assert_int_equal(look(request(in_name, sizeof in_name - 1, 1000)), 'X');
    assert_int_equal(look(request(pairs, sizeof pairs - 2, 1000)), 'b');
    assert_int_equal(look(request(pairs, sizeof pairs, 1000)), 'X');
}

/* A request, a record, and another request: whether the last one is read. */
static const struct {
    const char *name;
    unsigned type, id;
    const char *content;
    size_t len;
    char is;
} after_variables[] = {
    { "the end of the body", STDIN, 1, "", 0, 'i' },
    { "a body", STDIN, 1, "body", 4, 'b' },
    { "a body that is a request", STDIN, 1, "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0", 16, 'b' },
    { "an abort", ABORT, 1, "", 0, 'i' },
    { "an abort with content", ABORT, 1, "x", 1, 'i' },
    { "nothing but the next request", BEGIN, 2, "\0\1\0\0\0\0\0\0", 8, 'p' },
    { "the next request has no number", BEGIN, 0, "\0\1\0\0\0\0\0\0", 8, 'X' },
    { "another role", BEGIN, 2, "\0\2\0\0\0\0\0\0", 8, 'X' },
    { "the end of another body", STDIN, 2, "", 0, 'X' },
    { "an abort of another", ABORT, 2, "", 0, 'X' },
    { "variables again", PARAMS, 1, "", 0, 'X' },
    { "data", 8, 1, "", 0, 'X' },
    { "values", VALUES, 0, "", 0, 'X' },
};

static void after_the_variables_comes_a_body(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof after_variables / sizeof *after_variables; i++) {
        struct bytes *bytes = request(good, GOOD_LEN, 1000);
        add_record(bytes, after_variables[i].type, after_variables[i].id, after_variables[i].content, after_variables[i].len);
        char is = look(bytes);
        if (is != after_variables[i].is)
            fail_msg("%s: %c", after_variables[i].name, is);
    }
}

/* An abort may cross with the answer. */
static void an_abort_of_the_last_request_is_no_fault(void **state)
{
    (void)state;
    for (unsigned id = 0; id < 3; id++) {
        struct bytes *bytes = request(good, GOOD_LEN, 1000);
        add_record(bytes, STDIN, 1, "", 0);
        add_record(bytes, ABORT, id, "", 0);
        assert_int_equal(look(bytes), id == 1 ? 'i' : 'X');
    }
    struct bytes *bytes = calloc(1, sizeof *bytes);
    assert_non_null(bytes);
    add_record(bytes, ABORT, 0, "", 0);
    assert_int_equal(look(bytes), 'X');
}

static void several_requests_are_read_in_order(void **state)
{
    (void)state;
    struct bytes *bytes = calloc(1, sizeof *bytes), *one = request(good, GOOD_LEN, 10);
    char expected[100];
    size_t len = one->len;

    assert_non_null(bytes);
    add_record(bytes, VALUES, 0, "\1\1ab", 4);
    memcpy(bytes->at + bytes->len, one->at, len);
    bytes->len += len;
    add_record(bytes, STDIN, 1, "", 0);
    add_record(bytes, VALUES, 0, "", 0);
    memcpy(bytes->at + bytes->len, one->at, len);
    bytes->len += len;
    (void)snprintf(expected, sizeof expected, "V0-15 R15-%zu V%zu-%zu R%zu-%zu b", 15 + len, 26 + len, 37 + len, 37 + len,
                   37 + 2 * len);
    assert_string_equal(read_all(bytes), expected);
    free(bytes);
    free(one);
}

/* A request of LEN bytes, with its beginning and the empty record. */
static struct bytes *request_of(size_t len)
{
    static unsigned char variables[STREAM_REQUEST_MAX];
    size_t each = 50000, records = (len - 16 - 11) / (each + 11) + 1, content = len - 16 - 11 - records * 11;

    memset(variables, 'a', sizeof variables);
    memcpy(variables,
           (const unsigned char[]) { 0, 0x80, (unsigned char)((content - 5) >> 16), (unsigned char)((content - 5) >> 8),
                                     (unsigned char)(content - 5) },
           5);
    return request(variables, content, each);
}

static void the_size_of_a_request_is_bounded_to_the_byte(void **state)
{
    (void)state;
    struct bytes *bytes = request_of(STREAM_REQUEST_MAX);

    assert_int_equal(bytes->len, STREAM_REQUEST_MAX);
    assert_int_equal(look(bytes), 'b');
    assert_int_equal(look(request_of(STREAM_REQUEST_MAX + 1)), 'X');
}

static void variables_may_be_cut_anywhere(void **state)
{
    (void)state;
    for (size_t step = 1; step <= GOOD_LEN; step++)
        assert_int_equal(look(request(good, GOOD_LEN, step)), 'b');
    assert_int_equal(look(request("", 0, 1)), 'b');
}

static void variables_that_do_not_fill_their_records_are_bad(void **state)
{
    (void)state;
    for (size_t step = 1; step <= GOOD_LEN; step++)
        assert_int_equal(look(request(good, GOOD_LEN - 1, step)), 'X');
    assert_int_equal(look(request("\x05", 1, 10)), 'X');
    assert_int_equal(look(request("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, 10)), 'X');
    assert_int_equal(look(request("\xFF\xFF\xFF\xFE\x02", 5, 10)), 'X');
    assert_int_equal(look(request("\x01\xFF\xFF\xFF\xFFn", 6, 1)), 'X');
}

static void two_names_of_60_kb_are_fine(void **state)
{
    (void)state;
    static char large[2][60014];

    for (int i = 0; i < 2; i++) {
        memset(large[i], 'a', sizeof large[i]);
        memcpy(large[i], "\x09\x80\x00\xEA\x60HTTP_HOST", 14);
    }
    assert_int_equal(look(request(large, sizeof large, 65535)), 'b');
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
        assert_int_equal(look(bytes), 'X');
    }
}

static void the_first_record_begins_a_responder(void **state)
{
    (void)state;
    for (unsigned role = 0; role < 5; role++) {
        struct bytes *bytes = calloc(1, sizeof *bytes);
        assert_non_null(bytes);
        add_begin(bytes, role);
        assert_int_equal(look(bytes), role == 1 ? 'p' : 'X');
    }
    for (unsigned type = 2; type < 12; type++) {
        struct bytes *bytes = calloc(1, sizeof *bytes);
        assert_non_null(bytes);
        add_record(bytes, type, type == VALUES, "\0\1\0\0\0\0\0\0", 8);
        assert_int_equal(look(bytes), 'X');
    }
    static const struct bytes wrong[] = {
        { 1, "\x02" },
        { 16, "\x01\x01\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" },
        { 10, "\x01\x01\x00\x01\x00\x02\x00\x00\x00\x01" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(read_all(&wrong[i]), "X");
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
    assert_int_equal(look(bytes), 'X');
}

static void a_later_record_of_another_version_is_bad(void **state)
{
    (void)state;
    struct bytes *bytes = request(good, GOOD_LEN, 1000);

    bytes->at[16] = 2;
    assert_int_equal(look(bytes), 'X');
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
    unsigned char answer[STREAM_VALUES_MAX];

    add_record(&bytes, VALUES, 0, names, sizeof names - 1);
    assert_int_equal(stream_values(bytes.at, 16, answer), sizeof expected - 1);
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
    unsigned char answer[STREAM_VALUES_MAX];

    for (size_t cut = 0; cut < sizeof all; cut++) {
        struct bytes bytes = { 0 };
        add_record(&bytes, VALUES, 0, all, sizeof all - 1 - cut);
        size_t names = cut == 0 ? 3 : cut <= 17 ? 2 : cut <= 32 ? 1 : 0;
        static const size_t lengths[] = { 8, 28, 47, 65 };
        assert_int_equal(stream_values(bytes.at, 9999, answer), lengths[names]);
    }
}

static void other_protocols_have_a_name(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *name;
    } cases[] = { { "GET / HTTP/1.1\r\n", "HTTP" },
                  { "POST /x", "HTTP" },
                  { "PRI * HTTP/2.0\r\n", "HTTP" },
                  { "\x16\x03\x01", "TLS" },
                  { "GETS", NULL },
                  { "GE", NULL },
                  { "", NULL },
                  { "\x01\x01", NULL } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *name = stream_other_protocol((const unsigned char *)cases[i].begin, strlen(cases[i].begin));
        assert_true((name == NULL) == (cases[i].name == NULL));
        if (name != NULL)
            assert_string_equal(name, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_values_are_text_and_not_too_many),
        cmocka_unit_test(a_request_ends_with_its_variables_and_its_body_with_an_empty_record),
        cmocka_unit_test(after_the_variables_comes_a_body),
        cmocka_unit_test(an_abort_of_the_last_request_is_no_fault),
        cmocka_unit_test(several_requests_are_read_in_order),
        cmocka_unit_test(the_size_of_a_request_is_bounded_to_the_byte),
        cmocka_unit_test(variables_may_be_cut_anywhere),
        cmocka_unit_test(variables_that_do_not_fill_their_records_are_bad),
        cmocka_unit_test(two_names_of_60_kb_are_fine),
        cmocka_unit_test(other_records_are_bad),
        cmocka_unit_test(the_first_record_begins_a_responder),
        cmocka_unit_test(a_beginning_with_padding_is_bad),
        cmocka_unit_test(a_later_record_of_another_version_is_bad),
        cmocka_unit_test(values_are_told_once_each),
        cmocka_unit_test(all_values_fit_and_a_cut_name_is_none),
        cmocka_unit_test(other_protocols_have_a_name),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
