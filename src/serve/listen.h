/* A listening socket of the program's own, on a TCP port, for a container: there nobody passes it one. */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

/* Where to listen. */
struct listen_place {
    const char *text; /* as it was written; NULL: nowhere */
    struct sockaddr_storage address;
    socklen_t size;
};

/*
 * Reads TEXT, which stays the caller's: "PORT" is each address of the machine, IPv4 and IPv6; "127.0.0.1:PORT" and "[::1]:PORT"
 * are one. A port is 1 to 65535. False if TEXT has another form.
 */
bool listen_read(const char *text, struct listen_place *place);

/* Listens there. Returns the descriptor, which the caller closes; -1 if that fails, and the log says why. */
int listen_open(const struct listen_place *place);

#endif
