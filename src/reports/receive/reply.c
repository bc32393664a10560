#include "reports/receive/reply.h"

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { DAY = 86400, SOON = 600, LATER = 3600 };

/* RETRY: seconds until a sender may try again; 0: none; -1: until the day ends. */
static const struct {
    const char *status;
    int retry;
    const char *text;
} replies[RECEIVE_ANSWERS] = {
    [RECEIVE_TAKEN] = { "201 Created", 0, "taken" },
    [RECEIVE_CUT] = { "400 Bad Request", 0, "the body is not as long as its Content-Length" },
    [RECEIVE_EMPTY] = { "400 Bad Request", 0, "the body is empty" },
    [RECEIVE_NO_DOMAIN] = { "404 Not Found", 0, "the path does not end in a domain of this host, as in /example.org" },
    [RECEIVE_METHOD] = { "405 Method Not Allowed", 0, "POST a TLS report here (RFC 8460 5.4)" },
    [RECEIVE_LARGE] = { "413 Content Too Large", 0, "a report has 4 MB at most" },
    [RECEIVE_TYPE] = { "415 Unsupported Media Type", 0,
                       "the Content-Type is neither application/tlsrpt+gzip nor application/tlsrpt+json (RFC 8460 6.4, 6.5)" },
    [RECEIVE_DAY_FULL] = { "503 Service Unavailable", -1, "the limit of this domain for today is reached" },
    [RECEIVE_BUSY] = { "503 Service Unavailable", SOON, "too many reports of this domain are on their way" },
    [RECEIVE_DISK_FULL] = { "503 Service Unavailable", LATER, "the disk is full" },
    [RECEIVE_UNSURE] = { "503 Service Unavailable", SOON, "the policies cannot be read, or a mistake may hide this domain" },
    [RECEIVE_FAILED] = { "503 Service Unavailable", SOON, "the report cannot be written" },
};

void receive_reply(enum receive_answer answer, const char *method, int64_t now, struct buf *out)
{
    const int retry = replies[answer].retry;
    const char *text = replies[answer].text;

    buf_print(out, "Status: %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n",
              replies[answer].status, strlen(text) + 1);
    if (answer == RECEIVE_METHOD)
        buf_print(out, "Allow: POST\r\n");
    if (retry != 0)
        buf_print(out, "Retry-After: %d\r\n", retry > 0 ? retry : (int)(DAY - now % DAY));
    buf_print(out, "\r\n");
    if (method == NULL || strcmp(method, "HEAD") != 0)
        buf_print(out, "%s\n", text);
}

const char *receive_reply_text(enum receive_answer answer)
{
    return replies[answer].text;
}
