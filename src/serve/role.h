/* The role that the program was started in, by its descriptors and its environment: FastCGI, CGI or neither. */
#ifndef SERVE_ROLE_H
#define SERVE_ROLE_H

#include <stdbool.h>

/*
 * The listening socket that this process was started with, for FastCGI: descriptor 0, or 3 where LISTEN_FDS and LISTEN_PID say so
 * (sd_listen_fds(3)). -1 where there is none.
 */
int role_listener(void);

/* Is it started as a CGI program (RFC 3875 4.1)? To be asked where there is no listener. */
bool role_is_cgi(void);

#endif
