#include "policy/reply.h"
#include "policy/domain.h"

#include <stdio.h>
#include <string.h>

/* %s is the policy domain. It is always a valid name, so nothing unsafe is echoed. */
static const struct {
    const char *status, *cache, *more, *text;
} answers[REPLY_KINDS] = {
    [REPLY_POLICY] = { "200 OK", "max-age=60", "", NULL },
    [REPLY_ABSENT] = { "404 Not Found", "no-store", "", "There is no MTA-STS policy for mta-sts.%s here.\n" },
    [REPLY_NO_HOST] = { "404 Not Found", "no-store", "",
                        "Policies are asked for at mta-sts.<domain>: https://mta-sts.<domain>/.well-known/mta-sts.txt\n" },
    [REPLY_METHOD] = { "405 Method Not Allowed", "no-store", "Allow: GET, HEAD\r\n", "Only GET and HEAD are answered here.\n" },
    [REPLY_BROKEN] = { "500 Internal Server Error", "no-store", "",
                       "The policy for mta-sts.%s cannot be served: there is a mistake in policies.ini. The server's log says "
                       "where.\n" },
    [REPLY_FAILED] = { "500 Internal Server Error", "no-store", "",
                       "No policy can be served at the moment. The server's log says why.\n" },
};

static bool is_method(const struct reply_request *request, const char *method)
{
    return request->method != NULL && strcmp(request->method, method) == 0;
}

enum reply_kind reply_to(const struct reply_request *request, char domain[DOMAIN_MAX + 1])
{
    domain[0] = '\0';
    if (request->method != NULL && request->method[0] != '\0' && !is_method(request, "GET") && !is_method(request, "HEAD"))
        return REPLY_METHOD;
    if (domain_from_host(request->http_host, domain) || domain_from_host(request->server_name, domain))
        return REPLY_POLICY;
    return REPLY_NO_HOST;
}

static const char *const hints[REPLY_HINTS] = {
    [REPLY_HINT_NONE] = "",
    [REPLY_HINT_NO_HOST] =
        "neither is a policy host (mta-sts.<domain>); let the front server pass the client's Host as SERVER_NAME",
    [REPLY_HINT_FIXED_NAME] =
        "the front server passes one fixed SERVER_NAME (nginx: include fastcgi_params or fastcgi.conf; Apache: "
        "UseCanonicalName On; lighttpd: server.name; h2o: \"*\"); HTTP_HOST decides; better pass the client's Host as both",
    [REPLY_HINT_OTHER_HOST] =
        "the front server passes another Host than the client's (a proxy that rewrites it, or one before it); SERVER_NAME "
        "decides; better pass the client's Host as both",
};

enum reply_hint reply_hint(const struct reply_request *request)
{
    char by_host[DOMAIN_MAX + 1], by_name[DOMAIN_MAX + 1];
    bool host = domain_from_host(request->http_host, by_host);

    if (host && request->server_name != NULL && strcmp(request->server_name, request->http_host) == 0)
        return REPLY_HINT_NONE;
    bool name = domain_from_host(request->server_name, by_name);
    if (!host && !name)
        return REPLY_HINT_NO_HOST;
    if (host && request->server_name != NULL && request->server_name[0] != '\0' && strcmp(by_host, by_name) != 0)
        return REPLY_HINT_FIXED_NAME;
    return !host && request->http_host != NULL && request->http_host[0] != '\0' ? REPLY_HINT_OTHER_HOST : REPLY_HINT_NONE;
}

const char *reply_hint_text(enum reply_hint hint)
{
    return hints[hint];
}

/* The number of bytes that snprintf() wrote to ARRAY; N is its result. */
#define LENGTH(n, array) ((n) < 0 ? 0 : (size_t)(n) < sizeof(array) ? (size_t)(n) : sizeof(array) - 1)

static size_t make_text(enum reply_kind kind, const char *domain, struct reply *reply)
{
    const char *text = answers[kind].text, *mark = strstr(text, "%s");
    int n = mark == NULL ? snprintf(reply->text, sizeof reply->text, "%s", text)
                         : snprintf(reply->text, sizeof reply->text, "%.*s%s%s", (int)(mark - text), text, domain, mark + 2);
    return LENGTH(n, reply->text);
}

void reply_make(enum reply_kind kind, const struct reply_request *request, const char *domain, const char *policy, size_t len,
                struct reply *reply)
{
    reply->body = policy;
    if (kind != REPLY_POLICY) {
        len = make_text(kind, domain, reply);
        reply->body = reply->text;
    }
    reply->body_len = is_method(request, "HEAD") ? 0 : len;
    int n = snprintf(reply->head, sizeof reply->head,
                     "Status: %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nCache-Control: %s\r\n"
                     "X-Content-Type-Options: nosniff\r\n%s\r\n",
                     answers[kind].status, len, answers[kind].cache, answers[kind].more);
    reply->head_len = LENGTH(n, reply->head);
}
