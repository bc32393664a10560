/* The program as a FastCGI program: its threads, from start to end, and its signals. */
#ifndef SERVE_FASTCGI_H
#define SERVE_FASTCGI_H

/*
 * Answers requests on the listening socket FD from the policies in FILE, with THREADS threads (1 to 9999), until SIGTERM or
 * SIGINT. Returns the exit status: 0 after such a signal; 1 where it could not start or go on, and the log says why.
 */
int serve_fastcgi(int fd, const char *file, unsigned threads);

#endif
