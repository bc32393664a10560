/* exchange: from the bytes of a request to the bytes of the response. */
#include "serve/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BEGIN "\1\1\1\2\0\10\0\0\0\1\0\0\0\0\0\0"
#define BEGIN_KEEP "\1\1\1\2\0\10\0\0\0\1\1\0\0\0\0\0"
#define VARIABLES "\1\4\1\2\0\14\0\0\4\6NAMEvalue=\1\4\1\2\0\0\0\0"
#define BYTES(text) ((const unsigned char *)(text)), sizeof(text) - 1

static const char *text_to_write, *line_to_log;
static unsigned calls;

static void answer(struct exchange *exchange, void *arg)
{
    const char *value = exchange_variable(exchange, "NAME");

    calls++;
    assert_ptr_equal(arg, &calls);
    assert_non_null(value);
    assert_string_equal(value, "value=");
    assert_null(exchange_variable(exchange, "NAM"));
    exchange_write(exchange, text_to_write, strlen(text_to_write));
    if (line_to_log != NULL)
        exchange_log(exchange, line_to_log, strlen(line_to_log));
}

static enum exchange_result run(const unsigned char *request, size_t len, struct exchange_response *response)
{
    return exchange_run(request, len, response, answer, &calls);
}

static void a_request_becomes_a_response(void **state)
{
    (void)state;
    static const char expected[] = "\1\6\1\2\0\5\3\0hello\0\0\0\1\6\1\2\0\0\0\0\1\3\1\2\0\10\0\0\0\0\0\0\0\0\0\0";
    unsigned char bytes[1000];
    struct exchange_response response = { .bytes = bytes, .room = sizeof bytes };

    text_to_write = "hello";
    line_to_log = NULL;
    for (int keep = 0; keep < 2; keep++) {
        assert_int_equal(keep ? run(BYTES(BEGIN_KEEP VARIABLES), &response) : run(BYTES(BEGIN VARIABLES), &response),
                         EXCHANGE_DONE);
        assert_int_equal(response.keep, keep);
        assert_int_equal(response.len, sizeof expected - 1);
        assert_memory_equal(bytes, expected, sizeof expected - 1);
    }
}

static void a_line_goes_to_the_error_stream(void **state)
{
    (void)state;
    static const char expected[] = "\1\7\1\2\0\21\7\0hey now: trouble\n";
    unsigned char bytes[1000];
    struct exchange_response response = { .bytes = bytes, .room = sizeof bytes };

    text_to_write = "";
    line_to_log = "hey now: trouble\n";
    assert_int_equal(run(BYTES(BEGIN VARIABLES), &response), EXCHANGE_DONE);
    assert_true(response.len > sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected - 1);
}

static void what_does_not_fit_is_a_failure(void **state)
{
    (void)state;
    unsigned char *bytes = malloc(40);
    struct exchange_response response = { .bytes = bytes };

    assert_non_null(bytes);
    text_to_write = "hello";
    line_to_log = NULL;
    for (response.room = 0; response.room < 40; response.room++)
        assert_int_equal(run(BYTES(BEGIN VARIABLES), &response), EXCHANGE_FAILED);
    response.room = 40;
    assert_int_equal(run(BYTES(BEGIN VARIABLES), &response), EXCHANGE_DONE);
    free(bytes);
}

/* The program's reader refuses all of these. libfcgi treats them as the end of the connection. */
static void what_is_no_request_is_a_failure(void **state)
{
    (void)state;
    unsigned char bytes[100];
    struct exchange_response response = { .bytes = bytes, .room = sizeof bytes };

    calls = 0;
    assert_int_equal(run(BYTES(""), &response), EXCHANGE_FAILED);
    assert_int_equal(run(BYTES("\2\1\1\2\0\10\0\0\0\1\0\0\0\0\0\0"), &response), EXCHANGE_FAILED);
    assert_int_equal(run((const unsigned char *)BEGIN, 10, &response), EXCHANGE_FAILED);
    assert_int_equal(run(BYTES(BEGIN "\1\4\1\2\0\3\0\0\4\6N\1\4\1\2\0\0\0\0"), &response), EXCHANGE_FAILED);
    assert_int_equal(calls, 0);
}

static int set_up(void **state)
{
    (void)state;
    return exchange_init() ? 0 : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_becomes_a_response),
        cmocka_unit_test(a_line_goes_to_the_error_stream),
        cmocka_unit_test(what_does_not_fit_is_a_failure),
        cmocka_unit_test(what_is_no_request_is_a_failure),
    };

    return cmocka_run_group_tests_name("exchange", tests, set_up, NULL);
}
