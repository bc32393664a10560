/* The program as a CGI program (RFC 3875): one request from the environment, its answer to standard output. */
#ifndef SERVE_CGI_H
#define SERVE_CGI_H

/*
 * Answers the request from the policies in FILE, then reads the rest of its body. Returns the exit status: 0 where an answer was
 * written, be it an error; 1 where none could be written. Mistakes go to standard error; if FILE does not exist and nobody named
 * it, also that the file may be in the working directory.
 */
int cgi_answer(const char *file);

#endif
