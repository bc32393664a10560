/* Takes one report by CGI (RFC 3875). */
#ifndef REPORTS_RECEIVE_CGI_H
#define REPORTS_RECEIVE_CGI_H

/*
 * Answers the request in the environment; its body is on standard input. The folder is $MTA_STS_REPORTS, the policies are those
 * of standard_file(). Returns the exit status: 0 where an answer was written, be it an error; 1 where none could be written.
 */
int receive_cgi(void);

#endif
