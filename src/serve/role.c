#include "serve/role.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_PASSED_FD = 3 };

static bool is_listening(int fd)
{
    int listening = 0;
    socklen_t len = sizeof listening;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening;
}

int role_listener(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

    if (is_listening(STDIN_FILENO))
        return STDIN_FILENO;
    if (pid == NULL || fds == NULL || strtol(pid, NULL, 10) != (long)getpid() || strtol(fds, NULL, 10) < 1)
        return -1;
    return is_listening(FIRST_PASSED_FD) ? FIRST_PASSED_FD : -1;
}

bool role_is_cgi(void)
{
    return getenv("GATEWAY_INTERFACE") != NULL || getenv("REQUEST_METHOD") != NULL || getenv("SERVER_NAME") != NULL;
}
