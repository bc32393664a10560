#include "reports/receive/reply.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400, SOON = 600, LATER = 3600, RETRY_SIZE = 32 };

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
    [RECEIVE_SLOW] = { "408 Request Timeout", 0, "the body did not come within two minutes" },
    [RECEIVE_LARGE] = { "413 Content Too Large", 0, "a report has 4 MB at most" },
    [RECEIVE_TYPE] = { "415 Unsupported Media Type", 0,
                       "the Content-Type is neither application/tlsrpt+gzip nor application/tlsrpt+json (RFC 8460 6.4, 6.5)" },
    [RECEIVE_DAY_FULL] = { "503 Service Unavailable", -1, "the limit of this domain for today is reached" },
    [RECEIVE_BUSY] = { "503 Service Unavailable", SOON, "too many reports of this domain are on their way" },
    [RECEIVE_DISK_FULL] = { "503 Service Unavailable", LATER, "the disk is full" },
    [RECEIVE_UNSURE] = { "503 Service Unavailable", SOON, "the policies cannot be read, or a mistake may hide this domain" },
    [RECEIVE_FAILED] = { "503 Service Unavailable", SOON, "the report cannot be written" },
};

/* The header line for it, or "". */
static const char *retry_after(int seconds, char line[RETRY_SIZE])
{
    line[0] = '\0';
    if (seconds != 0)
        (void)snprintf(line, RETRY_SIZE, "Retry-After: %d\r\n", seconds);
    return line;
}

size_t receive_reply(enum receive_answer answer, const char *method, int64_t now, char out[RECEIVE_REPLY_MAX])
{
    const int retry = replies[answer].retry;
    const char *text = replies[answer].text;
    const bool is_head = method != NULL && strcmp(method, "HEAD") == 0;
    char line[RETRY_SIZE];
    int n = snprintf(out, RECEIVE_REPLY_MAX,
                     "Status: %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
                     "%s%s\r\n%s%s",
                     replies[answer].status, strlen(text) + 1, answer == RECEIVE_METHOD ? "Allow: POST\r\n" : "",
                     retry_after(retry >= 0 ? retry : (int)(DAY - now % DAY), line), is_head ? "" : text, is_head ? "" : "\n");

    return n < RECEIVE_REPLY_MAX ? (size_t)n : RECEIVE_REPLY_MAX - 1;
}

const char *receive_reply_text(enum receive_answer answer)
{
    return replies[answer].text;
}
