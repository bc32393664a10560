#include "serve/policies.h"

#include "base/buf.h"
#include "base/log.h"
#include "policy/domain.h"
#include "policy/reply.h"
#include "serve/answer.h"
#include "serve/exchange.h"
#include "serve/handler.h"

#include <stddef.h>

/* The mistake was logged when the file was read. Each request puts it into the front server's log, too. */
static void log_mistake(struct policies *policies, struct exchange *exchange, const char *text)
{
    if (log_is_due(&policies->broken_logged))
        log_line(text);
    handler_log_to_front(exchange, text);
}

static void log_hint(struct policies *policies, struct exchange *exchange, const struct reply_request *request)
{
    enum reply_hint hint = reply_hint(request);
    struct buf text = { 0 };

    if (hint == REPLY_HINT_NONE || !log_is_due(&policies->hint_logged[hint]))
        return;
    answer_print_hint(&text, request, hint);
    if (text.text != NULL) {
        log_line(text.text);
        handler_log_to_front(exchange, text.text);
    }
    buf_free(&text);
}

static void answer_request(struct handler *handler, struct exchange *exchange)
{
    struct answer *answer = handler->own;
    struct policies *policies = handler->shared->to;
    const struct reply_request request = { exchange_variable(exchange, "REQUEST_METHOD"),
                                           exchange_variable(exchange, "SERVER_NAME"), exchange_variable(exchange, "HTTP_HOST") };
    char domain[DOMAIN_MAX + 1];

    answer->kind = reply_to(&request, domain);
    answer_make(handler->shared->store, &request, domain, answer);
    if (answer->log.text != NULL)
        log_mistake(policies, exchange, answer->log.text);
    buf_free(&answer->log);
    if (answer->kind != REPLY_METHOD)
        log_hint(policies, exchange, &request);
    exchange_write(exchange, answer->reply.head, answer->reply.head_len);
    exchange_write(exchange, answer->reply.body, answer->reply.body_len);
}

const struct handler_calls policies_calls = { .answer = answer_request, .own = sizeof(struct answer) };
