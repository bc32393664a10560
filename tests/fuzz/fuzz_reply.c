/*
 * The answer to a request. The input is a byte that selects the names, then a method, SERVER_NAME and HTTP_HOST, each ended by a
 * NUL. The header is always well-formed, with the right length of the body, and repeats a name only if it is valid.
 */
#include "fuzz.h"
#include "policy/reply.h"

static const char policy[] = "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n";

/* Each line is "Name: value", of visible ASCII and spaces, and the last line is empty. Returns the value of Content-Length. */
static size_t read_head(const struct reply *reply)
{
    const char *at = reply->head, *end = reply->head + reply->head_len;
    size_t length = SIZE_MAX;

    CHECK(reply->head_len < sizeof reply->head - 1 && strlen(reply->head) == reply->head_len);
    CHECK(strncmp(at, "Status: ", 8) == 0 && strspn(at + 8, "0123456789") == 3);
    while (at[0] != '\r') {
        size_t name = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
        CHECK(name > 0 && at[name] == ':' && at[name + 1] == ' ');
        if (strncmp(at, "Content-Length: ", 16) == 0) {
            CHECK(length == SIZE_MAX);
            length = strtoul(at + 16, NULL, 10);
        }
        for (at += name; *at >= ' ' && *at <= '~'; at++)
            continue;
        CHECK(at[0] == '\r' && at[1] == '\n');
        at += 2;
    }
    CHECK(at + 2 == end && at[1] == '\n');
    return length;
}

static void check_reply(enum reply_kind kind, const struct reply_request *request, const char *domain)
{
    struct reply reply;
    bool head = request->method != NULL && strcmp(request->method, "HEAD") == 0;

    reply_make(kind, request, domain, policy, sizeof policy - 1, &reply);
    size_t length = read_head(&reply);
    CHECK(reply.body_len == (head ? 0 : length));
    CHECK((strncmp(reply.head, "Status: 200 ", 12) == 0) == (kind == REPLY_POLICY));
    CHECK((strstr(reply.head, "\r\nAllow: ") != NULL) == (kind == REPLY_METHOD));
    if (kind == REPLY_POLICY) {
        CHECK(reply.body == policy && length == sizeof policy - 1);
        return;
    }
    CHECK(length == strlen(reply.body) && length < sizeof reply.text - 1);
    for (size_t i = 0; i < length; i++)
        CHECK((reply.body[i] == '\n') == (i == length - 1) && (reply.body[i] >= ' ' || i == length - 1) && reply.body[i] <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum reply_kind found[] = { REPLY_POLICY, REPLY_ABSENT, REPLY_BROKEN, REPLY_FAILED };
    uint8_t there = size > 0 ? *data : 0;
    char domain[DOMAIN_MAX + 1], other[DOMAIN_MAX + 1];

    data += size > 0;
    size -= size > 0;
    char *method = fuzz_text(&data, &size), *server_name = fuzz_text(&data, &size), *http_host = fuzz_text(&data, &size);
    struct reply_request request = { there & 1 ? method : NULL, there & 2 ? server_name : NULL, there & 4 ? http_host : NULL };
    enum reply_kind kind = reply_to(&request, domain);
    CHECK(reply_hint(&request) < REPLY_HINTS && reply_hint_text(reply_hint(&request)) != NULL);
    if (kind == REPLY_POLICY) {
        CHECK(domain_fault(domain, strlen(domain)) == DOMAIN_FINE);
        /* HTTP_HOST decides if it is a policy host. */
        CHECK(!domain_from_host(request.http_host, other) || strcmp(domain, other) == 0);
        check_reply(found[there >> 3 & 3], &request, domain);
    } else {
        CHECK(domain[0] == '\0');
        check_reply(kind, &request, domain);
    }
    CHECK((kind == REPLY_METHOD) ==
          (request.method != NULL && method[0] != '\0' && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0));
    CHECK(kind == REPLY_METHOD || (kind == REPLY_NO_HOST) == (reply_hint(&request) == REPLY_HINT_NO_HOST));
    free(method);
    free(server_name);
    free(http_host);
    return 0;
}
