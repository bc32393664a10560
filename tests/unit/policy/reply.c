#include "policy/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PLAIN "Content-Type: text/plain; charset=utf-8\r\n"
#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"

static const char policy[] = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n";

/* Each row: the request, the policy that is found, and the whole answer. */
static const struct row {
    const char *label;
    struct reply_request request;
    enum reply_kind kind;
    const char *domain, *answer;
} rows[] = {
    { "a policy",
      { "GET", "mta-sts.example.org", "mta-sts.example.org" },
      REPLY_POLICY,
      "example.org",
      "Status: 200 OK\r\n" PLAIN "Content-Length: 70\r\nCache-Control: max-age=60\r\n" NOSNIFF "\r\n"
      "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n" },
    { "HEAD of a policy",
      { "HEAD", "mta-sts.example.org", NULL },
      REPLY_POLICY,
      "example.org",
      "Status: 200 OK\r\n" PLAIN "Content-Length: 70\r\nCache-Control: max-age=60\r\n" NOSNIFF "\r\n" },
    { "a policy host without a policy",
      { "GET", "mta-sts.example.org", NULL },
      REPLY_ABSENT,
      "example.org",
      "Status: 404 Not Found\r\n" PLAIN "Content-Length: 57\r\nCache-Control: no-store\r\n" NOSNIFF "\r\n"
      "There is no MTA-STS policy for mta-sts.example.org here.\n" },
    { "no policy host",
      { "GET", "www.example.org", NULL },
      REPLY_NO_HOST,
      "",
      "Status: 404 Not Found\r\n" PLAIN "Content-Length: 93\r\nCache-Control: no-store\r\n" NOSNIFF "\r\n"
      "Policies are asked for at mta-sts.<domain>: https://mta-sts.<domain>/.well-known/mta-sts.txt\n" },
    { "another method",
      { "POST", "mta-sts.example.org", NULL },
      REPLY_METHOD,
      "",
      "Status: 405 Method Not Allowed\r\n" PLAIN "Content-Length: 37\r\nCache-Control: no-store\r\n" NOSNIFF
      "Allow: GET, HEAD\r\n\r\nOnly GET and HEAD are answered here.\n" },
    { "a mistake",
      { "GET", "mta-sts.example.org", NULL },
      REPLY_BROKEN,
      "example.org",
      "Status: 500 Internal Server Error\r\n" PLAIN "Content-Length: 118\r\nCache-Control: no-store\r\n" NOSNIFF "\r\n"
      "The policy for mta-sts.example.org cannot be served: there is a mistake in policies.ini. The server's log says where.\n" },
    { "HEAD of a mistake",
      { "HEAD", "mta-sts.example.org", NULL },
      REPLY_BROKEN,
      "example.org",
      "Status: 500 Internal Server Error\r\n" PLAIN "Content-Length: 118\r\nCache-Control: no-store\r\n" NOSNIFF "\r\n" },
    { "nothing to answer from",
      { "GET", "mta-sts.example.org", NULL },
      REPLY_FAILED,
      "example.org",
      "Status: 500 Internal Server Error\r\n" PLAIN "Content-Length: 66\r\nCache-Control: no-store\r\n" NOSNIFF "\r\n"
      "No policy can be served at the moment. The server's log says why.\n" },
};

static void answer(void **state)
{
    const struct row *row = *state;
    struct reply reply;
    char whole[2048];

    reply_make(row->kind, &row->request, row->domain, policy, sizeof policy - 1, &reply);
    (void)snprintf(whole, sizeof whole, "%.*s%.*s", (int)reply.head_len, reply.head, (int)reply.body_len, reply.body);
    assert_string_equal(whole, row->answer);
}

/* The name that decides: HTTP_HOST if it has the form of a policy host, else SERVER_NAME. */
static const struct {
    struct reply_request request;
    enum reply_kind kind;
    const char *domain;
} names[] = {
    { { "GET", "mta-sts.a.test", "mta-sts.b.test" }, REPLY_POLICY, "b.test" },
    { { "GET", "mta-sts.a.test", "MTA-STS.B.test.:443" }, REPLY_POLICY, "b.test" },
    { { "GET", "mta-sts.a.test", "127.0.0.1:8080" }, REPLY_POLICY, "a.test" },
    { { "GET", "mta-sts.a.test:443", NULL }, REPLY_POLICY, "a.test" },
    { { "GET", "mta-sts.a.test", "" }, REPLY_POLICY, "a.test" },
    { { "GET", "_", "mta-sts.b.test" }, REPLY_POLICY, "b.test" },
    { { NULL, "mta-sts.a.test", NULL }, REPLY_POLICY, "a.test" },
    { { "", "mta-sts.a.test", NULL }, REPLY_POLICY, "a.test" },
    { { "HEAD", "mta-sts.a.test", NULL }, REPLY_POLICY, "a.test" },
    { { "GET", NULL, NULL }, REPLY_NO_HOST, "" },
    { { "GET", "a.test", "b.test" }, REPLY_NO_HOST, "" },
    { { "get", "mta-sts.a.test", NULL }, REPLY_METHOD, "" },
    { { "POST", "a.test", NULL }, REPLY_METHOD, "" },
    { { "OPTIONS", "mta-sts.a.test", "mta-sts.a.test" }, REPLY_METHOD, "" },
};

static void who_is_asked(void **state)
{
    char domain[DOMAIN_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(reply_to(&names[i].request, domain), names[i].kind);
        assert_string_equal(domain, names[i].domain);
    }
}

static const struct {
    struct reply_request request;
    enum reply_hint hint;
} hints[] = {
    { { "GET", "mta-sts.a.test", "mta-sts.a.test" }, REPLY_HINT_NONE },
    { { "GET", "mta-sts.a.test.:443", "MTA-STS.a.test" }, REPLY_HINT_NONE },
    { { "GET", "mta-sts.a.test", NULL }, REPLY_HINT_NONE },
    { { "GET", "mta-sts.a.test", "" }, REPLY_HINT_NONE },
    { { "GET", NULL, "mta-sts.a.test" }, REPLY_HINT_NONE },
    { { "GET", "", "mta-sts.a.test" }, REPLY_HINT_NONE },
    { { "GET", "_", "mta-sts.a.test" }, REPLY_HINT_FIXED_NAME },
    { { "GET", "mta-sts.a.test", "mta-sts.b.test" }, REPLY_HINT_FIXED_NAME },
    { { "GET", "mta-sts.a.test", "127.0.0.1:8080" }, REPLY_HINT_OTHER_HOST },
    { { "GET", "a.test", "a.test" }, REPLY_HINT_NO_HOST },
    { { "GET", NULL, NULL }, REPLY_HINT_NO_HOST },
};

static void what_names_tell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        assert_int_equal(reply_hint(&hints[i].request), hints[i].hint);
        assert_non_null(reply_hint_text(hints[i].hint));
    }
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct CMUnitTest tests[ROWS + 2] = { [ROWS] = cmocka_unit_test(who_is_asked),
                                          [ROWS + 1] = cmocka_unit_test(what_names_tell) };

    for (size_t i = 0; i < ROWS; i++)
        tests[i] = (struct CMUnitTest) { rows[i].label, answer, NULL, NULL, (void *)(size_t)&rows[i] };
    return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
