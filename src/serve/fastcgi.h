/* The program as a FastCGI program: its listening socket, its threads, and signals. */
#ifndef SERVE_FASTCGI_H
#define SERVE_FASTCGI_H

/*
 * Answers what comes in on the listening socket FD from the policies in FILE, with THREADS (1 to 9999) threads, until SIGTERM or
 * SIGINT. Returns the exit status: 0 after such a signal, or 1 where it could not start or go on, and standard error says why.
 */
int serve_fastcgi(int fd, const char *file, unsigned threads);

#endif
