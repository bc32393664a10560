/* The program as a CGI and as a FastCGI program: requests in, answers and log lines out, signals. The only file with libfcgi.
 * Floor 6. */
#ifndef SERVE_H
#define SERVE_H

#define SERVE_THREADS_DEFAULT 16
#define SERVE_THREADS_MAX 1024

/*
 * Answers the one request that the environment describes (RFC 3875) from the policies in FILE, on standard output. Returns the
 * exit status: 0, also for an answer that is an error, or 1 where it could not be written.
 */
int serve_cgi(const char *file);

/*
 * Answers what comes in on the listening socket FD from the policies in FILE, with so many THREADS, until SIGTERM or SIGINT.
 * Returns the exit status: 0 after such a signal, or 1 where it could not start or go on, and standard error says why.
 */
int serve_fastcgi(int fd, const char *file, unsigned threads);

/* Is FD a listening socket? */
int serve_is_listening(int fd);

#endif
