#include "serve/exchange.h"

#include "serve/stream.h"

#include <errno.h>
#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>

/* What libfcgi allocates for a request, at most: its streams, a copy of the variables, and PAIR_BYTES for each variable, which
 * takes PAIR_LEAST bytes at least. */
enum { LIBFCGI_BYTES = 32 * 1024, PAIR_BYTES = 48, PAIR_LEAST = 2 };

/* libfcgi takes a connection with a descriptor for one that it has kept. No system call ever gets this one. */
enum { NO_DESCRIPTOR = 1 << 30 };

struct exchange {
    FCGX_Request fcgi;
    const unsigned char *request;
    size_t left; /* how many bytes of it libfcgi has not read */
    struct exchange_response *response;
    bool full;
};

static _Thread_local struct exchange *current;

/* --- libfcgi's system layer (os_unix.c): the linker replaces its functions by these (--wrap) --- */

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names */
int __wrap_OS_LibInit(int descriptors[3]);
int __wrap_OS_Accept(int listener, int fail_on_intr, const char *addresses);
int __wrap_OS_Read(int fd, char *bytes, size_t len);
int __wrap_OS_Write(int fd, char *bytes, size_t len);
int __wrap_OS_IpcClose(int fd, int shutdown);
int __wrap_OS_IsFcgi(int fd);
int __wrap_OS_CreateLocalIpcFd(const char *path, int backlog);
void __wrap_OS_ShutdownPending(void);

/* libfcgi's own would set signal handlers. */
int __wrap_OS_LibInit(int descriptors[3])
{
    (void)descriptors;
    return 0;
}

/* libfcgi calls it where it did not take the request. There is no next connection. */
int __wrap_OS_Accept(int listener, int fail_on_intr, const char *addresses)
{
    (void)listener;
    (void)fail_on_intr;
    (void)addresses;
    errno = EBADF;
    return -1;
}

int __wrap_OS_Read(int fd, char *bytes, size_t len)
{
    (void)fd;
    if (len > current->left)
        len = current->left;
    memcpy(bytes, current->request, len);
    current->request += len;
    current->left -= len;
    return (int)len;
}

int __wrap_OS_Write(int fd, char *bytes, size_t len)
{
    struct exchange_response *response = current->response;

    (void)fd;
    if (len > response->room - response->len) {
        current->full = true;
        errno = ENOSPC;
        return -1;
    }
    memcpy(response->bytes + response->len, bytes, len);
    response->len += len;
    return (int)len;
}

int __wrap_OS_IpcClose(int fd, int shutdown)
{
    (void)fd;
    (void)shutdown;
    return 0;
}

int __wrap_OS_IsFcgi(int fd)
{
    (void)fd;
    return 1;
}

int __wrap_OS_CreateLocalIpcFd(const char *path, int backlog)
{
    (void)path;
    (void)backlog;
    return -1;
}

void __wrap_OS_ShutdownPending(void)
{
}
/* NOLINTEND(bugprone-reserved-identifier) */

/* --- an exchange --- */

const char *exchange_variable(const struct exchange *exchange, const char *name)
{
    return FCGX_GetParam(name, exchange->fcgi.envp);
}

void exchange_write(struct exchange *exchange, const char *bytes, size_t len)
{
    (void)FCGX_PutStr(bytes, (int)len, exchange->fcgi.out);
}

void exchange_log(struct exchange *exchange, const char *bytes, size_t len)
{
    (void)FCGX_PutStr(bytes, (int)len, exchange->fcgi.err);
}

bool exchange_init(void)
{
    return FCGX_Init() == 0;
}

/* libfcgi ends the process where it gets no memory: is there enough for a request of LEN bytes? */
static bool has_memory(size_t len)
{
    size_t pairs = len / PAIR_LEAST < STREAM_PAIRS_MAX ? len / PAIR_LEAST : STREAM_PAIRS_MAX;
    /* volatile: clang leaves a malloc() that is only freed out, and takes it for a success. */
    void *volatile memory = malloc(LIBFCGI_BYTES + 2 * len + PAIR_BYTES * pairs);
    bool has = memory != NULL;

    free(memory);
    return has;
}

/* To libfcgi this is a connection that it has kept. */
static bool run_libfcgi(struct exchange *exchange, exchange_answer *answer, void *arg)
{
    FCGX_Request *fcgi = &exchange->fcgi;

    (void)FCGX_InitRequest(fcgi, -1, 0);
    fcgi->ipcFd = NO_DESCRIPTOR;
    fcgi->keepConnection = 1;
    if (FCGX_Accept_r(fcgi) != 0)
        return false;
    exchange->response->keep = fcgi->keepConnection;
    answer(exchange, arg);
    FCGX_Finish_r(fcgi);
    return !exchange->full;
}

enum exchange_result exchange_run(const unsigned char *request, size_t len, struct exchange_response *response,
                                  exchange_answer *answer, void *arg)
{
    struct exchange exchange = { .request = request, .left = len, .response = response };

    response->len = 0;
    response->keep = false;
    if (!has_memory(len))
        return EXCHANGE_NO_MEMORY;
    current = &exchange;
    bool good = run_libfcgi(&exchange, answer, arg);
    current = NULL;
    return good ? EXCHANGE_DONE : EXCHANGE_FAILED;
}
