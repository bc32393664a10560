/* request, reply: which requests are taken, for which domain, and the status of each refusal. */
#include "reports/receive/request.h"

#include "reports/receive/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define GZIP "application/tlsrpt+gzip"
#define JSON "application/tlsrpt+json"

static const struct {
    const char *method, *uri, *type, *length;
    enum receive_answer answer;
    const char *domain;
    bool gzip;
} cases[] = {
    { "POST", "/example.org", GZIP, "5", RECEIVE_TAKEN, "example.org", true },
    { "POST", "/example.org", JSON, "5", RECEIVE_TAKEN, "example.org", false },
    { "POST", "/cgi-bin/reports/EXAMPLE.org/", JSON, "5", RECEIVE_TAKEN, "example.org", false },
    { "POST", "/example.org?/example.net", JSON, "5", RECEIVE_TAKEN, "example.org", false },
    { "POST", "http://reports.example.net/example.org", JSON, "5", RECEIVE_TAKEN, "example.org", false },
    { "POST", "http://reports.example.net", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "http://reports.example.net?example.org", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/http://example.org", JSON, "5", RECEIVE_TAKEN, "example.org", false },
    { "POST", "/", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", NULL, JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/example.org//", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/google", JSON, "5", RECEIVE_NO_DOMAIN, "google", false },
    { "POST", "/..", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/example.org/..", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/%65xample.org", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/ex\xc3\xa4mple.org", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/192.0.2.1", JSON, "5", RECEIVE_NO_DOMAIN, "", false },
    { "POST", "/example.org", "Application/TLSRPT+GZIP; charset=utf-8", "5", RECEIVE_TAKEN, "example.org", true },
    { "POST", "/example.org", " application/tlsrpt+json;x", "5", RECEIVE_TAKEN, "example.org", false },
    { "POST", "/example.org", "application/tlsrpt+jsonp", "5", RECEIVE_TYPE, "example.org", false },
    { "POST", "/example.org", "application/tlsrpt", "5", RECEIVE_TYPE, "example.org", false },
    { "POST", "/example.org", "application/json", "5", RECEIVE_TYPE, "example.org", false },
    { "POST", "/example.org", "", "5", RECEIVE_TYPE, "example.org", false },
    { "POST", "/example.org", NULL, "5", RECEIVE_TYPE, "example.org", false },
    { "POST", "/example.org", GZIP, "0", RECEIVE_EMPTY, "example.org", true },
    { "POST", "/example.org", GZIP, "4194304", RECEIVE_TAKEN, "example.org", true },
    { "POST", "/example.org", GZIP, "4194305", RECEIVE_LARGE, "example.org", true },
    { "POST", "/example.org", GZIP, "99999999999999999999999999999999", RECEIVE_LARGE, "example.org", true },
    { "POST", "/example.org", GZIP, "-1", RECEIVE_TAKEN, "example.org", true },
    { "POST", "/example.org", GZIP, "", RECEIVE_TAKEN, "example.org", true },
    { "POST", "/example.org", GZIP, NULL, RECEIVE_TAKEN, "example.org", true },
    { "GET", "/example.org", GZIP, NULL, RECEIVE_METHOD, "example.org", true },
    { "post", "/example.org", GZIP, "5", RECEIVE_METHOD, "example.org", true },
    { "PUT", "/", GZIP, "5", RECEIVE_METHOD, "", true },
    { NULL, "/example.org", GZIP, "5", RECEIVE_METHOD, "example.org", true },
};

static void each_request_has_its_answer_and_its_domain(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct receive_variables variables = {
            .method = cases[i].method, .type = cases[i].type, .length = cases[i].length, .uri = cases[i].uri
        };
        struct receive_request request;
        if (receive_request_read(&variables, &request) != cases[i].answer || strcmp(request.domain, cases[i].domain) != 0 ||
            request.gzip != cases[i].gzip)
            fail_msg("case %zu: \"%s\" is \"%s\"", i, cases[i].uri != NULL ? cases[i].uri : "", request.domain);
    }
}

static void a_length_that_is_no_number_is_unknown(void **state)
{
    static const char *const lengths[] = { NULL, "", "-1", "+5", " 5", "5 ", "0x5", "5,5" };
    struct receive_variables variables = { .method = "POST", .type = GZIP, .uri = "/example.org", .length = "57" };
    struct receive_request request;

    (void)state;
    assert_int_equal(receive_request_read(&variables, &request), RECEIVE_TAKEN);
    assert_true(request.has_length);
    assert_int_equal(request.length, 57);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        variables.length = lengths[i];
        assert_int_equal(receive_request_read(&variables, &request), RECEIVE_TAKEN);
        assert_false(request.has_length);
    }
}

static void without_request_uri_the_path_counts(void **state)
{
    struct receive_variables variables = {
        .method = "POST", .type = GZIP, .path = "/example.org", .script = "/cgi-bin/mta-sts-reports"
    };
    struct receive_request request;

    (void)state;
    assert_int_equal(receive_request_read(&variables, &request), RECEIVE_TAKEN);
    assert_string_equal(request.domain, "example.org");
    variables.path = NULL;
    variables.script = "/example.net";
    assert_int_equal(receive_request_read(&variables, &request), RECEIVE_TAKEN);
    assert_string_equal(request.domain, "example.net");
}

/* At 18:00:00 of a day. */
static const struct {
    enum receive_answer answer;
    const char *status, *line;
} replies[] = {
    { RECEIVE_TAKEN, "Status: 201 ", "\r\nContent-Length: 6\r\n" },
    { RECEIVE_CUT, "Status: 400 ", "\r\nCache-Control: no-store\r\n" },
    { RECEIVE_EMPTY, "Status: 400 ", "\r\nCache-Control: no-store\r\n" },
    { RECEIVE_NO_DOMAIN, "Status: 404 ", "\r\nCache-Control: no-store\r\n" },
    { RECEIVE_METHOD, "Status: 405 ", "\r\nAllow: POST\r\n" },
    { RECEIVE_SLOW, "Status: 408 ", "\r\nCache-Control: no-store\r\n" },
    { RECEIVE_LARGE, "Status: 413 ", "\r\nCache-Control: no-store\r\n" },
    { RECEIVE_TYPE, "Status: 415 ", "\r\nCache-Control: no-store\r\n" },
    { RECEIVE_DAY_FULL, "Status: 503 ", "\r\nRetry-After: 21600\r\n" },
    { RECEIVE_BUSY, "Status: 503 ", "\r\nRetry-After: 600\r\n" },
    { RECEIVE_DISK_FULL, "Status: 503 ", "\r\nRetry-After: 3600\r\n" },
    { RECEIVE_UNSURE, "Status: 503 ", "\r\nRetry-After: 600\r\n" },
    { RECEIVE_FAILED, "Status: 503 ", "\r\nRetry-After: 600\r\n" },
};

static void each_answer_has_its_status_and_only_503_says_when_to_try_again(void **state)
{
    (void)state;
    assert_int_equal(sizeof replies / sizeof *replies, RECEIVE_ANSWERS);
    for (size_t i = 0; i < RECEIVE_ANSWERS; i++) {
        char out[RECEIVE_REPLY_MAX];
        size_t len = receive_reply(replies[i].answer, "POST", 20000 * INT64_C(86400) + 64800, out);
        assert_int_equal(len, strlen(out));
        assert_memory_equal(out, replies[i].status, strlen(replies[i].status));
        assert_non_null(strstr(out, replies[i].line));
        assert_true((strstr(out, "Retry-After") != NULL) == (strstr(out, "Status: 503") != NULL));
        assert_int_equal(out[len - 1], '\n');
        assert_non_null(strstr(out, receive_reply_text(replies[i].answer)));
    }
}

static void head_gets_no_body(void **state)
{
    char out[RECEIVE_REPLY_MAX];

    (void)state;
    size_t len = receive_reply(RECEIVE_METHOD, "HEAD", 0, out);
    assert_string_equal(out + len - 4, "\r\n\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_has_its_answer_and_its_domain),
        cmocka_unit_test(a_length_that_is_no_number_is_unknown),
        cmocka_unit_test(without_request_uri_the_path_counts),
        cmocka_unit_test(each_answer_has_its_status_and_only_503_says_when_to_try_again),
        cmocka_unit_test(head_gets_no_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
