/* Takes reports by FastCGI. */
#ifndef REPORTS_RECEIVE_FASTCGI_H
#define REPORTS_RECEIVE_FASTCGI_H

#include "reports/receive/settings.h"
#include "serve/handler.h"

/* What receive_fastcgi() does with requests. HANDLER->SHARED->TO is a struct receiver (intake.h). */
extern const struct handler_calls receive_calls;

/*
 * Takes reports on the listening socket FD until SIGTERM or SIGINT. Returns the exit status: 0 after such a signal; 1 where it
 * could not start or go on, and the log says why.
 */
int receive_fastcgi(int fd, const struct receive_settings *settings);

#endif
