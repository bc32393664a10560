/* The program as a CGI program (RFC 3875): one request from the environment, its answer to standard output. */
#ifndef SERVE_CGI_H
#define SERVE_CGI_H

#include <stdbool.h>

/*
 * Answers the request from the policies in FILE, then reads the rest of its body. IS_DEFAULT: nobody named FILE; if it does not
 * exist, the log also says that the file may be in the working directory. Returns the exit status: 0 where an answer was
 * written, be it an error; 1 where none could be written. Mistakes go to standard error.
 */
int cgi_answer(const char *file, bool is_default);

#endif
