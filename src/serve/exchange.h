/*
 * Turns the bytes of one FastCGI request into the bytes of its response, by libfcgi, which never has a descriptor. The request
 * has passed stream_feed(). Only exchange.c includes libfcgi. Safe to use from several threads at once.
 */
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

/* A request that is being answered. */
struct exchange;

/* The request's variable NAME, or NULL. It lasts until the answer is made. */
const char *exchange_variable(const struct exchange *exchange, const char *name);

/* Adds LEN bytes to the response. */
void exchange_write(struct exchange *exchange, const char *bytes, size_t len);

/* Adds LEN bytes to the FastCGI error stream, which goes to the front server's log. */
void exchange_log(struct exchange *exchange, const char *bytes, size_t len);

/* Makes the answer of EXCHANGE. ARG is what exchange_run() was given. */
typedef void exchange_answer(struct exchange *exchange, void *arg);

struct exchange_response {
    unsigned char *bytes; /* the caller's buffer */
    size_t room;          /* its size */
    size_t len;           /* the length of the response in it */
    bool keep;            /* the front server asked to keep the connection */
};

enum exchange_result {
    EXCHANGE_DONE,
    EXCHANGE_NO_MEMORY, /* there is too little: libfcgi would end the process, and was not called */
    EXCHANGE_FAILED     /* libfcgi did not take the request, or the response did not fit */
};

/* Call it once, before the first exchange and the first thread. False where libfcgi fails. */
bool exchange_init(void);

/* Has ANSWER make the response to the LEN bytes at REQUEST, which stream_feed() let through. */
enum exchange_result exchange_run(const unsigned char *request, size_t len, struct exchange_response *response,
                                  exchange_answer *answer, void *arg);

#endif
