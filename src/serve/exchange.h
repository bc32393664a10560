/*
 * One FastCGI request in bytes, and the bytes of the whole response. libfcgi only turns the one into the other: it never has a
 * descriptor. The only file with libfcgi. Safe to use from several threads at once. Floor 0.
 */
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

/* A request while it is answered. */
struct exchange;

/* The variable NAME of the request; NULL: not there. */
const char *exchange_variable(const struct exchange *exchange, const char *name);

/* Adds LEN bytes to the response. */
void exchange_write(struct exchange *exchange, const char *bytes, size_t len);

/* Adds "mta-sts: LINE" to the FastCGI error stream. */
void exchange_log(struct exchange *exchange, const char *line);

/* Answers EXCHANGE; ARG is the caller's. */
typedef void exchange_answer(struct exchange *exchange, void *arg);

struct exchange_response {
    unsigned char *bytes; /* the caller's: */
    size_t room;          /* so many are there, */
    size_t len;           /* and so many are the response */
    bool keep;            /* the front server asked to keep the connection */
};

enum exchange_result {
    EXCHANGE_DONE,
    EXCHANGE_NO_MEMORY, /* libfcgi would have ended the process */
    EXCHANGE_FAILED     /* libfcgi did not take the request, or the response did not fit */
};

/* Once, before the first exchange. False where that fails. */
bool exchange_init(void);

/* Has ANSWER answer the LEN bytes at REQUEST, a request that stream_feed() let through. */
enum exchange_result exchange_run(const unsigned char *request, size_t len, struct exchange_response *response,
                                  exchange_answer *answer, void *arg);

#endif
