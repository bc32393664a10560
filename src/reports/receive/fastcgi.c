#include "reports/receive/fastcgi.h"

#include "base/log.h"
#include "reports/receive/intake.h"
#include "reports/receive/reply.h"
#include "reports/receive/request.h"
#include "reports/receive/settings.h"
#include "serve/exchange.h"
#include "serve/handler.h"
#include "serve/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

/* A part, and its folder. While a day begins: the folder of its domain, an earlier day, and both once more to read them. */
enum { DESCRIPTORS = 2, PASSING = 4 };

static void write_reply(struct exchange *exchange, enum receive_answer answer)
{
    char reply[RECEIVE_REPLY_MAX];
    size_t len = receive_reply(answer, exchange_variable(exchange, "REQUEST_METHOD"), time(NULL), reply);

    exchange_write(exchange, reply, len);
}

static void answer_request(struct handler *handler, struct exchange *exchange)
{
    struct receiver *receiver = handler->shared->to;
    const struct receive_variables variables = {
        .method = exchange_variable(exchange, "REQUEST_METHOD"),
        .type = exchange_variable(exchange, "CONTENT_TYPE"),
        .length = exchange_variable(exchange, "CONTENT_LENGTH"),
        .uri = exchange_variable(exchange, "REQUEST_URI"),
        .path = exchange_variable(exchange, "PATH_INFO"),
        .script = exchange_variable(exchange, "SCRIPT_NAME"),
    };
    struct receive_request request;
    struct intake *intake;
    enum receive_answer answer = receive_request_read(&variables, &request);

    server_shield(true);
    if (answer != RECEIVE_TAKEN)
        intake_log(receiver, answer, request.domain, 0);
    else
        answer = intake_begin(receiver, handler->shared->store, &request, time(NULL), &intake);
    server_shield(false);
    if (answer == RECEIVE_TAKEN)
        handler->body = intake;
    else
        write_reply(exchange, answer);
}

static bool add(void *body, const unsigned char *bytes, size_t len)
{
    server_shield(true);
    bool good = intake_add(body, bytes, len);
    server_shield(false);
    return good;
}

static void answer_body(struct handler *handler, void *body, struct exchange *exchange)
{
    (void)handler;
    server_shield(true);
    enum receive_answer answer = intake_end(body);
    server_shield(false);
    write_reply(exchange, answer);
}

static void drop(void *body)
{
    intake_free(body);
}

const struct handler_calls receive_calls = { answer_request, add, answer_body, drop, 0, DESCRIPTORS, PASSING };

int receive_fastcgi(int fd, const struct receive_settings *settings)
{
    struct receiver receiver = { 0 };
    const struct server_settings server = { .listener = fd,
                                            .threads = settings->threads,
                                            .file = settings->file,
                                            .folder = settings->folder,
                                            .calls = &receive_calls,
                                            .to = &receiver };

    if (!receive_open(settings, &receiver.spool, log_failed_start))
        return 1;
    int status = server_run(&server);
    (void)close(receiver.spool.folder);
    return status;
}
