/* A FastCGI server: its threads, from start to end, and its signals. */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/handler.h"

#include <stdbool.h>

struct server_settings {
    int listener;     /* the listening socket */
    unsigned threads; /* 1 to 9999 */
    const char *file; /* the policies */
    /* A folder, with those in it, that the program writes to. NULL: it writes nothing. */
    const char *folder;
    const struct handler_calls *calls;
    void *to; /* of the handlers */
};

/*
 * Answers requests until SIGTERM or SIGINT. Returns the exit status: 0 after such a signal; 1 where it could not start or go on,
 * and the log says why.
 */
int server_run(const struct server_settings *settings);

/*
 * For a handler: from ON until off, the end of the program interrupts no system call of this thread. One that writes a report
 * could fail with EINTR.
 */
void server_shield(bool on);

#endif
