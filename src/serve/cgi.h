/* The program as a CGI program: the request from the environment, the answer to standard output. */
#ifndef SERVE_CGI_H
#define SERVE_CGI_H

/*
 * Answers the one request that the environment describes (RFC 3875) from the policies in FILE, on standard output. Returns the
 * exit status: 0, also for an answer that is an error, or 1 where it could not be written.
 */
int cgi_answer(const char *file);

#endif
